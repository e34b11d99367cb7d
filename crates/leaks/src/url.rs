//! URLs with a password in them: everything between the user and the last `@` of the authority.

use crate::innocent::{SHORTEST, is_stand_in, points_elsewhere};
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::shape::{Texture, texture};

/// The first URL in `text` that carries a password.
pub(crate) fn find(text: &str) -> Option<Sighting> {
    text.match_indices("://").take(MOST).find_map(|(at, mark)| {
        let (before, rest) = text.split_at_checked(at)?;
        let rest = rest.get(mark.len()..)?;
        let scheme = scheme(before)?;
        let (user, password) = userinfo(rest)?;
        judge(scheme, user, password)
    })
}

fn scheme(before: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let scheme = before.rsplit(|c: char| !is_part(c)).next()?;
    (!scheme.is_empty()).then_some(scheme)
}

/// User and password. A password may hold `@` and, unescaped by careless hands, `/` or `#`; both
/// would make a path of what follows, so only `@` is taken in.
fn userinfo(rest: &str) -> Option<(&str, &str)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | ',');
    let end = rest.find(ends).unwrap_or(rest.len()).min(LONGEST);
    let (userinfo, host) = rest.get(..end)?.rsplit_once('@')?;
    let is_host =
        host.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '[' | '$' | '{' | '_'));
    userinfo.split_once(':').filter(|_| is_host)
}

fn judge(scheme: &str, user: &str, password: &str) -> Option<Sighting> {
    let is_short = user == "mailto" || password.chars().count() < SHORTEST;
    let is_name = ["password", "passwd", "<pass", "pass:", "secretpassword"].contains(&password);
    if is_short || is_name || points_elsewhere(password) || is_stand_in(password) {
        return None;
    }
    let kind = if is_database(scheme) { LeakKind::DatabasePassword } else { LeakKind::UrlPassword };
    let confidence = if password == user { Confidence::Medium } else { Confidence::High };
    // Some services take a token for a user.
    let is_word = user.len() <= 32 && texture(user) == Texture::Words;
    let user = if is_word { user } else { "not told" };
    Some(Sighting::new(kind, confidence, password).noted(format!("scheme {scheme}, user {user}")))
}

fn is_database(scheme: &str) -> bool {
    let scheme = scheme.split('+').next().unwrap_or_default().to_ascii_lowercase();
    DATABASES.contains(&scheme.as_str())
}

const DATABASES: [&str; 19] = [
    "postgres",
    "postgresql",
    "mysql",
    "mysql2",
    "mariadb",
    "mongodb",
    "redis",
    "rediss",
    "valkey",
    "amqp",
    "amqps",
    "sqlserver",
    "mssql",
    "clickhouse",
    "cockroachdb",
    "cassandra",
    "neo4j",
    "oracle",
    "db2",
];

const MOST: usize = 64;
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_passwords_of_urls() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find(text).map(|leak| leak.kind.name()), expected, "{text}");
        };
        let word = "Tr0ub4dor";
        check(&format!("postgres://app:{word}@db:5432/x"), Some("database-password"));
        check(&format!("mongodb+srv://app:{word}@c.mongodb.net"), Some("database-password"));
        check(&format!("redis://:{word}@redis"), Some("database-password"));
        check(&format!("amqp://u:{word}@mq/v"), Some("database-password"));
        check(&format!("x https://ci:{word}@git.internal/r.git y"), Some("url-password"));
        check(&format!("https://ci:{word}@@git.internal"), Some("url-password"));
        check("https://git.internal/a@b:c", None);
        check("https://git@github.com:22/x", None);
        check("postgres://app:short@db", None);
        check("postgres://app:$(PASSWORD)@db", None);
        check("postgres://app:${PASSWORD}@db", None);
        check("postgres://app:{{ .password }}@db", None);
        check("postgres://app:<password>@db", None);
        check("postgres://user:password@db", None);
        check("postgres://app:changeme@db", None);
        check("://app:longenough@db", None);
        check("http://[::1]:8080/x@y", None);
    }
}
