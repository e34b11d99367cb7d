//! Changes to one YAML or JSON text that leave everything else as it was: comments, order, quotes,
//! indentation, line ends, the other documents. Whatever is written is read again and compared
//! with what was asked for; a change that would do anything else is refused.

mod apply;
mod block;
mod diff;
mod edit;
mod expected;
mod flow;
mod layout;
mod quote;
mod refusal;
mod step;
mod stream;
mod style;
mod text;
mod write;

pub use apply::apply;
pub use diff::diff;
pub use edit::Edit;
pub use expected::{expected, same};
pub use refusal::Refusal;
pub use stream::{append_document, remove_document};
pub use write::write_yaml;
