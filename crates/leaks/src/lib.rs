//! Whether a value in a Kubernetes object is a secret in plain sight. Values are parsed, not
//! matched against text around them; what merely points at a secret is none. Pure, and no secret
//! leaves: a finding shows four characters at most.

mod assignment;
mod classify;
mod command;
mod command_table;
mod connection;
mod context;
mod document;
mod encryption;
mod entries;
mod generic;
mod innocent;
mod jwt;
mod kind;
mod leak;
mod lines;

mod name;
mod object;
mod pair;
mod pem;
mod prefilter;
mod provider;
mod release;
#[cfg(test)]
mod samples;
mod shape;
mod text;
mod token;
mod token_table;
mod url;
mod value;
mod walk;

pub use command::scan_command;
pub use encryption::{KeyQuality, is_published_example_key, judge_key, judge_key_of};
pub use entries::{EntryClass, SecretEntry, secret_entries};
pub use kind::{Label, LeakKind, PemKey};
pub use leak::{Confidence, Leak, Sighting};
pub use object::{
    annotation_leaks, command_leaks, config_map_leaks, env_leaks, object_leaks, secret_leaks,
    spec_leaks, values_leaks,
};
pub use release::release_leaks;
pub use text::scan_text;
pub use value::scan_value;
