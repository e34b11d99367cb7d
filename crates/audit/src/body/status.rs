//! The `metav1.Status` in an answer: told by its first bytes, so that no other body is kept for it.

use serde::Deserialize;

use super::Encoding;
use super::protobuf::{self, Envelope};
use crate::event::ResponseStatus;

/// Whether a body starts as a Status does; `None` if more bytes are needed to say.
pub(super) fn starts_as_status(encoding: Encoding, start: &[u8]) -> Option<bool> {
    let is_enough = start.len() >= SNIFFED;
    let found = match encoding {
        Encoding::Json => says_kind_status(start),
        // Field 2 of the type, six bytes: the kind comes within the first few.
        Encoding::Protobuf => start.windows(8).any(|bytes| bytes == b"\x12\x06Status"),
        // Its keys are in alphabetic order: the kind comes after the details, at any distance.
        Encoding::Yaml => start.starts_with(b"apiVersion: v1\n"),
        Encoding::Other => return Some(false),
    };
    (found || is_enough).then_some(found)
}

/// Whether a body starts as an object of the API does: it names its kind.
pub(super) fn starts_as_object(encoding: Encoding, start: &[u8]) -> bool {
    match encoding {
        Encoding::Json => {
            let mut plain = start.iter().filter(|byte| !byte.is_ascii_whitespace());
            let first: Vec<u8> = plain.by_ref().take(13).copied().collect();
            first.starts_with(br#"{"kind":"#) || first.starts_with(br#"{"apiVersion""#)
        }
        Encoding::Yaml => start.starts_with(b"apiVersion: ") || start.starts_with(b"kind: "),
        Encoding::Protobuf => start.starts_with(protobuf::MAGIC),
        Encoding::Other => false,
    }
}

/// Reads a whole body as a Status; none if it is something else.
pub(super) fn read(encoding: Encoding, body: &[u8]) -> Option<ResponseStatus> {
    match encoding {
        Encoding::Json => serde_json::from_slice::<Wire>(body).ok()?.status(),
        Encoding::Yaml => serde_saphyr::from_slice::<Wire>(body).ok()?.status(),
        Encoding::Protobuf => {
            let envelope = Envelope::read(body)?;
            let is_status = envelope.kind == "Status" && envelope.api_version == "v1";
            is_status.then(|| protobuf::status(envelope.object)).flatten()
        }
        Encoding::Other => None,
    }
}

fn says_kind_status(start: &[u8]) -> bool {
    let plain: Vec<u8> = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    plain.windows(KIND.len()).any(|bytes| bytes == KIND)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Wire {
    kind: String,
    api_version: String,
    status: Option<String>,
    message: Option<String>,
    reason: Option<String>,
    details: Option<WireDetails>,
    code: Option<i32>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireDetails {
    name: Option<String>,
    group: Option<String>,
    kind: Option<String>,
    uid: Option<String>,
    causes: Option<Vec<WireCause>>,
    retry_after_seconds: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireCause {
    reason: Option<String>,
    message: Option<String>,
    field: Option<String>,
}

impl Wire {
    fn status(self) -> Option<ResponseStatus> {
        (self.kind == "Status" && self.api_version == "v1").then(|| ResponseStatus {
            status: self.status.unwrap_or_default(),
            message: self.message.unwrap_or_default(),
            reason: self.reason.unwrap_or_default(),
            details: self.details.map(WireDetails::details),
            code: self.code.unwrap_or_default(),
        })
    }
}

impl WireDetails {
    fn details(self) -> model::Details {
        let causes = self.causes.unwrap_or_default().into_iter().map(|cause| model::Cause {
            reason: cause.reason.unwrap_or_default(),
            message: cause.message.unwrap_or_default(),
            field: cause.field.unwrap_or_default(),
        });
        model::Details {
            name: self.name.unwrap_or_default(),
            group: self.group.unwrap_or_default(),
            kind: self.kind.unwrap_or_default(),
            uid: self.uid.unwrap_or_default(),
            causes: causes.collect(),
            retry_after_seconds: self.retry_after_seconds.unwrap_or_default(),
        }
    }
}

const KIND: &[u8] = br#""kind":"Status""#;

/// So many bytes tell what a body is.
pub(super) const SNIFFED: usize = 128;
