//! Request lines: all parts of the reading, or the text of the error.

use model::Call;
use serde::Deserialize;

use crate::report::Place;

#[derive(Deserialize)]
pub(super) struct Vector {
    method: String,
    url: String,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Read {
        info: Box<Info>,
        #[serde(rename = "longRunning")]
        long_running: bool,
    },
    Refused {
        error: String,
    },
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Info {
    is_resource_request: bool,
    path: String,
    verb: String,
    api_prefix: String,
    api_group: String,
    api_version: String,
    namespace: String,
    resource: String,
    subresource: String,
    name: String,
    parts: Vec<String>,
    field_selector: String,
    label_selector: String,
}

pub(super) fn run(vector: &Vector, place: &mut Place<'_>) {
    let Vector { method, url, answer } = vector;
    let question = || format!("{method} {url}");
    let read = Call::parse(method, url);
    let read = read.map(|call| (call.is_long_running(), Info::from(call)));
    match (answer, read) {
        (Answer::Read { info, long_running }, Ok((runs_long, read))) => {
            place.compare(question, &(*long_running, &**info), &(runs_long, &read));
        }
        (Answer::Read { info, .. }, Err(bad)) => place.differ(question, info, &bad),
        (Answer::Refused { error }, Err(bad)) => place.compare(question, error, &bad.to_string()),
        (Answer::Refused { error }, Ok(read)) => place.differ(question, error, &read),
    }
}

impl From<Call> for Info {
    fn from(call: Call) -> Self {
        let parts = call.parts().map(str::to_owned).collect();
        Self {
            is_resource_request: call.is_resource,
            path: call.path,
            verb: call.verb,
            api_prefix: call.api_prefix,
            api_group: call.api_group,
            api_version: call.api_version,
            namespace: call.namespace,
            resource: call.resource,
            subresource: call.subresource,
            name: call.name,
            parts,
            field_selector: call.field_selector,
            label_selector: call.label_selector,
        }
    }
}
