//! JSON web tokens, known by the JSON in their first two parts. What the claims say of subject and
//! expiry is told; the token is not.

use tree::{Keys, Tree};

use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::shape::{Alphabet, decode64_text};

/// The first token in `text`, in base64 once more too.
pub(crate) fn find(text: &str) -> Option<Sighting> {
    plain(text).or_else(|| {
        let run = Alphabet::Base64.run(text.get(text.find("ZXlK")?..)?);
        plain(&decode64_text(run)?)
    })
}

fn plain(text: &str) -> Option<Sighting> {
    text.match_indices("eyJ").take(MOST).find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        let is_inside = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_'));
        if is_inside { None } else { read(Alphabet::UrlDot.run(rest)) }
    })
}

fn read(token: &str) -> Option<Sighting> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if signature.len() < SHORTEST_SIGNATURE || parts.next().is_some() {
        return None;
    }
    object(header).filter(|header| !header.get("alg").is_null())?;
    let claims = object(claims)?;
    if is_published(&claims) {
        return None;
    }
    let kind =
        if is_service_account(&claims) { LeakKind::ServiceAccountToken } else { LeakKind::Jwt };
    Some(Sighting::new(kind, Confidence::High, token).noted(note(&claims)))
}

fn object(part: &str) -> Option<Tree> {
    let text = decode64_text(part).filter(|text| text.starts_with('{'))?;
    tree::read(&text, &mut Keys::default()).ok().filter(Tree::is_map)
}

/// Legacy tokens name their issuer so; bound ones carry the claim, whoever issues them.
fn is_service_account(claims: &Tree) -> bool {
    claims.get("iss").str() == "kubernetes/serviceaccount"
        || claims.get("kubernetes.io").is_map()
        || claims.get("sub").str().starts_with("system:serviceaccount:")
}

/// The token that jwt.io shows to everybody.
fn is_published(claims: &Tree) -> bool {
    claims.get("sub").str() == "1234567890" && claims.get("name").str() == "John Doe"
}

fn note(claims: &Tree) -> String {
    let subject: String =
        claims.get("sub").str().chars().filter(|c| !c.is_control()).take(200).collect();
    let subject = if subject.is_empty() { "not said".to_owned() } else { subject };
    match claims.get("exp").int() {
        Some(seconds) => format!("sub {subject}, exp {seconds}"),
        None => format!("sub {subject}, never expires"),
    }
}

const SHORTEST_SIGNATURE: usize = 20;
const MOST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{base64, jwt};

    #[test]
    fn tells_service_accounts_from_others() {
        let check = |claims: &str, kind: LeakKind, note: &str| {
            let found = find(&format!("token: {}", jwt(claims))).unwrap();
            assert_eq!((found.kind, found.note.as_deref()), (kind, Some(note)), "{claims}");
        };
        check(
            r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:a:b"}"#,
            LeakKind::ServiceAccountToken,
            "sub system:serviceaccount:a:b, never expires",
        );
        check(
            r#"{"iss":"https://issuer","kubernetes.io":{},"sub":"x","exp":1700000000}"#,
            LeakKind::ServiceAccountToken,
            "sub x, exp 1700000000",
        );
        check(r#"{"iss":"https://other"}"#, LeakKind::Jwt, "sub not said, never expires");
    }

    #[test]
    fn refuses_what_only_looks_like_one() {
        let published = jwt(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#);
        let unsigned = jwt("{}").rsplit_once('.').unwrap().0.to_owned() + ".";
        let no_header = format!("{}.{}.{}", base64("{\"a\":1}"), base64("{}"), "a".repeat(40));
        for text in
            [published.as_str(), &unsigned, &no_header, "eyJ.eyJ.eyJ", "eyJhbGciOiJSUzI1NiJ9"]
        {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
