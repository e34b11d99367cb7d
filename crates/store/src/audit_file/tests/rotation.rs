//! Files put aside, deleted, moved away.

use super::*;

fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_790_000_000_123)
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_full_file_is_put_aside_under_kube_apiservers_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let rotation = Rotation { max_bytes: 2000, max_age: None, max_backups: None };
    let log = AuditFile::open_at(&rotated(&path, rotation), Mode::Blocking, clock).unwrap();
    append(&log, 0..9);
    log.close(LONG).unwrap();
    // Two in one millisecond have two names.
    let expected = ["audit-2026-09-21T14-13-20.123.log", "audit-2026-09-21T14-13-20.124.log"];
    assert_eq!(names(&folder)[..2], expected);
    assert_eq!(names(&folder).last().unwrap(), "audit.log");
    assert_eq!(whole(&path), 9);
    for name in names(&folder) {
        let file = folder.path().join(&name);
        assert!(std::fs::metadata(&file).unwrap().len() <= 2000, "{name}");
        // Each file can be verified alone.
        assert_eq!(audit_log::verify(&[file]).unwrap().end, End::Whole, "{name}");
    }
}

#[test]
fn the_chain_goes_on_from_a_file_that_was_put_aside() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    go_on(&path, 0..3);
    // Killed after the rename, before anything was written; or before a whole record was.
    for left in ["", "{\"ki"] {
        let aside = folder.path().join("audit-2026-01-01T00-00-00.000.log");
        std::fs::rename(&path, aside).unwrap();
        std::fs::write(&path, left).unwrap();
        go_on(&path, 3..5);
        let found = report(&path);
        assert_eq!(found.end, End::Whole, "{left}");
        let files = audit_log::files(&path).unwrap();
        let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
        std::fs::write(&path, texts.collect::<String>()).unwrap();
    }
}

#[test]
fn old_files_are_deleted_by_count_and_by_age() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let others = ["audit-2026-09-21.log", "audit-2026-09-21T14-13-20.12.log", "other.log"];
    let old = ["audit-2026-09-20T14-13-20.122.log", "audit-2026-09-20T14-13-20.124.log"];
    let fresh = ["audit-2026-09-21T13-00-00.000.log.gz", "audit-2026-09-21T14-00-00.000.log"];
    for name in [&others[..], &old, &fresh].concat() {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let day = Some(Duration::from_hours(24));
    let check = |max_age, max_backups, kept: &[&str]| {
        let rotation = Rotation { max_bytes: 2000, max_age, max_backups };
        let log = AuditFile::open_at(&rotated(&path, rotation), Mode::Blocking, clock).unwrap();
        log.close(LONG).unwrap();
        let mut expected = [&["audit.log"], &others[..], kept].concat();
        expected.sort_unstable();
        assert_eq!(names(&folder), expected);
    };
    check(None, None, &[&old[..], &fresh].concat());
    check(day, None, &[&old[1..], &fresh].concat());
    check(None, Some(2), &fresh);
    check(day, Some(1), &fresh[1..]);
}

#[test]
fn a_log_that_is_moved_away_is_begun_anew() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let moved = folder.path().join("moved.log");
    let log = AuditFile::open(&unlimited(&path), Mode::Blocking).unwrap();
    append(&log, 0..2);
    std::fs::rename(&path, &moved).unwrap();
    append(&log, 2..3);
    log.reopen();
    append(&log, 3..5);
    log.reopen();
    append(&log, 5..6);
    let found = audit_log::verify(&[moved.clone(), path.clone()]).unwrap();
    assert_eq!((found.records, found.end), (6, End::Whole));
    assert_eq!(audit_log::verify(&[moved]).unwrap().records, 3);
}

#[test]
fn a_file_that_cannot_be_put_aside_grows() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let rotation = Rotation { max_bytes: 1500, max_age: None, max_backups: None };
    let log = AuditFile::open(&rotated(&path, rotation), Mode::BlockingStrict).unwrap();
    append(&log, 0..1);
    // The name is gone: there is nothing to rename.
    std::fs::remove_file(&path).unwrap();
    append(&log, 1..6);
    assert_eq!(log.counts().written, 6);
}
