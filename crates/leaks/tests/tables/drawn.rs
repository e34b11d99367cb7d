//! Values that look like credentials, drawn when a test runs so that none is kept.

const HEX: &str = "0123456789abcdef";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn drawn(seed: u64, length: usize, alphabet: &str) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = usize::try_from((state >> 20) % letters.len() as u64).unwrap_or_default();
        letters.get(at).copied().unwrap_or_default()
    };
    (0..length).map(|_| next()).collect()
}

fn base64(text: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn jwt(claims: &str) -> String {
    let part = |text: &str| base64(text).trim_end_matches('=').replace('+', "-").replace('/', "_");
    format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(claims), drawn(7, 86, LETTERS))
}

fn pem(label: &str) -> String {
    let lines: Vec<String> = (1..6).map(|seed| drawn(seed, 64, LETTERS)).collect();
    let dashes = "-".repeat(5);
    format!("{dashes}BEGIN {label}{dashes}\n{}\n{dashes}END {label}{dashes}\n", lines.join("\n"))
}

/// The pieces that rows are made of, written `«name»` in them.
pub(crate) fn filled(row: &str) -> String {
    let account = r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:a:b"}"#;
    let pieces: Vec<(&str, String)> = vec![
        ("hex32", drawn(1, 32, HEX)),
        ("hex40", drawn(2, 40, HEX)),
        ("hex64", drawn(3, 64, HEX)),
        ("aws-id", format!("AKIA{}", drawn(4, 16, UPPER))),
        ("aws-secret", drawn(5, 40, LETTERS)),
        ("letters20", drawn(6, 20, LETTERS)),
        ("letters32", drawn(7, 32, LETTERS)),
        ("letters36", drawn(8, 36, LETTERS)),
        ("letters40", drawn(9, 40, LETTERS)),
        ("bcrypt", format!("$2y$05${}", drawn(10, 53, LETTERS))),
        ("apr1", format!("$apr1${}${}", drawn(11, 8, LETTERS), drawn(12, 22, LETTERS))),
        ("sha-line", format!("{{SHA}}{}=", drawn(13, 27, LETTERS))),
        ("bootstrap", format!("{}.{}", drawn(14, 6, LOWER), drawn(15, 16, LOWER))),
        ("storage", format!("{}==", drawn(16, 86, LETTERS))),
        ("bus", format!("{}=", drawn(17, 43, LETTERS))),
        ("github", format!("ghp_{}", drawn(18, 36, LETTERS))),
        ("vault", format!("hvs.{}", drawn(19, 90, LETTERS))),
        ("openshift", format!("sha256~{}", drawn(20, 43, LETTERS))),
        ("slack", format!("xoxb-{}-{}", drawn(21, 24, "0123456789"), drawn(22, 24, LETTERS))),
        ("sa-jwt", jwt(account)),
        ("jwt", jwt(r#"{"iss":"https://issuer.internal"}"#)),
        ("jwt64", base64(jwt(account))),
        ("basic", base64("admin:Tr0ub4dor")),
        ("pkcs8", pem("PRIVATE KEY").replace('\n', "\\n")),
        ("pkcs8-64", base64(pem("PRIVATE KEY"))),
        ("cert64", base64(pem("CERTIFICATE"))),
        ("file64", base64(format!("user_secret={}", drawn(30, 32, LETTERS)))),
        ("uuid", "3d1f0c9e-7b52-4e0a-9c1d-5a6f2b8e4d70".to_owned()),
        ("pw", "Tr0ub4dor&3".to_owned()),
    ];
    pieces.iter().fold(row.to_owned(), |row, (name, text)| row.replace(&format!("«{name}»"), text))
}
