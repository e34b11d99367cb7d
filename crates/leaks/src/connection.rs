//! Connection strings: pairs `key=value` set together by `;`, `&`, spaces or commas, of which one
//! is a password or a shared key.

use crate::innocent::{SHORTEST, is_stand_in, points_elsewhere};
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::shape::{Alphabet, entropy};

/// What a connection string gives away.
pub(crate) fn find(text: &str) -> Option<Sighting> {
    azure(text).or_else(|| database(text)).or_else(|| go_mysql(text))
}

/// `AccountKey`, `SharedAccessKey`, and the signature of a shared access URL.
fn azure(text: &str) -> Option<Sighting> {
    let lower_has = |word: &str| text.contains(word);
    let names: [(&str, bool, usize); 4] = [
        ("AccountKey=", lower_has("AccountName="), 86),
        ("SharedAccessKey=", lower_has("Endpoint=") || lower_has("HostName="), 43),
        ("SharedAccessSignature=", true, 40),
        ("sig=", lower_has("sv=") && (lower_has("se=") || lower_has("sr=")), 43),
    ];
    names.into_iter().filter(|(_, fits, _)| *fits).find_map(|(name, _, shortest)| {
        let (_, rest) = text.split_once(name)?;
        let end = rest.find(|c: char| matches!(c, ';' | '"' | '\'') || c.is_whitespace());
        let secret = rest.get(..end.unwrap_or(rest.len()))?;
        let is_drawn = secret.len() >= shortest && entropy(secret.as_bytes()) >= 3.5;
        let fits = is_drawn && !points_elsewhere(secret) && !is_stand_in(secret);
        fits.then(|| Sighting::new(LeakKind::AzureConnectionString, Confidence::High, secret))
    })
}

/// JDBC, ADO and libpq: a password beside a server. Without the server it is an assignment.
fn database(text: &str) -> Option<Sighting> {
    if text.len() > LONGEST {
        return None;
    }
    let pairs: Vec<(String, &str)> = pairs(text).collect();
    let has = |names: &[&str]| pairs.iter().any(|(key, _)| names.contains(&key.as_str()));
    let is_connection = text.contains("jdbc:")
        || has(&["server", "host", "data source", "addr", "address", "hostname", "datasource"])
        || (text.contains("://") && text.contains('?'));
    let (_, secret) =
        pairs.iter().find(|(key, _)| ["password", "pwd", "passwd"].contains(&key.as_str()))?;
    let secret = secret.trim_matches(['\'', '"']);
    let fits = is_connection
        && secret.chars().count() >= SHORTEST
        && !points_elsewhere(secret)
        && !is_stand_in(secret)
        && secret != "password";
    fits.then(|| Sighting::new(LeakKind::DatabasePassword, Confidence::High, secret))
}

fn pairs(text: &str) -> impl Iterator<Item = (String, &str)> {
    // Keys of ADO have spaces in them (`Data Source`); with semicolons, spaces end nothing.
    let has_semicolons = text.contains(';');
    let ends = move |c: char| match c {
        ';' | '&' | '?' | ',' => true,
        _ => !has_semicolons && c.is_whitespace(),
    };
    text.split(ends).filter_map(|piece| {
        let (key, value) = piece.split_once('=')?;
        Some((key.trim().to_ascii_lowercase(), value.trim()))
    })
}

/// The form of Go's driver: `user:password@tcp(host:3306)/name`.
fn go_mysql(text: &str) -> Option<Sighting> {
    let at = text.find("@tcp(").or_else(|| text.find("@unix("))?;
    let before = text
        .get(..at)?
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '='))
        .next()?;
    let (user, secret) = before.split_once(':')?;
    let secret =
        if user == "mysql" { secret.trim_start_matches('/').split_once(':')?.1 } else { secret };
    let is_secret = secret.len() >= SHORTEST
        && Alphabet::Word.run(secret).len() < LONGEST
        && !points_elsewhere(secret)
        && !is_stand_in(secret)
        && secret != "password";
    is_secret.then(|| Sighting::new(LeakKind::DatabasePassword, Confidence::High, secret))
}

const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{LETTERS, drawn};

    #[test]
    fn finds_passwords_of_connection_strings() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find(text).map(|leak| leak.kind.name()), expected, "{text}");
        };
        let (word, key) = ("Tr0ub4dor", drawn(1, 86, LETTERS));
        check(
            &format!("AccountName=a;AccountKey={key}==;Suffix=x"),
            Some("azure-connection-string"),
        );
        check(
            &format!(
                "Endpoint=sb://x/;SharedAccessKeyName=r;SharedAccessKey={}=",
                drawn(2, 43, LETTERS)
            ),
            Some("azure-connection-string"),
        );
        check(
            &format!("https://a.blob/x?sv=2020&se=1&sig={}%3D", drawn(3, 43, LETTERS)),
            Some("azure-connection-string"),
        );
        check("AccountName=a;AccountKey=<key>", None);
        check(&format!("jdbc:mysql://h/d?user=a&password={word}"), Some("database-password"));
        check(&format!("jdbc:sqlserver://h;user=a;password={word};"), Some("database-password"));
        check(&format!("Server=h;User Id=a;Password={word};"), Some("database-password"));
        check(&format!("host=h user=a password='{word}'"), Some("database-password"));
        check(&format!("a:{word}@tcp(h:3306)/d"), Some("database-password"));
        check("jdbc:mysql://h/d?password=${PASSWORD}", None);
        check("Server=h;Password=changeme", None);
        check("Server=h;Password=short", None);
        check("Server=h;User Id=a", None);
        check(&format!("{word}@tcp(h)"), None);
        check("a:$PASSWORD@tcp(h:3306)/d", None);
    }
}
