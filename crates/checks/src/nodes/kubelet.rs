//! What kubelets are configured to do: flags win over drop-ins of `--config-dir`, those over the
//! file of `--config`, and that over defaults, which are others without `--config` than with it.

mod find;
mod rule;
mod setting;

pub(crate) use find::{is_conf, kubelets, no_kubelet};
pub(crate) use rule::{Right, Rule, judge};
pub(crate) use setting::{Place, Setting, Value};

use inventory::{Component, Object, Unknown};
use tree::Tree;

use crate::About;

/// One kubelet, or the configuration that several of them share.
#[derive(Debug, Clone)]
pub(crate) struct Kubelet<'i> {
    /// What starts it, or its configuration where that is all there is.
    pub(crate) about: About,
    /// What gives it flags; those behind win.
    pub(crate) components: Vec<&'i Component>,
    /// Its configuration file.
    pub(crate) config: Config<'i>,
    /// What the paths of its node's files begin with: where they were copied to.
    pub(crate) prefix: String,
    /// Whether its configuration is what kubeadm is given, who fills it up.
    pub(crate) is_kubeadm_input: bool,
}

/// The configuration file of a kubelet.
#[derive(Debug, Clone)]
pub(crate) enum Config<'i> {
    /// It is started without one.
    Absent,
    /// The file, and the drop-ins, those behind winning.
    Seen(&'i Object, Vec<&'i Object>),
    /// It has one, or may have, that was not seen.
    NotSeen(Unknown),
}

impl<'i> Kubelet<'i> {
    /// The value of a flag that counts, and what gives it.
    pub(crate) fn flag(&self, name: &str) -> Option<(&'i str, &'i Component)> {
        let mut behind = self.components.iter().rev();
        behind.find_map(|component| Some((component.flags.value(name)?, *component)))
    }

    /// The object that sets a field, and the value.
    pub(crate) fn field(&self, keys: &[&str]) -> Result<Option<(&'i Tree, &'i Object)>, Unknown> {
        match &self.config {
            Config::Absent => Ok(None),
            Config::NotSeen(unknown) => Err(unknown.clone()),
            Config::Seen(file, drop_ins) => {
                let mut objects = drop_ins.iter().rev().chain([file]);
                Ok(objects.find_map(|object| {
                    let value = object.tree().at(keys);
                    (!value.is_null()).then_some((value, *object))
                }))
            }
        }
    }

    /// Whether a feature gate is on or off by what it is told; none if it is told neither.
    pub(crate) fn gate(&self, name: &str) -> Result<Option<(bool, String)>, Unknown> {
        let flags = self.components.iter().rev().flat_map(|one| {
            let all: Vec<_> = one.flags.values("feature-gates").collect();
            all.into_iter().rev()
        });
        let told = flags.filter_map(|pair| pair.split_once('=')).find(|(gate, _)| *gate == name);
        if let Some((_, value)) = told {
            let is_on = value.eq_ignore_ascii_case("true");
            return Ok(Some((is_on, format!("--feature-gates={name}={value}"))));
        }
        let field = self.field(&["featureGates", name])?;
        Ok(field.and_then(|(value, _)| {
            let is_on = value.bool()?;
            Some((is_on, format!("featureGates.{name}: {is_on}")))
        }))
    }
}
