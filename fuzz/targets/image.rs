//! References to images, and versions. What is read is written so that it is read the same again.

#![no_main]

use advisories::{Component, ImageReference, Version};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(image) = ImageReference::parse(text) {
        assert_eq!(ImageReference::parse(&image.to_string()), Ok(image.clone()));
        let found = Component::of_image(&image).map(|(component, _)| component);
        assert!(found.is_none() || found == Component::in_image(&image));
    }
    for version in [Version::parse(text), Version::reported(text)].into_iter().flatten() {
        assert_eq!(Version::parse(&version.to_string()), Ok(version));
    }
});
