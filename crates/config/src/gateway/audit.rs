//! What is recorded, where, and what a request waits for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use audit::{Policy, Problem};

use crate::document::Document;
use crate::gateway::Section;
use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

/// What is recorded, where, and what a request waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The policy file, for reloads; `None` is the built-in policy.
    pub policy_file: Option<PathBuf>,
    /// What is recorded.
    pub policy: Policy,
    /// Where the records go.
    pub output: Output,
    /// What a request waits for.
    pub mode: Mode,
}

/// Where the records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// To standard output.
    Stdout,
    /// To a file.
    File {
        /// The file.
        path: PathBuf,
        /// When a new file is begun, and how long old ones are kept.
        rotation: Rotation,
    },
}

/// When a new file is begun, and how long old ones are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// A file this large is closed.
    pub max_bytes: u64,
    /// A closed file this old is deleted; `None` keeps it.
    pub max_age: Option<Duration>,
    /// So many closed files are kept; `None` keeps all.
    pub max_backups: Option<u32>,
}

/// What a request waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For nothing: what is not yet written when the process is killed is lost.
    Batch {
        /// Records that may wait to be written; more are lost.
        buffer: u32,
        /// Records written at once.
        most: u32,
        /// How long a record may wait for others to be written with.
        wait: Duration,
    },
    /// For its record to be written; if that fails, it is served all the same.
    Blocking,
    /// For its record to be written; if that fails, it is refused.
    BlockingStrict,
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "Audit",
    settings: &[
        AUDIT_POLICY_FILE,
        AUDIT_LOG_PATH,
        AUDIT_LOG_FORMAT,
        AUDIT_LOG_MODE,
        AUDIT_LOG_MAXSIZE,
        AUDIT_LOG_MAXAGE,
        AUDIT_LOG_MAXBACKUP,
        AUDIT_LOG_BATCH_BUFFER_SIZE,
        AUDIT_LOG_BATCH_MAX_SIZE,
        AUDIT_LOG_BATCH_MAX_WAIT,
    ],
};

pub(crate) const AUDIT_POLICY_FILE: Setting = Setting::one(
    "audit-policy-file",
    "FILE",
    "Policy (audit.k8s.io/v1) that says what is recorded. The built-in one records every request but \
     health probes, and no bodies of secrets or tokens",
)
.differs("records nothing without one");

const AUDIT_LOG_PATH: Setting = Setting::one(
    "audit-log-path",
    "FILE",
    "File that records are appended to; - is standard output",
)
.or("-")
.differs("records nothing without one");

const AUDIT_LOG_FORMAT: Setting =
    Setting::one("audit-log-format", "FORMAT", "Form of the records; json only")
        .words(&["json"])
        .or("json");

const AUDIT_LOG_MODE: Setting = Setting::one(
    "audit-log-mode",
    "MODE",
    "What a request waits for. blocking-strict: its record is written, or it is refused. blocking: \
     its record is written, or it is served without. batch: nothing; records still in memory are \
     lost when the process is killed",
)
.words(&["batch", "blocking", "blocking-strict"])
.or("blocking-strict")
.differs("blocking");

const AUDIT_LOG_MAXSIZE: Setting = Setting::one(
    "audit-log-maxsize",
    "MEGABYTES",
    "Size at which a new file is begun; 0 means 100, as in kube-apiserver",
)
.or("0");

const AUDIT_LOG_MAXAGE: Setting =
    Setting::one("audit-log-maxage", "DAYS", "Days that closed files are kept; 0 is for ever")
        .or("0");

const AUDIT_LOG_MAXBACKUP: Setting =
    Setting::one("audit-log-maxbackup", "COUNT", "Closed files that are kept; 0 is all").or("0");

const AUDIT_LOG_BATCH_BUFFER_SIZE: Setting = Setting::one(
    "audit-log-batch-buffer-size",
    "COUNT",
    "Records that may wait in memory in batch mode; more are lost, and counted",
)
.or("10000");

const AUDIT_LOG_BATCH_MAX_SIZE: Setting =
    Setting::one("audit-log-batch-max-size", "COUNT", "Records written at once in batch mode")
        .or("400")
        .differs("1");

const AUDIT_LOG_BATCH_MAX_WAIT: Setting = Setting::one(
    "audit-log-batch-max-wait",
    "DURATION",
    "How long a record may wait in batch mode for others to be written with it",
)
.or("100ms")
.differs("0s");

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Audit> {
    let policy_file = reader.path(&AUDIT_POLICY_FILE);
    let policy = match &policy_file {
        None => Some(Policy::built_in()),
        Some(path) => load(reader, path),
    };
    reader.one(&AUDIT_LOG_FORMAT, format);
    let mode = mode(reader);
    let rotation = rotation(reader);
    let output = output(reader, rotation?);
    Some(Audit { policy_file, policy: policy?, output: output?, mode: mode? })
}

