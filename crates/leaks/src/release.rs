//! Releases of Helm: the values and manifests of an installation, in JSON, gzip and base64 in one
//! entry of a Secret or `ConfigMap`.

use std::io::Read as _;

use flate2::read::GzDecoder;
use tree::{Keys, Path, Tree};

use crate::leak::Leak;
use crate::object::{object_leaks, values_leaks};
use crate::shape::decode64;

/// Secrets in plain sight in the release that an object holds: in the values it was installed with
/// and in its manifests, Secrets aside. The note says where.
pub fn release_leaks(object: &Tree) -> Vec<Leak> {
    let path = Path::of(&["data", "release"]);
    let Some(release) = read(object.follow(&path).str()) else { return Vec::new() };
    let mut found = inside(&path, "values", values_leaks(release.get("config")));
    let mut keys = Keys::default();
    for manifest in tree::documents(release.get("manifest").str()).take(MOST) {
        let Ok(object) = tree::read(manifest.text, &mut keys) else { continue };
        if object.get("kind").str() == "Secret" {
            continue;
        }
        let name =
            format!("{} {}", object.get("kind").str(), object.at(&["metadata", "name"]).str());
        found.extend(inside(&path, &name, object_leaks(&object)));
    }
    found
}

fn inside(path: &Path, place: &str, leaks: Vec<Leak>) -> Vec<Leak> {
    let say = |leak: Leak| {
        let note = format!("in {place}: {}", leak.path);
        Leak { path: path.clone(), note: Some(note), ..leak }
    };
    leaks.into_iter().map(say).collect()
}

/// A `ConfigMap` keeps the inner base64 alone, a Secret another one around it.
fn read(text: &str) -> Option<Tree> {
    let once = decode64(text)?;
    let packed =
        if once.starts_with(GZIP) { once } else { decode64(std::str::from_utf8(&once).ok()?)? };
    let mut json = String::new();
    GzDecoder::new(packed.as_slice()).take(LARGEST).read_to_string(&mut json).ok()?;
    tree::read(&json, &mut Keys::default()).ok().filter(Tree::is_map)
}

const GZIP: &[u8] = &[0x1f, 0x8b];

/// Unpacked; a release that is larger cannot be installed.
const LARGEST: u64 = 32 << 20;
const MOST: usize = 2000;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::samples::base64;

    fn packed(json: &str) -> String {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(json.as_bytes()).unwrap();
        base64(gzip.finish().unwrap())
    }

    fn notes(kind: &str, release: &str) -> Vec<String> {
        let text =
            format!("kind: {kind}\ntype: helm.sh/release.v1\ndata: {{release: '{release}'}}\n");
        let object = tree::read(&text, &mut Keys::default()).unwrap();
        object_leaks(&object).into_iter().filter_map(|leak| leak.note).collect()
    }

    #[test]
    fn values_and_manifests_of_a_release_are_read() {
        let json = r#"{"config":{"auth":{"password":"hunter2hunter2"}},"manifest":"---\nkind: Secret\ndata: {a: aHVudGVyMmh1bnRlcjI=}\n---\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{env: [{name: PASSWORD, value: hunter2hunter2}]}]}\n"}"#;
        let expected = ["in values: auth.password", "in Pod a: spec.containers[0].env[0].value"];
        assert_eq!(notes("Secret", &base64(packed(json))), expected);
        assert_eq!(notes("ConfigMap", &packed(json)), expected);
    }

    #[test]
    fn what_is_no_release_is_passed_over() {
        for release in ["", "x", &base64("x"), &base64(base64("x")), &packed("x"), &packed("{}")] {
            assert_eq!(notes("Secret", release), [""; 0], "{release}");
        }
    }
}
