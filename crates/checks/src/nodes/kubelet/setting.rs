//! One setting of a kubelet: by which flag and field it is given, and what it is where it is not.

use inventory::{Component, Object, Unknown};
use tree::Tree;

use super::{Config, Kubelet};

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The field of `KubeletConfiguration`.
    pub(crate) field: &'static [&'static str],
    /// The flag, without dashes.
    pub(crate) flag: &'static str,
    /// What it is where a configuration file does not say; empty if it is unset then.
    pub(crate) with_config: &'static str,
    /// What it is where there is no configuration file.
    pub(crate) without: &'static str,
    /// What kubeadm writes where its input does not say.
    pub(crate) by_kubeadm: Option<&'static str>,
}

/// What a setting is, and why.
#[derive(Debug, Clone)]
pub(crate) struct Value<'i> {
    /// The value; a list joined by commas; empty if it is unset.
    pub(crate) text: String,
    /// Who says so.
    pub(crate) place: Place<'i>,
}

/// Who says what a setting is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'i> {
    /// A flag.
    Flag(&'i Component),
    /// A field of a configuration file or of a drop-in.
    Field(&'i Object),
    /// The default of the configuration file, which does not say.
    ConfigDefault(&'i Object),
    /// The default of the flag: there is no configuration file.
    FlagDefault,
}

impl Setting {
    /// What it is for a kubelet.
    pub(crate) fn of<'i>(&self, kubelet: &Kubelet<'i>) -> Result<Value<'i>, Unknown> {
        if let Some((value, component)) = kubelet.flag(self.flag) {
            return Ok(Value { text: value.to_owned(), place: Place::Flag(component) });
        }
        if let Some((value, object)) = kubelet.field(self.field)? {
            return Ok(Value { text: joined(value), place: Place::Field(object) });
        }
        let by_kubeadm = self.by_kubeadm.filter(|_| kubelet.is_kubeadm_input);
        Ok(match &kubelet.config {
            Config::Seen(file, _) => Value {
                text: by_kubeadm.unwrap_or(self.with_config).to_owned(),
                place: Place::ConfigDefault(file),
            },
            Config::Absent | Config::NotSeen(_) => {
                Value { text: self.without.to_owned(), place: Place::FlagDefault }
            }
        })
    }

    /// `authentication.anonymous.enabled`.
    pub(crate) fn name(&self) -> String {
        if self.field.is_empty() { format!("--{}", self.flag) } else { self.field.join(".") }
    }

    /// What was seen, with who says so.
    pub(crate) fn evidence(&self, value: &Value<'_>) -> String {
        let text = if value.text.is_empty() { "nothing" } else { &value.text };
        match value.place {
            Place::Flag(_) => format!("--{}={}", self.flag, value.text),
            Place::Field(_) => format!("{}: {}", self.name(), value.text),
            Place::ConfigDefault(_) if value.text.is_empty() => {
                format!("{} is not set", self.name())
            }
            Place::ConfigDefault(_) => {
                format!("{} is not set; the default is {text}", self.name())
            }
            Place::FlagDefault => format!(
                "there is no --config, so {} is the default of the flag: {text}",
                self.name()
            ),
        }
    }
}

fn joined(value: &Tree) -> String {
    let items: Vec<&str> = value.texts().collect();
    value.plain().unwrap_or_else(|| items.join(","))
}
