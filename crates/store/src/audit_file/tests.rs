//! What is in the file when a receipt says so.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use audit::chain::{End, Report};
use audit::{Asked, Draft, Level, Stage, Stages, Verdict};
use tempfile::TempDir;

use super::*;
use crate::audit_log;

mod faults;
mod rotation;

pub(super) const LONG: Duration = Duration::from_mins(1);

/// An event whose line is about 600 bytes, and one with so many more.
#[expect(
    clippy::default_trait_access,
    reason = "the types belong to a crate that is not known here"
)]
fn event(id: usize, more: usize) -> Event {
    let verdict = Verdict {
        level: Level::Metadata,
        omit_stages: Stages::default(),
        omit_managed_fields: false,
    };
    let asked = Asked {
        audit_id: id.to_string(),
        request_uri: "/api/v1/namespaces/demo/pods/web".to_owned() + &"?".repeat(more),
        user: Default::default(),
        source_ips: Vec::new(),
        user_agent: "test".to_owned(),
        received: UNIX_EPOCH,
    };
    let mut draft = Draft::new(verdict, asked, &Default::default());
    draft.answered(200);
    draft.event(Stage::ResponseComplete, UNIX_EPOCH).unwrap()
}

fn unlimited(path: &Path) -> Output {
    rotated(path, Rotation { max_bytes: u64::MAX, max_age: None, max_backups: None })
}

fn rotated(path: &Path, rotation: Rotation) -> Output {
    Output::File { path: path.to_owned(), rotation }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Appends events one after the other, each written before the next.
fn append(log: &AuditFile, ids: std::ops::Range<usize>) {
    ids.for_each(|id| wait(log.append(event(id, 0))).unwrap());
}

/// Opens the log, appends to it and closes it.
fn go_on(path: &Path, ids: std::ops::Range<usize>) {
    let log = AuditFile::open(&unlimited(path), Mode::Blocking).unwrap();
    append(&log, ids);
    log.close(LONG).unwrap();
}

fn report(path: &Path) -> Report {
    audit_log::verify(&audit_log::files(path).unwrap()).unwrap()
}

fn whole(path: &Path) -> u64 {
    let report = report(path);
    assert_eq!(report.end, End::Whole);
    report.records
}

#[test]
fn a_receipt_means_that_the_record_is_in_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    for mode in [Mode::Blocking, Mode::BlockingStrict] {
        let log = AuditFile::open(&unlimited(&path), mode).unwrap();
        assert!(log.waits());
        assert_eq!(log.is_strict(), mode == Mode::BlockingStrict);
        let before = std::fs::read_to_string(&path).unwrap().lines().count();
        for id in 0..20 {
            wait(log.append(event(id, 0))).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(text.lines().count(), before + id + 1);
        }
        assert_eq!(log.counts(), Counts { written: 20, ..Counts::default() });
        log.close(LONG).unwrap();
        assert_eq!(wait(log.append(event(0, 0))), Err(NotWritten::Closed));
    }
    // The second process went on with the first one's chain.
    assert_eq!(whole(&path), 40);
}

#[test]
fn many_at_once_are_written_in_few_writes_and_all_are_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let log = AuditFile::open(&unlimited(&path), Mode::Blocking).unwrap();
    thread::scope(|scope| {
        for worker in 0..8 {
            let log = &log;
            scope.spawn(move || {
                let receipts: Vec<_> =
                    (0..200).map(|id| log.append(event(worker * 1000 + id, 0))).collect();
                for receipt in receipts {
                    wait(receipt).unwrap();
                }
            });
        }
    });
    assert_eq!(whole(&path), 1600);
}

#[test]
fn a_dropped_receipt_takes_nothing_back() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let log = AuditFile::open(&unlimited(&path), Mode::BlockingStrict).unwrap();
    drop(log.append(event(0, 0)));
    log.close(LONG).unwrap();
    assert_eq!(whole(&path), 1);
}

#[test]
fn a_batch_waits_for_nothing_and_is_written_at_the_end() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let mode = Mode::Batch { buffer: 100, most: 7, wait: Duration::from_hours(1) };
    let log = AuditFile::open(&unlimited(&path), mode).unwrap();
    assert!(!log.waits());
    for id in 0..20 {
        wait(log.append(event(id, 0))).unwrap();
    }
    log.close(LONG).unwrap();
    assert_eq!(whole(&path), 20);
}

#[test]
fn a_torn_line_is_left_behind_on_a_line_of_its_own() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    go_on(&path, 0..3);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.trim_end().split_at_checked(text.len() - 50).unwrap().0).unwrap();
    assert!(matches!(report(&path).end, End::Torn { line: 3, .. }));
    go_on(&path, 3..5);
    let found = report(&path);
    assert_eq!((found.records, found.torn, found.end), (4, 1, End::Whole));
}

#[test]
fn a_log_of_somebody_else_is_put_aside() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    std::fs::write(&path, "{\"kind\":\"Event\"}\n").unwrap();
    go_on(&path, 0..2);
    assert_eq!(audit_log::files(&path).unwrap().len(), 2);
    assert_eq!(audit_log::verify(&[path]).unwrap().records, 2);
}

#[test]
fn a_log_has_one_writer() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let first = AuditFile::open(&unlimited(&path), Mode::Blocking).unwrap();
    let second = AuditFile::open(&unlimited(&path), Mode::Blocking).unwrap_err();
    assert!(matches!(second, OpenError::InUse { .. }), "{second}");
    first.close(LONG).unwrap();
    AuditFile::open(&unlimited(&path), Mode::Blocking).unwrap();
}

#[test]
fn says_which_file_cannot_be_opened() {
    let path = Path::new("/proc/none/audit.log");
    let error = AuditFile::open(&unlimited(path), Mode::Blocking).unwrap_err();
    assert_eq!(error.to_string(), "audit log /proc/none/audit.log: cannot be opened");
}

/// The same test again in a process of its own, which a shell starts with `prelude`.
fn child(name: &str, path: &Path, prelude: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{prelude} exec \"$0\" --exact --nocapture \"$1\"")])
        .arg(std::env::current_exe().unwrap())
        .arg(format!("audit_file::tests::{name}"))
        .env(CHILD, path)
        .stdout(Stdio::piped());
    command
}

/// Names the log in a child.
const CHILD: &str = "RAVELIN_TEST_AUDIT_LOG";
