//! Which texts are references to images, and what they refer to.

use super::*;

const DIGEST: &str = "sha256:9cfd6a0a3a964780e73a11159f93cc363e616f7d9783608f62af6cfdf3759619";

#[test]
fn reads_references() {
    let check = |text: &str, expected: (&str, &str, Option<&str>, bool)| {
        let image = ImageReference::parse(text).unwrap();
        let found = (image.registry(), image.repository(), image.tag(), image.is_pinned());
        assert_eq!(found, expected, "{text}");
    };
    check("nginx", ("docker.io", "library/nginx", None, false));
    check("nginx:1.25", ("docker.io", "library/nginx", Some("1.25"), false));
    check("docker.io/nginx", ("docker.io", "library/nginx", None, false));
    check("index.docker.io/nginx", ("docker.io", "library/nginx", None, false));
    check("bitnami/etcd:3.5", ("docker.io", "bitnami/etcd", Some("3.5"), false));
    check("quay.io/a/b/c:x", ("quay.io", "a/b/c", Some("x"), false));
    check("localhost/a", ("localhost", "a", None, false));
    check("localhost:5000/a:1", ("localhost:5000", "a", Some("1"), false));
    check("host:5000/a", ("host:5000", "a", None, false));
    check("Host/a", ("Host", "a", None, false));
    check("[2001:db8::1]:5000/a:1", ("[2001:db8::1]:5000", "a", Some("1"), false));
    check("[::1]/a", ("[::1]", "a", None, false));
    check(&format!("a@{DIGEST}"), ("docker.io", "library/a", None, true));
    check(&format!("r.io:1/a:1@{DIGEST}"), ("r.io:1", "a", Some("1"), true));
    check("a__b/c-----d.e_f", ("docker.io", "a__b/c-----d.e_f", None, false));
}

#[test]
fn refuses_what_is_no_reference() {
    let check = |text: &str, expected: BadImage| {
        assert_eq!(ImageReference::parse(text), Err(expected), "{text:?}");
    };
    check("", BadImage::Empty);
    check("a b.c/d", BadImage::Registry);
    check("-a.b/c", BadImage::Registry);
    check("host:port/a", BadImage::Registry);
    check("host:/a", BadImage::Registry);
    check("[::1/a", BadImage::Registry);
    check("Nginx", BadImage::Repository);
    check("a//b", BadImage::Repository);
    check("a/", BadImage::Repository);
    check("a..b", BadImage::Repository);
    check("a___b", BadImage::Repository);
    check("a_-b", BadImage::Repository);
    check("-a", BadImage::Repository);
    check(":1", BadImage::Repository);
    check("https://quay.io/a", BadImage::Registry);
    // With the `library/` that is added it is too long.
    check(&"a".repeat(248), BadImage::Repository);
    check(&format!("quay.io/{}", "a".repeat(256)), BadImage::Repository);
    check("a:", BadImage::Tag);
    check("a:-1", BadImage::Tag);
    check("a:1+k3s1", BadImage::Tag);
    check(&format!("a:{}", "1".repeat(129)), BadImage::Tag);
    check("a@sha256:abc", BadImage::Digest);
    check("a@9cfd", BadImage::Digest);
    check(&format!("a@{}", DIGEST.to_uppercase()), BadImage::Digest);
    check(&format!("a@_{DIGEST}"), BadImage::Digest);
}

#[test]
fn takes_names_up_to_the_longest() {
    for text in ["a".repeat(247), format!("quay.io/{}", "a".repeat(255))] {
        let image = ImageReference::parse(&text).unwrap();
        assert_eq!(image.repository().len(), 255);
    }
}

#[test]
fn knows_what_may_change() {
    let check = |text: &str, latest: bool| {
        assert_eq!(ImageReference::parse(text).unwrap().is_latest(), latest, "{text}");
    };
    check("a", true);
    check("a:latest", true);
    check("a:1", false);
    check(&format!("a@{DIGEST}"), false);
    check(&format!("a:latest@{DIGEST}"), false);
}

proptest::proptest! {
    #[test]
    fn takes_any_text_and_reads_what_it_wrote(text in "\\PC{0,60}|[a-zA-Z0-9:/@._\\[\\]-]{0,50}") {
        if let Ok(image) = ImageReference::parse(&text) {
            proptest::prop_assert_eq!(ImageReference::parse(&image.to_string()), Ok(image));
        }
    }
}
