//! Any text as PEM: every block is told or refused, certificates are inspected, keys read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pki::{Inspection, PemItem};

fuzz_target!(|text: &str| {
    for object in pki::pem_objects(text) {
        let _facts = pki::key_facts(&object.item);
        if let PemItem::Certificate(der) = &object.item {
            let _inspection = Inspection::of_der(der);
        }
    }
});
