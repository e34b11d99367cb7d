//! What decides: the rules, and how old they may be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use authz::Policy;

use self::manifests::{Loaded, Unloaded};
use crate::gateway::Section;
use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

mod fields;
mod manifests;

/// What decides. The cluster's RBAC always does; a folder can only narrow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// RBAC objects that narrow what the cluster allows; `None` narrows nothing.
    pub narrowing: Option<Narrowing>,
    /// How old the cluster's rules may get, once they are no longer heard of, before requests are
    /// refused with 503.
    pub max_staleness: Duration,
}

/// The rules of a folder of manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowing {
    /// The folder, for reloads.
    pub folder: PathBuf,
    /// Its rules, aggregated roles filled.
    pub policy: Policy,
    /// How many files they come from.
    pub files: usize,
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "Authorization",
    settings: &[AUTHORIZATION_MODE, AUTHORIZATION_RBAC_DIR, MAX_STALENESS],
};

const AUTHORIZATION_MODE: Setting = Setting::list(
    "authorization-mode",
    "MODES",
    "What decides here. Only RBAC so far; the cluster behind decides again with all of its own",
)
.words(&["RBAC"])
.or("RBAC")
.differs("AlwaysAllow");

pub(crate) const AUTHORIZATION_RBAC_DIR: Setting = Setting::one(
    "authorization-rbac-dir",
    "FOLDER",
    "Folder of RBAC manifests (*.yaml, *.yml, *.json). A request must be allowed by them and by \
     the cluster: they can only narrow",
)
.ours();

const MAX_STALENESS: Setting = Setting::one(
    "max-staleness",
    "DURATION",
    "How long the gateway goes on deciding by the rules it knows when the cluster no longer tells \
     it of changes; then requests get 503",
)
.or("5m")
.ours();

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Authorization> {
    let modes = reader.many(&AUTHORIZATION_MODE, mode);
    if modes.len() > 1 {
        reader.reject(&AUTHORIZATION_MODE, "names RBAC more than once; name it once");
    }
    let max_staleness = reader.one(&MAX_STALENESS, parse::some_time);
    let narrowing = match reader.path(&AUTHORIZATION_RBAC_DIR) {
        None => None,
        Some(folder) => Some(load(reader, &folder)?),
    };
    Some(Authorization { narrowing, max_staleness: max_staleness? })
}

/// Reads the folder; at the start and at each reload. What is wrong is told to `reader`.
pub(crate) fn load(reader: &mut Reader<'_>, folder: &Path) -> Option<Narrowing> {
    match manifests::load(folder) {
        Ok(Loaded { policy, files, skipped }) => {
            for file in skipped {
                let file = file.display();
                reader.note(format!("{file} is not read: it ends in none of .yaml, .yml, .json"));
            }
            if policy.role_bindings.is_empty() && policy.cluster_role_bindings.is_empty() {
                let problem = "has no binding, so nobody could do anything; put one in, or take \
                               the option out";
                reader.reject_path(&AUTHORIZATION_RBAC_DIR, folder, problem);
            }
            Some(Narrowing { folder: folder.to_owned(), policy, files })
        }
        Err(Unloaded::Folder(problem)) => {
            reader.reject_path(&AUTHORIZATION_RBAC_DIR, folder, problem);
            None
        }
        Err(Unloaded::Files(mistakes)) => {
            reader.add(mistakes);
            None
        }
    }
}

/// Every manifest of a folder, to watch; none if it cannot be read.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    manifests::list(folder).map(|(files, _)| files).unwrap_or_default()
}

fn mode(text: &str) -> Result<(), String> {
    match text {
        "RBAC" => Ok(()),
        "AlwaysAllow" => {
            Err("everybody could do everything; the mode supported here is RBAC".to_owned())
        }
        "Node" | "Webhook" | "ABAC" | "AlwaysDeny" => {
            Err("not supported here yet; give RBAC. The cluster behind still applies its own \
                 modes"
                .to_owned())
        }
        _ => Err("not an authorization mode; give RBAC".to_owned()),
    }
}
