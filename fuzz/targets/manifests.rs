//! Any text as a manifest: read, judged by every check, and mended where a check says how. Nothing
//! panics, and what is mended is still read.

#![no_main]

use std::collections::BTreeMap;

use checks::{Check, Example, Severity};
use fix::{Settings, World};
use inventory::{File, Inventory};
use libfuzzer_sys::fuzz_target;

struct One(String);

impl World for One {
    fn inventory(&self, changed: &BTreeMap<String, String>) -> Result<Inventory, String> {
        let mut builder = Inventory::builder();
        let text = changed.get(PATH).unwrap_or(&self.0);
        builder.add_file(File::new(PATH), text);
        Ok(builder.build())
    }

    fn text(&self, _path: &str) -> Option<String> {
        Some(self.0.clone())
    }

    fn refusal(&self, _path: &str) -> Option<String> {
        None
    }
}

const PATH: &str = "manifest.yaml";

fuzz_target!(|text: &str| {
    let chooses = |_check: &Check| true;
    let settings = Settings { chooses: &chooses, least: Severity::Info, now: Example::now() };
    let plan = fix::plan(&One(text.to_owned()), &settings).expect("what is in memory can be read");
    for file in &plan.files {
        let broken = |text: &str| {
            let seen = One(text.to_owned()).inventory(&BTreeMap::new());
            seen.map(|seen| seen.unreadable().len())
        };
        assert_eq!(broken(&file.old), broken(&file.new), "{}", file.new);
    }
});
