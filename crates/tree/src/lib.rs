//! Kubernetes objects as compact trees, whatever their kind and version: read from YAML and JSON
//! streams document by document, walked by paths, pointed at by line and column. Pure: texts are
//! arguments, so whoever reads files decides which and how much.

mod keys;
mod path;
mod place;
mod plain;
mod read;
mod stream;
mod value;

pub use keys::{Key, Keys};
pub use path::{Path, Step};
pub use place::{Place, Places, place};
pub use read::{ReadError, read};
pub use stream::{Document, documents};
pub use value::Tree;
