//! Copies and folders.

use inventory::Owner;

use super::*;
use crate::Confidence;

fn owner(uid: u32) -> Owner {
    Owner { uid, gid: uid, user: uid.to_string(), group: uid.to_string() }
}

fn folder(path: &str, mode: u32, uid: u32) -> Folder {
    Folder { path: path.to_owned(), mode, owner: owner(uid) }
}

fn file(path: &str, mode: u32, uid: u32, folders: &[Folder]) -> File {
    let mut file = File::new(path);
    file.mode = Some(mode);
    file.owner = Some(owner(uid));
    file.folders = folders.into();
    file
}

#[test]
fn folders_above_a_file_count() {
    let check = |path: &str, on_node: &str, folders: &[Folder], expected: Option<&str>| {
        let file = file(path, 0o600, 0, folders).on_node(on_node);
        let rule =
            FileRule { path: on_node, wanted: Wanted::Mode(0o600), severity: Severity::High };
        let found = match rule.judge_file(&file).unwrap() {
            Verdict::Fail(problems) => problems.into_iter().next(),
            Verdict::Pass | Verdict::Exempt(_) | Verdict::NotApplicable(_) => None,
        };
        assert!(found.iter().all(|problem| problem.confidence == Confidence::High));
        let remedy = found.map(|problem| problem.remedy);
        let wanted = expected.map(|folder| Remedy::Steps(format!("chmod go-w {folder}")));
        assert_eq!(remedy, wanted, "{path} {folders:?}");
    };
    let path = "/etc/kubernetes/admin.conf";
    let closed = |name: &str| folder(name, 0o755, 0);
    let (etc, root) = (closed("/etc"), closed("/"));
    check(path, path, &[closed("/etc/kubernetes"), etc.clone(), root.clone()], None);
    check(path, path, &[folder("/etc/kubernetes", 0o777, 0), etc.clone()], Some("/etc/kubernetes"));
    check(path, path, &[closed("/etc/kubernetes"), folder("/etc", 0o757, 0)], Some("/etc"));
    check(path, path, &[folder("/etc/kubernetes", 0o1777, 0), etc.clone()], None);
    check(path, path, &[folder("/etc/kubernetes", 0o775, 0), etc.clone()], None);
    check(path, path, &[folder("/etc/kubernetes", 0o775, 7), etc.clone()], Some("/etc/kubernetes"));
    check(path, path, &[closed("/etc/kubernetes"), etc, folder("/", 0o777, 0)], Some("/"));
    let copy = "/copies/etc/kubernetes/admin.conf";
    let inside = [closed("/copies/etc/kubernetes"), folder("/copies/etc", 0o777, 0)];
    check(copy, path, &inside, Some("/etc"));
    let above =
        [closed("/copies/etc/kubernetes"), closed("/copies/etc"), folder("/copies", 0o777, 0)];
    check(copy, path, &above, None);
}

#[test]
fn a_copy_counts_only_where_it_still_belongs_to_root() {
    let check = |wanted: Wanted, mode: u32, uid: u32, is_copy: bool, expected: &str| {
        let path = "/etc/kubernetes/admin.conf";
        let place = if is_copy { "/copies/etc/kubernetes/admin.conf" } else { path };
        let file = file(place, mode, uid, &[]).on_node(path);
        let found = match (FileRule { path, wanted, severity: Severity::High }).judge_file(&file) {
            Ok(Verdict::Pass) => "pass",
            Ok(Verdict::Fail(_)) => "fail",
            Ok(Verdict::Exempt(_) | Verdict::NotApplicable(_)) => "neither",
            Err(_) => "unknown",
        };
        assert_eq!(found, expected, "{wanted:?} {mode:o} {uid} {is_copy}");
    };
    check(Wanted::Mode(0o600), 0o644, 1000, true, "unknown");
    check(Wanted::Mode(0o600), 0o600, 1000, true, "unknown");
    check(Wanted::Mode(0o600), 0o644, 0, true, "fail");
    check(Wanted::Mode(0o600), 0o644, 1000, false, "fail");
    check(Wanted::Root, 0o600, 1000, true, "unknown");
    check(Wanted::Root, 0o600, 0, true, "pass");
    check(Wanted::Root, 0o600, 1000, false, "fail");
}
