//! Folders are read in order, with rights; what cannot be read is told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use inventory::{Inventory, Object};

use super::*;

fn read_paths(paths: &[&Path], ignored: &[&str]) -> Result<Inventory, String> {
    let mut builder = Inventory::builder();
    let sources = Sources {
        paths: paths.iter().map(|path| path.to_path_buf()).collect(),
        ignored: ignored.iter().map(|one| (*one).to_owned()).collect(),
        ..Sources::default()
    };
    read(&sources, &mut builder, &mut |_count| ())?;
    Ok(builder.build())
}

fn pod(name: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n")
}

fn names(seen: &Inventory) -> Vec<String> {
    seen.objects().iter().map(Object::describe).collect()
}

#[test]
fn folders_are_walked_and_rights_told() {
    let folder = tempfile::tempdir().unwrap();
    let manifests = folder.path().join("node/etc/kubernetes/manifests");
    fs::create_dir_all(&manifests).unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join(".git/x.yaml"), pod("hidden")).unwrap();
    fs::write(folder.path().join("skip.yaml"), pod("skipped")).unwrap();
    let file = manifests.join("a.yaml");
    fs::write(&file, pod("a")).unwrap();
    fs::write(manifests.join("b"), pod("b")).unwrap();
    fs::write(manifests.join("c.png"), [0xff, 0xfe]).unwrap();
    fs::write(manifests.join("d.yaml"), [0xff, 0xfe]).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(folder.path(), manifests.join("circle")).unwrap();

    let seen = read_paths(&[folder.path()], &["skip.yaml"]).unwrap();
    assert_eq!(names(&seen), ["Pod a", "Pod b"]);
    let found = seen.file("/etc/kubernetes/manifests/a.yaml").unwrap();
    assert_eq!(found.mode, Some(0o640));
    assert_eq!(found.folders.first().unwrap().path, manifests.to_string_lossy());
    assert!(seen.file("/etc/kubernetes/manifests/d.yaml").is_some());
    assert!(seen.file("/etc/kubernetes/manifests").unwrap().is_folder);
}

#[test]
fn what_was_named_and_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_paths(&[&folder.path().join("none")], &[]).unwrap_err();
    assert!(error.ends_with("none: no such file or folder"), "{error}");
}

#[test]
fn paths_of_copies_are_those_of_their_node() {
    let check = |path: &str, expected: Option<&str>| {
        assert_eq!(walk::on_node(path).as_deref(), expected, "{path}");
    };
    check("/tmp/x/etc/kubernetes/admin.conf", Some("/etc/kubernetes/admin.conf"));
    check("node/var/lib/kubelet/config.yaml", Some("/var/lib/kubelet/config.yaml"));
    check("node/etc/rancher/k3s/k3s.yaml", Some("/etc/rancher/k3s/k3s.yaml"));
    check("/etc/kubernetes/admin.conf", None);
    check("/x/etc/kubernetes-old/a", None);
    check("a/b.yaml", None);
}
