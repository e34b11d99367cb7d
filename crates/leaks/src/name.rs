//! Names that values have: cut into words, and what the last of them promises. It is the last word
//! that says what a value is: a `token` is one, a `tokenUrl` or `token_ttl` is none.

/// A name of a value.
#[derive(Debug)]
pub(crate) struct Name {
    words: Vec<String>,
    is_variable: bool,
}

/// What a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// Nothing secret.
    Nothing,
    /// Something that may be secret: `auth`, `licenseKey`.
    Perhaps,
    /// A token, key or secret, or the name of an object that holds it.
    Credential,
    /// A password.
    Password,
}

impl Name {
    pub(crate) fn of(text: &str) -> Self {
        let text = text.get(text.len().saturating_sub(LONGEST)..).unwrap_or_default();
        let is_variable = text.bytes().any(|byte| byte.is_ascii_uppercase())
            && !text.bytes().any(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-'));
        Self { words: words(text), is_variable }
    }

    /// Whether it is written as an environment variable.
    pub(crate) fn is_variable(&self) -> bool {
        self.is_variable
    }

    /// Whether all of `wanted` are among its words.
    pub(crate) fn has(&self, wanted: &[&str]) -> bool {
        wanted.iter().all(|wanted| self.words.iter().any(|word| word == wanted))
    }

    /// Whether `text` says no more than the name does.
    pub(crate) fn says(&self, text: &str) -> bool {
        let said = words(text);
        !said.is_empty() && said.iter().all(|word| self.words.contains(word))
    }

    /// Its last word.
    pub(crate) fn last(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    /// What the name promises.
    pub(crate) fn promise(&self) -> Promise {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let mut words = words.as_slice();
        while let [before @ .., last] = words
            && is_neutral(last)
            && !before.is_empty()
        {
            words = before;
        }
        match words {
            [.., before, last] => promise_of(before, last),
            [last] => promise_of("", last),
            [] => Promise::Nothing,
        }
    }
}

fn promise_of(before: &str, last: &str) -> Promise {
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    if is_password(before, last) {
        return Promise::Password;
    }
    let is_one = CREDENTIALS.contains(&last)
        || ENDINGS.iter().any(|ending| last.len() > ending.len() && last.ends_with(ending));
    if is_one && !NOT_BEFORE.contains(&before) {
        return Promise::Credential;
    }
    match (before, last) {
        (before, "key") if BEFORE_KEY.contains(&before) => Promise::Credential,
        (before, "key") if NO_KEY.contains(&before) => Promise::Nothing,
        (_, "auth" | "key" | "salt" | "dsn" | "pat" | "license" | "sig" | "signature") => {
            Promise::Perhaps
        }
        _ => Promise::Nothing,
    }
}

fn is_password(before: &str, last: &str) -> bool {
    // nginx passes requests on with these.
    let passes_on = ["proxy", "fastcgi", "uwsgi", "grpc", "scgi", "memcached", "by"];
    match last {
        "pass" => !passes_on.contains(&before),
        "pwd" | "pw" | "psw" | "passwd" | "password" | "passphrase" | "passcode"
        | "requirepass" | "masterauth" | "storepass" | "keypass" | "dbpass" | "pswd"
        | "passwort" => !NOT_BEFORE.contains(&before),
        _ => ["password", "passwd", "passphrase"].iter().any(|word| last.ends_with(word)),
    }
}

/// Words behind the telling one that change nothing.
fn is_neutral(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(
            word,
            "value"
                | "data"
                | "string"
                | "plain"
                | "plaintext"
                | "raw"
                | "b64"
                | "base64"
                | "base"
                | "old"
                | "new"
                | "current"
                | "previous"
                | "primary"
                | "secondary"
                | "prod"
                | "production"
                | "dev"
                | "staging"
                | "stage"
                | "test"
                | "default"
                | "literal"
        )
}

/// The words of a name, in lower case: cut at what is no letter or digit, and where case rises.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(char::is_ascii_lowercase);
        let rises = letter.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && next_is_lower));
        if rises || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Of a longer name the end counts.
const LONGEST: usize = 128;

const CREDENTIALS: [&str; 10] = [
    "secret",
    "token",
    "apikey",
    "creds",
    "credential",
    "credentials",
    "secretkey",
    "accesskey",
    "privatekey",
    "authkey",
];

/// Ends of words that are written as one: `authtoken`, `clientsecret`.
const ENDINGS: [&str; 4] = ["token", "secret", "apikey", "secretkey"];

/// Words that make a secret or token the name of an object, or no secret.
const NOT_BEFORE: [&str; 28] = [
    "existing",
    "tls",
    "pull",
    "image",
    "ref",
    "cert",
    "certificate",
    "ca",
    "next",
    "continue",
    "page",
    "cancel",
    "checksum",
    "hash",
    "digest",
    "fingerprint",
    "no",
    "require",
    "requires",
    "create",
    "use",
    "using",
    "with",
    "has",
    "is",
    "allow",
    "disable",
    "enable",
];

/// Words that make a key one of a table, or a public one.
const NO_KEY: [&str; 15] = [
    "public",
    "primary",
    "foreign",
    "sort",
    "partition",
    "cache",
    "index",
    "config",
    "label",
    "annotation",
    "data",
    "object",
    "host",
    "idempotency",
    "site",
];

/// Words that make a key one that opens something.
const BEFORE_KEY: [&str; 26] = [
    "api",
    "access",
    "secret",
    "private",
    "auth",
    "signing",
    "encryption",
    "encrypt",
    "master",
    "shared",
    "account",
    "storage",
    "session",
    "app",
    "application",
    "integration",
    "service",
    "write",
    "deploy",
    "hmac",
    "jwt",
    "cookie",
    "crypto",
    "cipher",
    "token",
    "webhook",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_names_into_words() {
        let check = |name: &str, expected: &[&str]| assert_eq!(words(name), expected, "{name}");
        check("DB_PASSWORD", &["db", "password"]);
        check("dbPassword", &["db", "password"]);
        check("APIKey", &["api", "key"]);
        check("spring.datasource.password", &["spring", "datasource", "password"]);
        check("--client-secret", &["client", "secret"]);
        check("", &[]);
    }

    #[test]
    fn the_last_word_says_what_a_value_is() {
        let check = |names: &str, expected: Promise| {
            for name in names.split(' ') {
                assert_eq!(Name::of(name).promise(), expected, "{name}");
            }
        };
        check("password DB_PASSWORD PGPASSWORD rootPasswd passphrase dbPass", Promise::Password);
        check(
            "requirepass PASSWORD_2 MYSQL_PWD password.value ADMIN_PASSWORD_B64",
            Promise::Password,
        );
        check("token SECRET api_key apiKey APIKEY clientSecret authtoken", Promise::Credential);
        check("secret-access-key PRIVATE_KEY app.credentials X_TOKEN_PROD", Promise::Credential);
        check("licenseKey key REDIS_AUTH salt", Promise::Perhaps);
        check(
            "secretName existingSecret passwordSecretKeyRef tokenUrl token_ttl",
            Promise::Nothing,
        );
        check(
            "tokenReview PASSWORD_FILE publicKey proxy_pass bypass password_length",
            Promise::Nothing,
        );
        check(
            "tlsSecret imagePullSecret tokens secrets SECRET_NAME keyId nextToken",
            Promise::Nothing,
        );
    }
}
