//! The Pod Security Standards, decided as Kubernetes' own library decides them: at every level and
//! every version, with its texts, and with the places in the pod that each denial is about. Pure:
//! pods, labels and configurations are trees, whoever read them.
//!
//! ```
//! use admission::{Level, LevelVersion, Pod, PolicyVersion, evaluate};
//! # let manifest = "{kind: Pod, spec: {hostPID: true, containers: [{name: a}]}}";
//! # let tree = tree::read(manifest, &mut tree::Keys::default())?;
//! let policy = LevelVersion { level: Level::Baseline, version: PolicyVersion::V1(30) };
//! let evaluation = evaluate(&Pod::created_from(&tree), policy);
//! assert_eq!(evaluation.to_string(), "host namespaces (hostPID=true)");
//! assert_eq!(evaluation.denials[0].places[0].to_string(), "spec.hostPID");
//! # Ok::<(), tree::ReadError>(())
//! ```

mod check;
mod configuration;
mod evaluation;
mod exemption;
mod level;
mod namespace;
mod offences;
mod pod;
mod version;
mod words;
mod workload;

pub use check::{CheckId, Denial};
pub use configuration::{BadSetting, PodSecurity, Problem, Settings, settings};
pub use evaluation::{Evaluation, checks, evaluate};
pub use exemption::{Exemption, Exemptions, Subject};
pub use level::{Level, LevelVersion, UnknownLevel};
pub use namespace::{BadLabel, Mode, NamespacePolicy, Wrong};
pub use pod::Pod;
pub use version::{PolicyVersion, UnknownVersion};
pub use workload::{Template, template};
