//! Patches: RFC 6902, RFC 7386, Kubernetes' strategic merge, and a reduced server-side apply.

pub(crate) mod apply;
mod json;
mod merge;
mod strategic;

use http::StatusCode;
use model::Status;
use serde_json::Value;

use crate::refusal::Refusal;

/// How a body changes an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patch {
    /// It is the new object: no patch at all.
    Replace,
    Json,
    Merge,
    Strategic,
    Apply,
}

impl Patch {
    /// The kind of patch that a content type names.
    pub(crate) fn of(is_patch: bool, media: &str) -> Result<Self, Refusal> {
        match media {
            _ if !is_patch => Ok(Self::Replace),
            "application/json-patch+json" => Ok(Self::Json),
            "application/merge-patch+json" => Ok(Self::Merge),
            "application/strategic-merge-patch+json" => Ok(Self::Strategic),
            "application/apply-patch+yaml" => Ok(Self::Apply),
            _ => Err(Status::unsupported_media_type(&MEDIA).into()),
        }
    }

    /// What `body` makes of `target`. Apply, which needs to know what was applied before, is
    /// [`apply::applied`]; here it is a strategic merge.
    pub(crate) fn patched(self, target: Value, body: &Value) -> Result<Value, Misfit> {
        match self {
            Self::Replace => Ok(body.clone()),
            Self::Json => json::patched(target, body),
            Self::Merge => Ok(merge::merged(target, body)),
            Self::Strategic | Self::Apply => strategic::merged(target, body),
        }
    }
}

/// Why a patch does not fit the object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    /// The patch itself is not one.
    #[error("malformed patch: {0}")]
    Malformed(String),
    /// A path leads nowhere.
    #[error("the path {0:?} does not exist in the object")]
    Nowhere(String),
    /// A `test` operation found another value.
    #[error("testing the value at {0:?} failed")]
    Tested(String),
}

impl From<Misfit> for Refusal {
    fn from(misfit: Misfit) -> Self {
        let text = misfit.to_string();
        match misfit {
            Misfit::Malformed(_) => Self::bad_request(text),
            Misfit::Nowhere(_) | Misfit::Tested(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", text)
            }
        }
    }
}

const MEDIA: [&str; 4] = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];
