//! Rules over one setting of a kubelet, as data; and the change that makes a setting right.

use inventory::{Component, Object, Origin, Started, Unknown};
use tree::{Path, Tree};

use super::{Kubelet, Place, Setting, Value, kubelets, no_kubelet};
use crate::{About, Judged, Problem, Remedy, Seen, Severity, Tally, Verdict};

/// A rule over one setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// The setting.
    pub(crate) setting: Setting,
    /// Whether a value is right; gets what counts.
    pub(crate) is_right: fn(&str) -> bool,
    /// How bad another one is.
    pub(crate) severity: Severity,
    /// What is wrong then, in a sentence.
    pub(crate) message: &'static str,
    /// What it should be.
    pub(crate) right: Right,
}

/// What a setting should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// This.
    Bool(bool),
    /// This.
    Number(i64),
    /// This.
    Text(&'static str),
    /// Not there.
    Absent,
    /// What a person has to choose: how.
    Choose(&'static str),
}

/// Judges every kubelet that was seen.
pub(crate) fn judge(seen: &Seen<'_>, rule: &Rule) -> Result<Tally, Unknown> {
    let kubelets = kubelets(seen);
    if kubelets.is_empty() {
        return Err(no_kubelet());
    }
    let mut tally = Tally::new();
    for kubelet in kubelets {
        tally.add(kubelet.about.clone(), rule.judge(seen, &kubelet));
    }
    Ok(tally)
}

impl Rule {
    /// Judges one kubelet.
    pub(crate) fn judge(&self, seen: &Seen<'_>, kubelet: &Kubelet<'_>) -> Judged {
        let value = self.setting.of(kubelet)?;
        if (self.is_right)(&value.text) {
            return Ok(Verdict::Pass);
        }
        Ok(Verdict::fail(self.problem(seen, kubelet, &value)))
    }

    /// The problem that a value is.
    pub(crate) fn problem(
        &self,
        seen: &Seen<'_>,
        kubelet: &Kubelet<'_>,
        value: &Value<'_>,
    ) -> Problem {
        let problem = Problem::new(self.severity, self.message)
            .detail(self.setting.name())
            .evidence(self.setting.evidence(value));
        match value.place {
            Place::Field(object) | Place::ConfigDefault(object) => problem
                .about(About { node: kubelet.about.node.clone(), ..About::object(object) })
                .at(nearest(object.tree(), self.setting.field))
                .mended_by(self.in_config(object)),
            Place::Flag(component) => problem
                .about(About::component(component, seen.inventory()))
                .mended_by(self.by_flag(component, value)),
            Place::FlagDefault => problem.mended_by(self.without_config()),
        }
    }

    fn in_config(&self, object: &Object) -> Remedy {
        match object.origin() {
            Origin::Document { .. } => self.edit(),
            Origin::Live | Origin::Within { .. } => Remedy::Steps(format!(
                "kubectl -n kube-system edit configmap kubelet-config   # {}\n\
                 then on every node: kubeadm upgrade node phase kubelet-config && systemctl restart kubelet",
                self.advice()
            )),
        }
    }

    fn edit(&self) -> Remedy {
        let path = Path::of(self.setting.field);
        match self.right {
            Right::Bool(value) => Remedy::set(path, value),
            Right::Number(value) => Remedy::set(path, value),
            Right::Text(value) => Remedy::set(path, value),
            Right::Absent => Remedy::Edit(vec![edit::Edit::Remove { path }]),
            Right::Choose(how) => Remedy::Steps(how.to_owned()),
        }
    }

    fn by_flag(&self, component: &Component, value: &Value<'_>) -> Remedy {
        let place = match &component.started {
            Started::File { path } => path.as_str(),
            Started::Process { .. } | Started::Container { .. } => {
                "what starts the kubelet (systemctl cat kubelet)"
            }
        };
        Remedy::Steps(format!(
            "take --{}={} out of {place}; in the file of --config: {}; then systemctl daemon-reload && systemctl restart kubelet",
            self.setting.flag,
            value.text,
            self.advice()
        ))
    }

    fn without_config(&self) -> Remedy {
        Remedy::Steps(format!(
            "start the kubelet with --config=/var/lib/kubelet/config.yaml, a KubeletConfiguration: {}; then systemctl restart kubelet",
            self.advice()
        ))
    }

    fn advice(&self) -> String {
        let name = self.setting.name();
        match self.right {
            Right::Bool(value) => format!("{name}: {value}"),
            Right::Number(value) => format!("{name}: {value}"),
            Right::Text(value) => format!("{name}: {value}"),
            Right::Absent => format!("no {name}"),
            Right::Choose(how) => how.to_owned(),
        }
    }
}

/// The field, or what of the way to it is there.
pub(crate) fn nearest(tree: &Tree, field: &[&str]) -> Path {
    let mut path = Path::root();
    for key in field {
        let next = path.then(*key);
        if tree.follow(&next).is_null() {
            return path;
        }
        path = next;
    }
    path
}
