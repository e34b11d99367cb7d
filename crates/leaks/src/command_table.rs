//! Programs whose flags take a password without saying so.

/// How a flag takes its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// In the same word: `-pvalue`.
    Joined,
    /// In the next word.
    Next,
    /// In the next word, as `user:value`.
    UserAndNext,
}

/// A flag of some programs.
pub(crate) struct Flag {
    pub(crate) programs: &'static [&'static str],
    pub(crate) text: &'static str,
    pub(crate) takes: Takes,
}

const fn flag(programs: &'static [&'static str], flag: &'static str, takes: Takes) -> Flag {
    Flag { programs, text: flag, takes }
}

pub(crate) static FLAGS: &[Flag] = &[
    flag(MYSQL, "-p", Takes::Joined),
    flag(&["sshpass"], "-p", Takes::Joined),
    flag(&["sshpass", "az", "cqlsh", "rabbitmqadmin"], "-p", Takes::Next),
    flag(
        &["docker", "podman", "nerdctl", "buildah", "helm", "oras", "crane", "skopeo"],
        "-p",
        Takes::Next,
    ),
    flag(
        &["mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"],
        "-p",
        Takes::Next,
    ),
    flag(&["oc"], "-p", Takes::Next),
    flag(&["redis-cli", "valkey-cli", "keydb-cli"], "-a", Takes::Next),
    flag(
        &["ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami", "ldapdelete", "ldappasswd"],
        "-w",
        Takes::Next,
    ),
    flag(&["sqlcmd", "bcp"], "-P", Takes::Next),
    flag(&["curl"], "-u", Takes::UserAndNext),
    flag(&["curl"], "--user", Takes::UserAndNext),
    flag(&["curl"], "--proxy-user", Takes::UserAndNext),
    flag(&["http", "https", "xh"], "-a", Takes::UserAndNext),
];

const MYSQL: &[&str] = &[
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mysqlcheck",
    "mysqlsh",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
    "xtrabackup",
    "mariabackup",
];

/// Flags whose value sets a name in turn: `--set a.password=x`.
pub(crate) const CARRIERS: [&str; 9] = [
    "--set",
    "--set-string",
    "--from-literal",
    "--env",
    "-e",
    "--build-arg",
    "--set-env",
    "--define",
    "--opt",
];
