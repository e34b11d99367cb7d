//! A request as vectors hold it: already taken apart, with its user.

use std::collections::BTreeMap;

use model::{Call, UserInfo};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) user: Option<User>,
    #[serde(default)]
    verb: String,
    #[serde(default)]
    api_group: String,
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    resource: String,
    #[serde(default)]
    subresource: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    path: String,
    #[serde(rename = "resourceRequest")]
    is_resource: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    name: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    extra: BTreeMap<String, Vec<String>>,
}

impl Request {
    pub(crate) fn user(&self) -> UserInfo {
        self.user.as_ref().map(User::info).unwrap_or_default()
    }

    pub(crate) fn call(&self) -> Call {
        Call {
            is_resource: self.is_resource,
            path: self.path.clone(),
            verb: self.verb.clone(),
            api_group: self.api_group.clone(),
            api_version: self.api_version.clone(),
            namespace: self.namespace.clone(),
            resource: self.resource.clone(),
            subresource: self.subresource.clone(),
            name: self.name.clone(),
            ..Call::default()
        }
    }
}

impl User {
    pub(crate) fn info(&self) -> UserInfo {
        UserInfo {
            name: self.name.clone(),
            uid: self.uid.clone(),
            groups: self.groups.clone(),
            extra: self.extra.clone(),
        }
    }
}