/// Reads the policy file; at the start and at each reload. What is wrong is told to `reader`.
///
/// kube-apiserver passes over fields it does not know. Here they stop the start: a misspelt
/// condition matches everything, so a rule with level None could silence the log.
pub(crate) fn load(reader: &mut Reader<'_>, path: &Path) -> Option<Policy> {
    let document = Document::read(reader, &AUDIT_POLICY_FILE, path, LONGEST)?;
    let (policy, mistakes) = match Policy::read(&document.value()) {
        Ok(policy) => {
            let stray = |found: &Problem| {
                document.mistake(
                    &found.path,
                    &format!("{}; spell it right, or take it out", found.problem),
                )
            };
            let strays: Vec<_> = policy.warnings().iter().map(stray).collect();
            (Some(policy), strays)
        }
        Err(problems) => {
            let wrong = |found: &Problem| document.mistake(&found.path, &found.problem);
            (None, problems.iter().map(wrong).collect())
        }
    };
    let is_sound = mistakes.is_empty();
    reader.add(mistakes);
    policy.filter(|_| is_sound)
}

fn format(text: &str) -> Result<(), String> {
    match text {
        "json" => Ok(()),
        "legacy" => Err("the legacy form loses most of a record; give json".to_owned()),
        _ => Err("not one of json".to_owned()),
    }
}

#[derive(Clone, Copy)]
enum Waiting {
    Batch,
    Blocking,
    BlockingStrict,
}

fn mode(reader: &mut Reader<'_>) -> Option<Mode> {
    let words = [
        ("batch", Waiting::Batch),
        ("blocking", Waiting::Blocking),
        ("blocking-strict", Waiting::BlockingStrict),
    ];
    let waiting = reader.one(&AUDIT_LOG_MODE, |text| parse::word(text, &words));
    let buffer = reader.one(&AUDIT_LOG_BATCH_BUFFER_SIZE, parse::positive);
    let most = reader.one(&AUDIT_LOG_BATCH_MAX_SIZE, parse::positive);
    let wait = reader.one(&AUDIT_LOG_BATCH_MAX_WAIT, parse::duration);
    match waiting? {
        Waiting::Batch => Some(Mode::Batch { buffer: buffer?, most: most?, wait: wait? }),
        Waiting::Blocking => Some(unbatched(reader, Mode::Blocking)),
        Waiting::BlockingStrict => Some(unbatched(reader, Mode::BlockingStrict)),
    }
}

fn unbatched(reader: &mut Reader<'_>, mode: Mode) -> Mode {
    let only = [AUDIT_LOG_BATCH_BUFFER_SIZE, AUDIT_LOG_BATCH_MAX_SIZE, AUDIT_LOG_BATCH_MAX_WAIT];
    for setting in &only {
        reader.only_with(setting, "with --audit-log-mode=batch");
    }
    mode
}

fn rotation(reader: &mut Reader<'_>) -> Option<Rotation> {
    let size = reader.one(&AUDIT_LOG_MAXSIZE, parse::count);
    let age = reader.one(&AUDIT_LOG_MAXAGE, parse::count);
    let backups = reader.one(&AUDIT_LOG_MAXBACKUP, parse::count);
    let megabytes = match size? {
        0 => 100,
        megabytes => u64::from(megabytes),
    };
    let days = |days: u32| Duration::from_secs(u64::from(days).saturating_mul(24 * 60 * 60));
    Some(Rotation {
        max_bytes: megabytes << 20,
        max_age: age.filter(|age| *age > 0).map(days),
        max_backups: backups.filter(|backups| *backups > 0),
    })
}

fn output(reader: &mut Reader<'_>, rotation: Rotation) -> Option<Output> {
    let path = reader.path(&AUDIT_LOG_PATH)?;
    // A path from the configuration file starts at that file's folder.
    if path.file_name().is_some_and(|name| name == "-") {
        let only = [AUDIT_LOG_MAXSIZE, AUDIT_LOG_MAXAGE, AUDIT_LOG_MAXBACKUP];
        for setting in &only {
            reader.only_with(setting, "with a file as --audit-log-path");
        }
        return Some(Output::Stdout);
    }
    if path.is_dir() {
        reader.reject(&AUDIT_LOG_PATH, "is a folder; give a file");
    } else if !path.parent().is_some_and(is_folder) {
        reader.reject(&AUDIT_LOG_PATH, "its folder does not exist; make it first");
    }
    Some(Output::File { path, rotation })
}

fn is_folder(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.is_dir()
}

const LONGEST: u64 = 4 << 20;
