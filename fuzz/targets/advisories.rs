//! Updates of the table of advisories. What is read has no advisory that concerns the version it
//! names as its fix, and reading it a second time changes nothing.

#![no_main]

use advisories::{Component, Table, Version};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let table = match Table::from_text(text) {
        Ok(table) => table,
        Err(refused) => {
            assert!(!refused.0.is_empty());
            return;
        }
    };
    let version = Version::parse("1.5.0").expect("a version");
    for component in Component::ALL {
        for found in table.matches(component, &version) {
            for fixed in found.fix.versions().iter().filter(|fixed| fixed.major() == 1) {
                let after = table.matches(component, fixed);
                assert!(!after.iter().any(|after| after.id == found.id));
            }
        }
    }
    let mut twice = table.clone();
    twice.merge(table.clone());
    assert!(twice == table);
});
