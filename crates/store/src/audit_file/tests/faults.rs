//! Full disks, kills and pipes that nobody reads.

use std::io::{BufRead, BufReader, Write};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::*;

#[test]
fn a_full_disk_fails_every_receipt() {
    for mode in [Mode::Blocking, Mode::BlockingStrict] {
        let log = AuditFile::open(&unlimited(Path::new("/dev/full")), mode).unwrap();
        for id in 0..3 {
            let failed = wait(log.append(event(id, 0))).unwrap_err();
            assert!(matches!(&failed, NotWritten::Refused(why) if why.contains("No space")));
        }
        assert_eq!(log.counts(), Counts { failed: 3, ..Counts::default() });
        log.close(LONG).unwrap();
    }
}

/// A disk that becomes full in the middle of a record, and has room again later: here, a limit on
/// the size of files, with the signal that comes with it ignored.
#[test]
fn a_partly_written_record_is_taken_back() {
    let name = "faults::a_partly_written_record_is_taken_back";
    if let Ok(path) = std::env::var(CHILD) {
        return fill_the_disk(Path::new(&path));
    }
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let done = child(name, &path, "trap '' XFSZ;").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.ends_with('\n'));
    let ids: Vec<_> = ["\"auditID\":\"0\"", "\"auditID\":\"3\"", "\"auditID\":\"9\""].to_vec();
    assert_eq!(text.lines().count(), ids.len());
    assert!(text.lines().zip(ids).all(|(line, id)| line.contains(id)), "{text}");
    assert_eq!(whole(&path), 3);
}

fn fill_the_disk(path: &Path) {
    let log = AuditFile::open(&unlimited(path), Mode::BlockingStrict).unwrap();
    wait(log.append(event(0, 0))).unwrap();
    let full = std::fs::metadata(path).unwrap().len() + 1000;
    let before = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: Some(full), ..before }).unwrap();
    for id in 1..3 {
        assert!(matches!(wait(log.append(event(id, 2000))), Err(NotWritten::Refused(_))));
    }
    // What is short enough still fits.
    wait(log.append(event(3, 0))).unwrap();
    wait(log.append(event(4, 2000))).unwrap_err();
    setrlimit(Resource::Fsize, before).unwrap();
    wait(log.append(event(9, 0))).unwrap();
    assert_eq!(log.counts(), Counts { written: 3, failed: 3, ..Counts::default() });
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let name = "faults::what_was_acknowledged_survives_a_kill";
    if let Ok(path) = std::env::var(CHILD) {
        return write_for_ever(Path::new(&path));
    }
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("audit.log");
    let mut running = child(name, &path, "").spawn().unwrap();
    let told = BufReader::new(running.stdout.take().unwrap()).lines();
    let told = told.map(Result::unwrap).filter(|line| line.starts_with("written "));
    let acknowledged: Vec<_> = told.take(500).collect();
    running.kill().unwrap();
    running.wait().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for id in acknowledged.iter().map(|line| line.strip_prefix("written ").unwrap()) {
        assert!(text.contains(&format!("\"auditID\":\"{id}\"")), "{id}");
    }
    let found = report(&path);
    assert!(!matches!(found.end, End::Broken(_)), "{found:?}");
    go_on(&path, 0..1);
    assert!(whole(&path) > 500);
}

fn write_for_ever(path: &Path) {
    let log = AuditFile::open(&unlimited(path), Mode::BlockingStrict).unwrap();
    for round in 0.. {
        let receipts: Vec<_> =
            (0..50).map(|id| log.append(event(round * 50 + id, id * 100))).collect();
        for (id, receipt) in receipts.into_iter().enumerate() {
            wait(receipt).unwrap();
            writeln!(std::io::stdout(), "written {}", round * 50 + id).unwrap();
        }
    }
}

/// A pipe that nobody reads from: the writer is stuck.
fn stuck() -> (TempDir, std::fs::File, AuditFile) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let open = || std::fs::OpenOptions::new().read(true).write(true).open(&path);
    let reader = open().unwrap();
    let log = AuditFile::open(&unlimited(&path), Mode::Blocking).unwrap();
    (folder, reader, log)
}

#[test]
fn closing_waits_no_longer_than_it_may() {
    let (_folder, reader, log) = stuck();
    let receipt = log.append(event(0, 1 << 20));
    assert_eq!(log.close(Duration::from_millis(1)), Err(Unwritten(1)));
    drop(reader);
    assert!(matches!(wait(receipt), Err(NotWritten::Refused(_))));
    log.close(LONG).unwrap();
}
