//! What is read as a version, and how versions compare.

use proptest::prelude::*;

use super::*;

#[test]
fn reads_bounds_as_semver() {
    let check = |text: &str, expected: Option<&str>| {
        let read = Version::parse(text).map(|version| version.to_string());
        assert_eq!(read.ok().as_deref(), expected, "{text:?}");
    };
    check("1.30.1", Some("1.30.1"));
    check("v1.29.12", Some("1.29.12"));
    check("1.15", Some("1.15.0"));
    check("0", Some("0.0.0"));
    check("2.17.0+incompatible", Some("2.17.0"));
    check("1.0.0-rc10", Some("1.0.0-rc10"));
    check("1.2.0-alpha.6", Some("1.2.0-alpha.6"));
    check("1.0.0-", None);
    check("1.0.0-a..b", None);
    check("1.0.0-ä", None);
    check("1.2.3.4", None);
    check("1..3", None);
    check("", None);
    check("v", None);
    check("latest", None);
    check("99999999999999999999.0.0", None);
    check("1.0.0-99999999999999999999", None);
}

#[test]
fn reads_what_clusters_report() {
    let check = |text: &str, expected: Option<(&str, bool)>| {
        let read = Version::reported(text).map(|version| (version.to_string(), version.vendor));
        let read = read.as_ref().ok().map(|(text, vendor)| (text.as_str(), *vendor));
        assert_eq!(read, expected, "{text:?}");
    };
    check("v1.30.1", Some(("1.30.1", false)));
    check("v1.29.1-eks-abc123", Some(("1.29.1", true)));
    check("v1.28.3-gke.100", Some(("1.28.3", true)));
    check("1.30.2+k3s1", Some(("1.30.2", false)));
    check("v1.30.2-k3s1", Some(("1.30.2", true)));
    check("v1.29.1-minimal-eksbuild.1", Some(("1.29.1", true)));
    check("3.5.12-0", Some(("3.5.12", true)));
    check("3.5.9-debian-11-r0", Some(("3.5.9", true)));
    check("1.20.0-distroless", Some(("1.20.0", true)));
    check("1.19.0-alpine", Some(("1.19.0", true)));
    check("1.7.12-0ubuntu2~22.04.1", Some(("1.7.12", true)));
    check("1.7.12~ds1", Some(("1.7.12", true)));
    check("v1.30.0_vmware.1", Some(("1.30.0", true)));
    check("1.2.3.4", Some(("1.2.3", true)));
    check("v1.31.0-rc.1", Some(("1.31.0-rc.1", false)));
    check("v1.31.0-rc.1+rke2r1", Some(("1.31.0-rc.1", false)));
    check("v1.31.0-alpha.3.12+0123456789abcd", Some(("1.31.0-alpha.3.12", false)));
    check("1.0.0-rc93", Some(("1.0.0-rc93", false)));
    check("3.7.0-ea.1", Some(("3.7.0-ea.1", false)));
    check("1.7.0~rc1", Some(("1.7.0-rc1", false)));
    check("0.0.0-20241024090207-0bf27d49ba4b", Some(("0.0.0-20241024090207-0bf27d49ba4b", false)));
    check("v3.1", None);
    check("3", None);
    check("latest", None);
    check("", None);
    check("v1.x.0", None);
}

#[test]
fn knows_pseudo_versions() {
    let check = |text: &str, expected: bool| {
        assert_eq!(Version::parse(text).unwrap().is_pseudo(), expected, "{text}");
    };
    check("0.0.0-20260303131938-204dbb2e3ff7", true);
    check("0.5.0-alpha.5.0.20190108173120-83c051b701d3", true);
    check("1.5.0-rc1.0.20230601080528-80d139bb5d1d", true);
    check("1.0.1-0.20211012131345-9c444070ec7b", true);
    check("1.0.0-rc.1", false);
    check("1.0.0-20240101", false);
    check("1.0.0", false);
}

#[test]
fn orders_by_precedence() {
    let sorted = [
        "0.9.0",
        "1.0.0-0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0-rc10",
        "1.0.0-rc8",
        "1.0.0",
        "1.0.1-0",
        "1.0.1",
        "1.0.10",
        "1.2.0",
        "1.10.0",
        "2.0.0",
    ];
    let sorted = sorted.map(|text| Version::parse(text).unwrap());
    assert!(sorted.is_sorted_by(|one, two| one < two), "{sorted:?}");
    let same = |one: &str, two: &str| {
        assert_eq!(Version::reported(one).unwrap(), Version::parse(two).unwrap());
    };
    same("v1.2.3-eks-1", "1.2.3");
    same("1.2.3+a", "v1.2.3+b");
}

fn semver_text() -> impl Strategy<Value = String> {
    let pre = "(0|[1-9][0-9]{0,2}|rc[0-9]{1,2}|[a-c-]{1,2})(\\.(0|[1-9][0-9]{0,2}|[a-c]{1,2}))?";
    (0_u64..3, 0_u64..12, 0_u64..12, proptest::option::of(pre), any::<bool>()).prop_map(
        |(major, minor, patch, pre, build)| {
            let pre = pre.map_or_else(String::new, |pre| format!("-{pre}"));
            format!("{major}.{minor}.{patch}{pre}{}", if build { "+b.1" } else { "" })
        },
    )
}

proptest! {
    #[test]
    fn agrees_with_the_precedence_of_semver(one in semver_text(), two in semver_text()) {
        let ours = Version::parse(&one).unwrap().cmp(&Version::parse(&two).unwrap());
        let referee = semver::Version::parse(&one).unwrap();
        prop_assert_eq!(ours, referee.cmp_precedence(&semver::Version::parse(&two).unwrap()));
    }

    #[test]
    fn the_order_is_total(texts in proptest::array::uniform3("v?[0-2](\\.[0-2]){2}(-[a-b0-2.-]{1,3})?")) {
        let found: Vec<Version> = texts.iter().filter_map(|text| Version::parse(text).ok()).collect();
        if let [one, two, three] = found.as_slice() {
            prop_assert_eq!(one.cmp(two), two.cmp(one).reverse());
            prop_assert!(!(one <= two && two <= three) || one <= three);
            prop_assert_eq!(one == two, one.cmp(two) == Ordering::Equal);
        }
    }

    #[test]
    fn takes_any_text(text in "\\PC{0,40}|[v0-9.+~a-c-]{0,30}") {
        for version in [Version::parse(&text), Version::reported(&text)].into_iter().flatten() {
            prop_assert_eq!(Version::parse(&version.to_string()).unwrap(), version);
        }
    }
}
