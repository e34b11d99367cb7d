//! Lists: selected, in pages, and as they were at an earlier revision.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Cause, Details, Status};
use serde_json::Value;
use std::sync::Arc;

use crate::asked::Asked;
use crate::kind::Kind;
use crate::object::{name, namespace, set};
use crate::refusal::Refusal;
use crate::selector::Selector;
use crate::store::Untold;
use crate::watch;

/// The list that a request asks for, in its shape.
pub(crate) fn answer(asked: &Asked, kind: &'static Kind) -> Result<Value, Refusal> {
    let selector = Selector::of(kind, &asked.call)?;
    let from = Page::read(&asked.parameter("continue"))?;
    let (revision, mut objects) = objects(asked, kind, from.as_ref())?;
    objects.retain(|object| selector.matches(object));
    if let Some(page) = &from {
        objects.retain(|object| page.is_before(object));
    }
    let limit = asked.parameter("limit").parse().unwrap_or(0);
    let left = if limit == 0 { 0 } else { objects.len().saturating_sub(limit) };
    objects.truncate(objects.len().saturating_sub(left));
    let listed: Vec<&Value> = objects.iter().map(AsRef::as_ref).collect();
    let mut list = asked.shape().list(kind, &listed, revision);
    if let Some(last) = objects.last().filter(|_| left > 0) {
        set(&mut list, &["metadata", "continue"], Page::after(revision, last).written());
        if selector.is_everything() {
            set(&mut list, &["metadata", "remainingItemCount"], left);
        }
    }
    Ok(list)
}

fn objects(
    asked: &Asked,
    kind: &'static Kind,
    from: Option<&Page>,
) -> Result<(u64, Vec<Arc<Value>>), Refusal> {
    let (store, namespace) = (&asked.world.store, asked.place(kind).namespace);
    let wanted = watch::revision(&asked.parameter("resourceVersion"))?;
    let exact = (asked.parameter("resourceVersionMatch") == "Exact").then_some(wanted);
    let current = store.revision();
    if wanted > current {
        return Err(too_new(wanted, current));
    }
    match from.map(|page| page.revision).or(exact) {
        None => Ok(store.list(kind, &namespace)),
        Some(revision) if revision > current => Err(too_new(revision, current)),
        Some(revision) => match store.list_at(kind, &namespace, revision) {
            Ok(objects) => Ok((revision, objects)),
            Err(Untold::TooOld(_)) if from.is_some() => Err(Refusal::expired(TOO_OLD_PAGE)),
            Err(Untold::TooOld(oldest)) => {
                Err(Refusal::expired(format!("too old resource version: {revision} ({oldest})")))
            }
        },
    }
}

/// The answer to somebody who has seen the future.
fn too_new(wanted: u64, current: u64) -> Refusal {
    let cause = Cause {
        reason: "ResourceVersionTooLarge".to_owned(),
        message: "Too large resource version".to_owned(),
        field: String::new(),
    };
    let details = Details { causes: vec![cause], retry_after_seconds: 1, ..Details::default() };
    let message = format!("Timeout: Too large resource version: {wanted}, current: {current}");
    Refusal::from(Status { message, details: Some(details), ..Status::timeout() })
}

/// Where a list goes on: at which revision, and behind which object.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    revision: u64,
    namespace: String,
    name: String,
}

impl Page {
    fn after(revision: u64, last: &Value) -> Self {
        Self { revision, namespace: namespace(last).to_owned(), name: name(last).to_owned() }
    }

    fn written(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {} {}", self.revision, self.namespace, self.name))
    }

    /// None for the first page.
    fn read(token: &str) -> Result<Option<Self>, Refusal> {
        if token.is_empty() {
            return Ok(None);
        }
        let read = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
            let mut parts = text.splitn(3, ' ').map(str::to_owned);
            let (revision, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
            Some(Self { revision: revision.parse().ok()?, namespace, name })
        };
        let unreadable = || Refusal::bad_request("invalid continue token");
        read().map(Some).ok_or_else(unreadable)
    }

    fn is_before(&self, object: &Value) -> bool {
        (namespace(object), name(object)) > (self.namespace.as_str(), self.name.as_str())
    }
}

const TOO_OLD_PAGE: &str = "The provided continue parameter is too old to display a consistent \
    list result. You can start a new list without the continue parameter.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_as_it_was_written() {
        let page = Page { revision: 7, namespace: "demo".into(), name: "web".into() };
        assert_eq!(Page::read(&page.written()), Ok(Some(page)));
        assert_eq!(Page::read(""), Ok(None));
        for broken in ["x", "Nw", "!", "NyBhIGI="] {
            assert!(Page::read(broken).is_err(), "{broken}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(token: String, bytes: Vec<u8>) {
            Page::read(&token).ok();
            Page::read(&URL_SAFE_NO_PAD.encode(bytes)).ok();
        }
    }
}
