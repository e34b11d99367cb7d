//! Canned logs: ten lines, and with `follow` one more every second for as long as the pod is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::object::{list, name, text};
use crate::refusal::Refusal;
use crate::store::Key;
use crate::world::World;
use crate::{kind, write};

/// Answers `pods/{name}/log`.
pub(crate) fn answer(asked: &Asked) -> Result<Answer, Refusal> {
    if asked.call.verb != "get" {
        return Err(Refusal::method_not_allowed());
    }
    let pods = kind::of_plural("pods").ok_or_else(Refusal::no_such_path)?;
    let place = asked.place(pods);
    let pod = write::read(&asked.world, &place)?;
    let container = container(&pod, &asked.parameter("container"))?;
    if asked.query().flag("previous") {
        let why = format!(
            "previous terminated container {container:?} in pod {:?} not found",
            name(&pod)
        );
        return Err(Refusal::bad_request(why));
    }
    let lines = Lines { container, stamped: asked.query().flag("timestamps") };
    let first = first_line(&asked.parameter("tailLines"))?;
    let start = text(&pod, "/status/startTime").parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let past: String = (first..=CANNED).map(|number| lines.line(number, start)).collect();
    if !asked.query().flag("follow") {
        return Ok(Answer::text(past));
    }
    let follow = Follow {
        world: Arc::clone(&asked.world),
        pod: place.key(),
        lines,
        number: CANNED,
        until: Instant::now() + asked.world.options.watch,
    };
    let past = futures::stream::iter([Bytes::from(past)]);
    Ok(Answer::stream("text/plain", past.chain(follow.stream())))
}

/// The container that is meant: the one named, or the only one.
pub(crate) fn container(pod: &Value, wanted: &str) -> Result<String, Refusal> {
    let containers: Vec<&str> =
        list(pod, "/spec/containers").iter().map(|container| text(container, "/name")).collect();
    let pod = name(pod);
    match containers.as_slice() {
        [only] if wanted.is_empty() => Ok((*only).to_owned()),
        all if all.contains(&wanted) => Ok(wanted.to_owned()),
        all if wanted.is_empty() => Err(Refusal::bad_request(format!(
            "a container name must be specified for pod {pod}, choose one of: [{}]",
            all.join(" ")
        ))),
        _ => Err(Refusal::bad_request(format!("container {wanted} is not valid for pod {pod}"))),
    }
}

fn first_line(tail: &str) -> Result<u64, Refusal> {
    if tail.is_empty() {
        return Ok(1);
    }
    let unreadable = |_| Refusal::bad_request(format!("Invalid value: tailLines: {tail:?}"));
    let tail: u64 = tail.parse().map_err(unreadable)?;
    Ok(CANNED.saturating_sub(tail) + 1)
}

struct Lines {
    container: String,
    stamped: bool,
}

impl Lines {
    fn line(&self, number: u64, at: Timestamp) -> String {
        let stamp = if self.stamped { format!("{at} ") } else { String::new() };
        format!("{stamp}line {number} of {}\n", self.container)
    }
}

struct Follow {
    world: Arc<World>,
    pod: Key,
    lines: Lines,
    number: u64,
    until: Instant,
}

impl Follow {
    fn stream(self) -> impl Stream<Item = Bytes> + Send {
        futures::stream::unfold(self, |mut follow| async move {
            follow.next().await.map(|line| (line, follow))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        tokio::select! {
            () = self.world.stop.cancelled() => return None,
            () = sleep_until(self.until) => return None,
            () = sleep(PACE) => {}
        }
        self.world.store.read(&self.pod)?;
        self.number += 1;
        Some(self.lines.line(self.number, Timestamp::now()).into())
    }
}

/// How many lines every container has written already.
const CANNED: u64 = 10;
const PACE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_is_named_or_the_only_one() {
        let pod = |names: &[&str]| {
            let containers: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
            json!({"metadata": {"name": "p"}, "spec": {"containers": containers}})
        };
        assert_eq!(container(&pod(&["a"]), ""), Ok("a".to_owned()));
        assert_eq!(container(&pod(&["a", "b"]), "b"), Ok("b".to_owned()));
        assert!(container(&pod(&["a", "b"]), "").is_err());
        assert!(container(&pod(&["a"]), "b").is_err());
    }

    #[test]
    fn a_tail_starts_later() {
        assert_eq!(first_line(""), Ok(1));
        assert_eq!(first_line("3"), Ok(8));
        assert_eq!(first_line("0"), Ok(11));
        assert_eq!(first_line("99"), Ok(1));
        assert!(first_line("-1").is_err());
    }
}
