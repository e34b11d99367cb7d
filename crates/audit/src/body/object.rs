//! An object or patch in any language to the one line of JSON that an event holds.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::compact::{Place, compact};
use super::protobuf::Envelope;
use super::schema::{self, Unshown};
use super::{Body, Encoding};
use crate::Verdict;
use crate::json::{self, Fields};

/// What becomes of an object's `managedFields`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManagedFields {
    Keep,
    Omit,
}

impl ManagedFields {
    pub(super) fn of(verdict: Verdict) -> Self {
        if verdict.omit_managed_fields { Self::Omit } else { Self::Keep }
    }
}

/// An object that was sent or answered. One in protobuf is cut if its JSON is longer than `limit`.
pub(super) fn object(
    encoding: Encoding,
    body: &[u8],
    managed_fields: ManagedFields,
    limit: usize,
) -> Body {
    if body.is_empty() {
        return Body::Nothing;
    }
    let place = match managed_fields {
        ManagedFields::Keep => Place::Elsewhere,
        ManagedFields::Omit => Place::Object,
    };
    let json = match encoding {
        Encoding::Json => compact(body, place),
        Encoding::Yaml => yaml_to_json(body).and_then(|json| compact(&json, place)),
        Encoding::Protobuf => return protobuf(Envelope::read(body), managed_fields, limit),
        Encoding::Other => None,
    };
    json.map_or(Body::Unread, Body::Object)
}

/// A patch, as it is. kube-apiserver loses the event of a patch that is not JSON; here it is kept,
/// as a JSON string.
pub(super) fn patch(body: &[u8]) -> Body {
    if body.is_empty() {
        return Body::Nothing;
    }
    if let Some(json) = compact(body, Place::Elsewhere) {
        return Body::Object(json);
    }
    let Ok(text) = std::str::from_utf8(body) else { return Body::Unread };
    let mut out = Vec::with_capacity(body.len());
    json::string(&mut out, text);
    Body::Object(out)
}

/// The options of a deletion, under the name that kube-apiserver's log has for them whatever the
/// client called them.
pub(super) fn delete_options(encoding: Encoding, body: &[u8], limit: usize) -> Body {
    if encoding == Encoding::Protobuf && !body.is_empty() {
        return protobuf(Envelope::read(body).map(named), ManagedFields::Keep, limit);
    }
    let options = object(encoding, body, ManagedFields::Keep, limit);
    let Body::Object(json) = &options else { return options };
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(json) else {
        return options;
    };
    let mut out = Vec::with_capacity(json.len());
    let mut written = Fields::new(&mut out);
    written.text("kind", DELETE_OPTIONS);
    written.text("apiVersion", INTERNAL);
    for (key, value) in fields.iter().filter(|(key, _)| *key != "kind" && *key != "apiVersion") {
        written.key(key).extend_from_slice(value.to_string().as_bytes());
    }
    written.end();
    compact(&out, Place::Elsewhere).map_or(Body::Unread, Body::Object)
}

fn named(options: Envelope<'_>) -> Envelope<'_> {
    match &*options.kind {
        "" | DELETE_OPTIONS => Envelope {
            api_version: INTERNAL.to_owned(),
            kind: DELETE_OPTIONS.to_owned(),
            object: options.object,
        },
        _ => options,
    }
}

/// Undoes `Content-Encoding: gzip`, to at most `limit` bytes; `None` if there is more.
pub(super) fn inflate(body: &[u8], limit: usize) -> Option<Vec<u8>> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut found = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(body).take(most).read_to_end(&mut found);
    read.is_ok_and(|length| length <= limit).then_some(found)
}

fn yaml_to_json(body: &[u8]) -> Option<Vec<u8>> {
    let value: serde_json::Value = serde_saphyr::from_slice(body).ok()?;
    serde_json::to_vec(&value).ok()
}

fn protobuf(envelope: Option<Envelope<'_>>, managed_fields: ManagedFields, limit: usize) -> Body {
    let Some(envelope) = envelope else { return Body::Unread };
    match (schema::to_json(&envelope, limit), managed_fields) {
        (Ok(json), ManagedFields::Keep) => Body::Object(json),
        (Ok(json), ManagedFields::Omit) => {
            compact(&json, Place::Object).map_or(Body::Unread, Body::Object)
        }
        (Err(Unshown::Unknown), _) => Body::Object(unknown(&envelope)),
        (Err(Unshown::TooLong), _) => Body::Cut,
    }
}

/// An object of a kind that is not known here: its type, and its bytes.
fn unknown(envelope: &Envelope<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut fields = Fields::new(&mut out);
    fields.text_if_any("apiVersion", &envelope.api_version);
    fields.text_if_any("kind", &envelope.kind);
    fields.text("Raw", &STANDARD.encode(envelope.object));
    fields.text("ContentEncoding", "");
    fields.text("ContentType", "application/vnd.kubernetes.protobuf");
    fields.end();
    out
}

const DELETE_OPTIONS: &str = "DeleteOptions";

/// What kube-apiserver converts all options of deletions to.
const INTERNAL: &str = "meta.k8s.io/__internal";
