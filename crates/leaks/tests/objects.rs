//! Whole objects: which of their fields are leaks, by path.

#[path = "tables/drawn.rs"]
mod drawn;

use drawn::filled;
use leaks::{Leak, object_leaks, values_leaks};
use tree::{Keys, Tree};

fn read(text: &str) -> Tree {
    tree::read(text, &mut Keys::default()).unwrap_or_default()
}

fn said(leaks: &[Leak]) -> Vec<String> {
    let say = |leak: &Leak| format!("{} {}", leak.path, leak.kind.name());
    leaks.iter().map(say).collect()
}

#[test]
fn objects_have_leaks_at_these_paths_and_no_others() {
    let mut seen = 0;
    for part in include_str!("tables/objects.txt").split("=== ").skip(1) {
        let (name, text) = part.split_once('\n').unwrap();
        let is_wanted = |line: &&str| line.starts_with("#! ");
        let wanted: Vec<&str> =
            text.lines().filter(is_wanted).map(|line| line.trim_start_matches("#! ")).collect();
        assert_eq!(said(&object_leaks(&read(&filled(text)))), wanted, "{name}");
        seen += 1;
    }
    assert!(seen >= 25, "{seen}");
}

#[test]
fn what_kubectl_applied_last_gives_a_secret_away() {
    let applied = r#"{"kind":"Secret","data":{"password":"aHVudGVyMmh1bnRlcjI=","ca.crt":"eA=="}}"#;
    let text = format!(
        "kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{applied}'\n"
    );
    let found = object_leaks(&read(&text));
    let path = r#"metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]"#;
    assert_eq!(said(&found), [format!("{path} password")]);
    assert_eq!(found[0].note.as_deref(), Some("last applied: data.password"));
    assert_eq!(found[0].preview, "… (14 characters)");
}

proptest::proptest! {
    #[test]
    fn no_object_panics_and_no_preview_tells_more_than_four(
        kind in "Secret|ConfigMap|Pod|X|List",
        key in "data|spec|stringData|metadata|items|resources|users",
        text in "[-a-zA-Z0-9+/=:. \n\"'{}\\[\\]]{0,80}",
    ) {
        let inner = format!("{{password: {text:?}, a: [{{name: TOKEN, value: {text:?}}}]}}");
        let object = read(&format!("kind: {kind}\n{key}: {inner}\n"));
        for leak in object_leaks(&object) {
            let shown = leak.preview.rsplit_once("… (").map_or(9, |(start, _)| start.chars().count());
            proptest::prop_assert!(shown <= 4, "{}", leak.preview);
        }
    }
}

#[test]
fn values_of_helm_are_walked() {
    let values = filled(
        "auth:\n  password: «pw»\n  existingSecret: app-secret\nextraEnv:\n- name: API_KEY\n  value: «letters32»\nimage:\n  tag: v1\n",
    );
    let found = said(&values_leaks(&read(&values)));
    assert_eq!(found, ["auth.password password", "extraEnv[0].value credential"]);
}

#[test]
fn depth_and_number_have_limits() {
    let deep = format!(
        "kind: X\nspec: {}{{password: hunter2hunter2}}{}",
        "{a: ".repeat(60),
        "}".repeat(60)
    );
    assert_eq!(object_leaks(&read(&deep)).len(), 1);
    let one = |n: u32| {
        format!(
            "  p{n}: {{password: hunter2hunter2}}
"
        )
    };
    let many: Vec<String> = (0..3000).map(one).collect();
    let many = many.concat();
    assert_eq!(object_leaks(&read(&format!("kind: X\nspec:\n{many}"))).len(), 1000);
    let mut nested = String::from("sh -c \"a\"");
    for _ in 0..200 {
        nested = format!("sh -c {nested:?}");
        if nested.len() > 100_000 {
            break;
        }
    }
    assert!(leaks::scan_text("x", &nested).is_empty());
}
