//! Answers to calls of API resources: which handler has the call, and what the verbs do.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::kind::{self, Kind};
use crate::patch::Patch;
use crate::refusal::Refusal;
use crate::request::Sent;
use crate::selector::Selector;
use crate::watch::{self, Watched};
use crate::world::Place;
use crate::write::{self, Effect};
use crate::{body, escalation, exec, listing, logs, object, review, scale};

/// Answers a call of a resource.
pub(crate) async fn answer(asked: Asked, sent: Sent) -> Result<Answer, Refusal> {
    let call = &asked.call;
    if call.api_version != "v1" {
        return Err(Refusal::no_such_path());
    }
    if let Some(review) = review::find(&call.api_group, &call.resource) {
        return review::answer(&asked, review, &tree(&asked, sent).await?);
    }
    let kind = kind::find(&call.api_group, &call.resource).ok_or_else(Refusal::no_such_path)?;
    if !is_in_its_scope(&asked, kind) {
        return Err(Refusal::no_such_path());
    }
    match call.subresource.as_str() {
        "" => whole(&asked, kind, sent).await,
        "portforward" | "proxy" => {
            let why = format!("{} is not offered here", call.subresource);
            Err(Refusal::not_in_the_sandbox(&why))
        }
        subresource if !kind.subresources.contains(&subresource) => Err(Refusal::no_such_path()),
        "log" => logs::answer(&asked),
        "exec" | "attach" => exec::answer(&asked, sent.upgrade),
        _ => part(&asked, kind, sent).await,
    }
}

/// A call of an object or a collection.
async fn whole(asked: &Asked, kind: &'static Kind, sent: Sent) -> Result<Answer, Refusal> {
    match asked.call.verb.as_str() {
        "get" => read(asked, kind),
        "list" => listing::answer(asked, kind).map(|list| Answer::ok(&list)),
        "watch" => follow(asked, kind),
        "create" if asked.call.name.is_empty() => create(asked, kind, sent).await,
        "update" | "patch" if !asked.call.name.is_empty() => change(asked, kind, sent).await,
        "delete" => delete(asked, kind, sent).await,
        "deletecollection" => delete_all(asked, kind, sent).await,
        _ => Err(Refusal::method_not_allowed()),
    }
}

