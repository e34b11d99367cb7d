//! A YAML file that an option names, read once: its values, and where each of them stands.

use std::path::Path;

use serde_json::Value;

use crate::given::Reader;
use crate::mistake::{Mistake, Place};
use crate::setting::Setting;
use crate::tree::Node;
use crate::yaml;

/// One document of a file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) file: String,
    pub(crate) node: Node,
}

impl Document {
    /// Reads a file of one document; what is wrong is told to `reader`.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        setting: &Setting,
        path: &Path,
        limit: u64,
    ) -> Option<Self> {
        let file = path.display().to_string();
        let text = reader.text(setting, path, limit)?;
        match yaml::one(&file, &text) {
            Ok(node) => Some(Self { file, node }),
            Err(mistake) => {
                reader.add([mistake]);
                None
            }
        }
    }

    /// The document as JSON.
    pub(crate) fn value(&self) -> Value {
        self.node.to_json()
    }

    /// A mistake at a path like `rules[0].level`.
    pub(crate) fn mistake(&self, path: &str, problem: &str) -> Mistake {
        let position = self.node.position(path);
        let place = Place::File { file: self.file.clone(), position };
        let problem =
            if path.is_empty() { problem.to_owned() } else { format!("{path}: {problem}") };
        Mistake { place, value: None, problem }
    }
}
