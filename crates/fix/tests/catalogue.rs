//! Every example that a check flags and promises to mend passes once it is mended, and mending
//! again changes nothing.

use std::collections::BTreeMap;

use checks::{Check, Example, Fix, Severity};
use fix::{Plan, Settings, World, plan};
use inventory::{Completeness, File, Inventory, Minor};

/// An example as files that may be written.
struct Files {
    example: &'static Example,
    texts: BTreeMap<String, String>,
}

impl World for Files {
    fn inventory(&self, changed: &BTreeMap<String, String>) -> Result<Inventory, String> {
        let mut builder = Inventory::builder();
        for one in self.example.files {
            let file: File = one.file();
            let text = changed.get(one.path).or_else(|| self.texts.get(one.path));
            builder.add_file(file, text.map_or(one.text, String::as_str));
        }
        if let Some(minor) = self.example.minor {
            builder.set_minor(Minor::of(minor));
        }
        if self.example.is_everything {
            builder.set_completeness(Completeness::Everything);
        }
        Ok(builder.build())
    }

    fn text(&self, path: &str) -> Option<String> {
        let original = self.example.files.iter().find(|file| file.path == path);
        self.texts.get(path).cloned().or_else(|| original.map(|file| file.text.to_owned()))
    }

    fn refusal(&self, _path: &str) -> Option<String> {
        None
    }
}

fn mend(check: &'static Check, files: &Files) -> Result<Plan, String> {
    let chooses = |other: &Check| other.id == check.id;
    let settings = Settings { chooses: &chooses, least: Severity::Info, now: files.example.time() };
    plan(files, &settings)
}

#[test]
fn what_a_check_flags_passes_once_it_is_mended() {
    let mut wrong = Vec::new();
    for (check, example) in
        checks::all().flat_map(|one| one.examples.iter().map(move |two| (one, two)))
    {
        if matches!(check.fix, Fix::Steps(_)) {
            continue;
        }
        let plan = mend(check, &Files { example, texts: BTreeMap::new() }).unwrap();
        for refused in &plan.refused {
            wrong.push(format!("{} {}: refused: {}", check.id, example.name, refused.why));
        }
        let texts = plan.files.iter().map(|file| (file.path.clone(), file.new.clone())).collect();
        let again = mend(check, &Files { example, texts }).unwrap();
        for file in &again.files {
            wrong.push(format!("{} {}: mended again: {}", check.id, example.name, file.new));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
