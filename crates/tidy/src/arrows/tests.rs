//! Arrows that are allowed, and that are not.

use super::*;

const TABLES: &str = "\
| crate | may use |
|---|---|
| a | – |
| `b` | `a` |

| library | may be used by |
|---|---|
| hyper | b |
| rustls | – |
";

fn package(name: &str, uses: &[(&str, Option<&str>, bool)]) -> Package {
    let dependencies = uses.iter().map(|(name, kind, is_ours)| Dependency {
        name: (*name).to_owned(),
        kind: kind.map(str::to_owned),
        path: is_ours.then(String::new),
    });
    let lines = uses.iter().map(|(name, _, _)| format!("{name}.workspace = true\n"));
    Package {
        name: name.to_owned(),
        manifest: format!("crates/{name}/Cargo.toml"),
        text: format!("[package]\nname = \"{name}\"\n\n{}", lines.collect::<String>()),
        dependencies: dependencies.collect(),
    }
}

fn check(page: &str, packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    super::check(page, packages, &mut found);
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn takes_the_arrows_of_the_table() {
    let b = package("b", &[("a", None, true), ("hyper-util", None, false), ("bytes", None, false)]);
    let a = package("a", &[("tokio-rustls", Some("dev"), false)]);
    assert_eq!(check(TABLES, &[a, b]), [""; 0]);
}

#[test]
fn refuses_other_arrows() {
    for kind in [None, Some("dev"), Some("build")] {
        let a = package("a", &[("b", kind, true)]);
        assert_eq!(
            check(TABLES, &[a, package("b", &[])]),
            ["crates/a/Cargo.toml:4: a may not use b, says ARCHITECTURE.md"]
        );
    }
}

#[test]
fn keeps_libraries_to_their_users() {
    let a = package("a", &[("hyper", None, false), ("tokio-rustls", Some("build"), false)]);
    assert_eq!(
        check(TABLES, &[a, package("b", &[])]),
        [
            "crates/a/Cargo.toml:4: a may not use hyper: hyper is kept, says ARCHITECTURE.md",
            "crates/a/Cargo.toml:5: a may not use tokio-rustls: rustls is kept, says ARCHITECTURE.md",
        ]
    );
}

#[test]
fn counts_the_companions_of_two_libraries_once_each() {
    let b = package("b", &[("hyper-rustls", None, false)]);
    assert_eq!(check(TABLES, &[package("a", &[]), b]).len(), 1);
}

#[test]
fn wants_a_row_for_each_crate_and_a_crate_for_each_name() {
    assert_eq!(
        check(TABLES, &[package("b", &[]), package("c", &[])]),
        [
            "ARCHITECTURE.md:3: there is no crate a",
            "ARCHITECTURE.md:4: there is no crate a",
            "crates/c/Cargo.toml:2: c has no row in the table of arrows in ARCHITECTURE.md",
        ]
    );
}

#[test]
fn wants_both_tables() {
    assert_eq!(
        check("# Nothing", &[]),
        [
            "ARCHITECTURE.md: must have a table `| crate | may use |`",
            "ARCHITECTURE.md: must have a table `| library | may be used by |`",
        ]
    );
}