/// A call of `status` or `scale`.
async fn part(asked: &Asked, kind: &'static Kind, sent: Sent) -> Result<Answer, Refusal> {
    match asked.call.verb.as_str() {
        "get" => read(asked, kind),
        "update" | "patch" => change(asked, kind, sent).await,
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn is_in_its_scope(asked: &Asked, kind: &Kind) -> bool {
    let call = &asked.call;
    let spans = matches!(call.verb.as_str(), "list" | "watch");
    match (kind.is_namespaced(), call.namespace.as_str()) {
        (true, "") => spans,
        // RequestInfo puts a namespace within itself.
        (false, "") | (true, _) => true,
        (false, _) => kind.plural == "namespaces",
    }
}

fn read(asked: &Asked, kind: &'static Kind) -> Result<Answer, Refusal> {
    let found = write::read(&asked.world, &asked.place(kind))?;
    Ok(shown(asked, kind, StatusCode::OK, &found))
}

fn follow(asked: &Asked, kind: &'static Kind) -> Result<Answer, Refusal> {
    let watched = Watched {
        kind,
        namespace: asked.place(kind).namespace,
        selector: Selector::of(kind, &asked.call)?,
        shape: asked.shape(),
    };
    let events = watch::open(Arc::clone(&asked.world), watched, asked.query())?;
    Ok(Answer::stream("application/json", events))
}

async fn create(asked: &Asked, kind: &'static Kind, sent: Sent) -> Result<Answer, Refusal> {
    let mut new = tree(asked, sent).await?;
    if kind.subresources.contains(&"status") {
        object::remove(&mut new, &["status"]);
    }
    escalation::check(asked, kind, None, &new)?;
    let stored = write::create(&asked.world, &asked.place(kind), new, asked.effect(&Value::Null)?)?;
    Ok(shown(asked, kind, StatusCode::CREATED, &stored))
}

/// An update or a patch, of a whole object or of a part.
async fn change(asked: &Asked, kind: &'static Kind, sent: Sent) -> Result<Answer, Refusal> {
    let patch = Patch::of(asked.call.verb == "patch", body::media(&asked.headers))?;
    let body = read_body(asked, sent).await?;
    let body = match patch {
        Patch::Replace => body::tree(body::media(&asked.headers), &body)?,
        Patch::Json | Patch::Merge | Patch::Strategic => body::json(&body)?,
        Patch::Apply => body::yaml(&body)?,
    };
    let effect = asked.effect(&Value::Null)?;
    if patch == Patch::Apply {
        return apply(asked, kind, &body, effect);
    }
    let stored = edit(asked, kind, effect, |seen| Ok(patch.patched(seen, &body)?))?;
    Ok(shown(asked, kind, StatusCode::OK, &stored))
}

/// Server-side apply: makes the object if it is not there.
fn apply(
    asked: &Asked,
    kind: &'static Kind,
    wanted: &Value,
    effect: Effect,
) -> Result<Answer, Refusal> {
    let manager = asked.parameter("fieldManager");
    if manager.is_empty() {
        return Err(Refusal::bad_request(
            "fieldManager: Required value: is required for apply patch",
        ));
    }
    let place = asked.place(kind);
    let world = &asked.world;
    let is_new = world.store.read(&place.key()).is_none() && place.subresource.is_empty();
    let (code, stored) = if is_new {
        asked.require("create")?;
        escalation::check(asked, kind, None, wanted)?;
        (StatusCode::CREATED, write::create(world, &place, wanted.clone(), effect)?)
    } else {
        let stored = edit(asked, kind, effect, |seen| {
            let last = world.applied.last(object::uid(&seen), &manager);
            Ok(crate::patch::apply::applied(seen, last.as_deref(), wanted)?)
        })?;
        (StatusCode::OK, stored)
    };
    if effect == Effect::Real {
        world.applied.remember(object::uid(&stored), &manager, wanted.clone());
    }
    Ok(shown(asked, kind, code, &stored))
}

/// Changes the object of a call, or what its scale shows of it.
fn edit(
    asked: &Asked,
    kind: &'static Kind,
    effect: Effect,
    edit: impl Fn(Value) -> Result<Value, Refusal>,
) -> Result<Arc<Value>, Refusal> {
    let place = asked.place(kind);
    if place.subresource == "scale" {
        let place = Place { subresource: String::new(), ..place };
        return write::change(&asked.world, &place, effect, |before| {
            scale::put(before, &edit(scale::of(before))?)
        });
    }
    write::change(&asked.world, &place, effect, |before| {
        let new = edit(before.clone())?;
        escalation::check(asked, kind, Some(before), &new)?;
        Ok(new)
    })
}

async fn delete(asked: &Asked, kind: &'static Kind, sent: Sent) -> Result<Answer, Refusal> {
    let options = options(asked, sent).await?;
    let effect = asked.effect(&options)?;
    write::delete(&asked.world, &asked.place(kind), &options, effect).map(|gone| Answer::ok(&gone))
}

async fn delete_all(asked: &Asked, kind: &'static Kind, sent: Sent) -> Result<Answer, Refusal> {
    let options = options(asked, sent).await?;
    let effect = asked.effect(&options)?;
    let selector = Selector::of(kind, &asked.call)?;
    let home = asked.place(kind);
    let (revision, mut found) = asked.world.store.list(kind, &home.namespace);
    found.retain(|object| selector.matches(object));
    for object in &found {
        let place = Place { name: object::name(object).to_owned(), ..home.clone() };
        match write::delete(&asked.world, &place, &options, effect) {
            Err(refusal) if refusal.code() != StatusCode::NOT_FOUND => return Err(refusal),
            Ok(_) | Err(_) => {}
        }
    }
    let gone: Vec<&Value> = found.iter().map(AsRef::as_ref).collect();
    Ok(Answer::ok(&asked.shape().list(kind, &gone, revision)))
}

/// The options of a deletion: its body, if it has one, and what the query says besides.
async fn options(asked: &Asked, sent: Sent) -> Result<Value, Refusal> {
    let body = read_body(asked, sent).await?;
    let mut options =
        if body.is_empty() { json!({}) } else { body::tree(body::media(&asked.headers), &body)? };
    let policy = asked.parameter("propagationPolicy");
    if !policy.is_empty() {
        object::set(&mut options, &["propagationPolicy"], policy);
    }
    Ok(options)
}

fn shown(asked: &Asked, kind: &Kind, code: StatusCode, object: &Value) -> Answer {
    if asked.call.subresource == "scale" {
        return Answer::json(code, &scale::of(object));
    }
    Answer::json(code, &asked.shape().object(kind, object))
}

async fn tree(asked: &Asked, sent: Sent) -> Result<Value, Refusal> {
    if asked.call.verb != "create" {
        return Err(Refusal::method_not_allowed());
    }
    let body = read_body(asked, sent).await?;
    body::tree(body::media(&asked.headers), &body)
}

async fn read_body(asked: &Asked, sent: Sent) -> Result<bytes::Bytes, Refusal> {
    let options = &asked.world.options;
    body::read(sent.body, options.body, options.patience).await
}
