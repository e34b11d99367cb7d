//! Files that a flag of kube-apiserver names: judged where they were seen, unknown where they
//! were not, and no question where the flag is not given.

use inventory::{Component, ComponentKind, Kind, Object, Unknown};

use crate::host_path;
use crate::{About, Judged, Seen, Tally, Verdict};

/// A kind of file that a flag names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Configured {
    /// The flag, without dashes.
    pub(crate) flag: &'static str,
    /// The kinds of object that such a file holds.
    pub(crate) kinds: &'static [Kind<'static>],
    /// What people call it, with its article.
    pub(crate) what: &'static str,
}

impl Configured {
    /// Judges every object of its kinds, whether a flag names its file or not.
    pub(crate) fn judge(
        &self,
        seen: &Seen<'_>,
        judge: &dyn Fn(&Object) -> Judged,
    ) -> Result<Tally, Unknown> {
        let mut tally = Tally::new();
        for object in self.kinds.iter().flat_map(|kind| seen.inventory().of(*kind)) {
            tally.add(About::object(object), judge(object));
        }
        for component in seen.components(ComponentKind::ApiServer) {
            let about = About::component(component, seen.inventory());
            match component.flags.value(self.flag).filter(|path| !path.is_empty()) {
                Some(path) => {
                    if let Err(unknown) = self.find(seen, component, path) {
                        tally.add_gap(about, unknown);
                    }
                }
                None => tally.add(about, Ok(self.not_given())),
            }
        }
        if tally.is_empty() {
            return Err(Unknown::new(
                format!("neither {} nor the flags of kube-apiserver were seen", self.what),
                NODE_FILES,
            ));
        }
        Ok(tally)
    }

    /// The first object of its kinds in the file that a component knows by that path.
    pub(crate) fn find<'i>(
        &self,
        seen: &Seen<'i>,
        component: &Component,
        path: &str,
    ) -> Result<&'i Object, Unknown> {
        let Some(file) = host_path::file(seen.inventory(), component, path) else {
            let reason = format!("{path}, which --{} names, was not seen", self.flag);
            return Err(Unknown::new(reason, NODE_FILES));
        };
        let mut objects = seen.inventory().objects_of(file);
        objects.find(|object| self.kinds.contains(&object.kind())).ok_or_else(|| {
            let reason = format!("{path}, which --{} names, holds no such object", self.flag);
            Unknown::new(reason, "correct the file: kube-apiserver does not start with it")
        })
    }

    fn not_given(&self) -> Verdict {
        Verdict::NotApplicable(format!("kube-apiserver is started without --{}", self.flag))
    }
}

const NODE_FILES: &str =
    "scan the files of a control plane node, as root: ravelin scan /etc/kubernetes";
