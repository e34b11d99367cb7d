//! A kubeconfig as a scan looks at it: whom it trusts, who it is.

use tree::{Path, Tree};

use crate::{Kind, Object};

/// A kubeconfig file, or one kept in an object.
#[derive(Debug, Clone, Copy)]
pub struct Kubeconfig<'a>(&'a Object);

/// An entry of `clusters`.
#[derive(Debug, Clone)]
pub struct NamedCluster<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it says.
    pub cluster: &'a Tree,
    /// Where that stands.
    pub path: Path,
}

/// An entry of `users`.
#[derive(Debug, Clone)]
pub struct NamedUser<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it says.
    pub user: &'a Tree,
    /// Where that stands.
    pub path: Path,
}

impl<'a> Kubeconfig<'a> {
    /// The object as a kubeconfig, if it is one.
    pub fn of(object: &'a Object) -> Option<Self> {
        let is_one = object.kind() == Kind::KUBECONFIG
            && !object.tree().get("clusters").is_null()
            && !object.tree().get("users").is_null();
        is_one.then_some(Self(object))
    }

    /// The object.
    pub fn object(self) -> &'a Object {
        self.0
    }

    /// Its clusters.
    pub fn clusters(self) -> impl Iterator<Item = NamedCluster<'a>> {
        let items = self.0.tree().get("clusters").items();
        items.iter().enumerate().map(|(index, item)| NamedCluster {
            name: item.get("name").str(),
            cluster: item.get("cluster"),
            path: Path::of(&["clusters"]).then(index).then("cluster"),
        })
    }

    /// Its users.
    pub fn users(self) -> impl Iterator<Item = NamedUser<'a>> {
        let items = self.0.tree().get("users").items();
        items.iter().enumerate().map(|(index, item)| NamedUser {
            name: item.get("name").str(),
            user: item.get("user"),
            path: Path::of(&["users"]).then(index).then("user"),
        })
    }
}
