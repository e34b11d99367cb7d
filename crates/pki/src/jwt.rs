//! What a bearer token in a kubeconfig or Secret says of itself, so that a report can tell whose it
//! is and when it ends. Nothing is verified, and nothing of the token itself is kept.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::GeneralPurposeConfig;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use serde_json::Value;
use zeroize::Zeroizing;

/// What a token claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `iss`: who issued it.
    pub issuer: Option<String>,
    /// `sub`: whose it is.
    pub subject: Option<String>,
    /// `aud`: whom it is for.
    pub audiences: Vec<String>,
    /// `iat`: when it was issued.
    pub issued: Option<SystemTime>,
    /// `nbf`: when it starts to hold.
    pub not_before: Option<SystemTime>,
    /// `exp`: when it ends; a legacy service account token has no end.
    pub ends: Option<SystemTime>,
    /// What Kubernetes bound it to.
    pub bound: Bound,
}

/// What a service account token is bound to. The claims of legacy tokens are read as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bound {
    /// The namespace of the service account.
    pub namespace: Option<String>,
    /// The service account.
    pub service_account: Option<String>,
    /// The pod it is bound to.
    pub pod: Option<String>,
    /// The node it is bound to.
    pub node: Option<String>,
    /// The Secret it is bound to, or that holds a legacy token.
    pub secret: Option<String>,
}

/// What `token` claims, if it is a JSON Web Token in its compact form.
pub fn claims(token: &str) -> Option<Claims> {
    let token = token.trim();
    if token.len() > LONGEST {
        return None;
    }
    let mut parts = token.split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !object(header)?.get("alg")?.is_string() {
        return None;
    }
    let payload = object(payload)?;
    payload.is_object().then(|| read(&payload))
}

fn object(part: &str) -> Option<Value> {
    let bytes = Zeroizing::new(LENIENT.decode(part).ok()?);
    serde_json::from_slice(&bytes).ok()
}

fn read(payload: &Value) -> Claims {
    Claims {
        issuer: text(payload.get("iss")),
        subject: text(payload.get("sub")),
        audiences: audiences(payload.get("aud")),
        issued: time(payload.get("iat")),
        not_before: time(payload.get("nbf")),
        ends: time(payload.get("exp")),
        bound: bound(payload),
    }
}

fn bound(payload: &Value) -> Bound {
    let own = payload.get("kubernetes.io").unwrap_or(&Value::Null);
    let name = |kind: &str| text(own.get(kind).and_then(|object| object.get("name")));
    let legacy = |name: &str| text(payload.get(format!("kubernetes.io/serviceaccount/{name}")));
    Bound {
        namespace: text(own.get("namespace")).or_else(|| legacy("namespace")),
        service_account: name("serviceaccount").or_else(|| legacy("service-account.name")),
        pod: name("pod"),
        node: name("node"),
        secret: name("secret").or_else(|| legacy("secret.name")),
    }
}

/// One audience as a text, or a list of them (RFC 7519 §4.1.3).
fn audiences(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(|one| text(Some(one))).collect(),
        _ => Vec::new(),
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(ToOwned::to_owned)
}

/// Seconds since 1970, with or without a fraction (RFC 7519 §2, `NumericDate`).
fn time(value: Option<&Value>) -> Option<SystemTime> {
    let value = value?;
    let since = match value.as_u64() {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::try_from_secs_f64(value.as_f64()?).ok()?,
    };
    SystemTime::UNIX_EPOCH.checked_add(since)
}

/// Padding is not written, but some tools leave it there.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Headers of requests, where tokens live, are no longer.
const LONGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE;

    use super::*;

    fn token(payload: &str) -> String {
        let part = |text: &str| URL_SAFE.encode(text).trim_end_matches('=').to_owned();
        format!("{}.{}.c2ln", part(r#"{"alg":"RS256","kid":"a"}"#), part(payload))
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn reads_a_bound_token_and_a_legacy_one() {
        let bound = token(
            r#"{"iss":"https://issuer","sub":"system:serviceaccount:a:b","aud":["api","vault"],
            "iat":100,"nbf":101,"exp":3700.5,"kubernetes.io":{"namespace":"a",
            "serviceaccount":{"name":"b","uid":"1"},"pod":{"name":"c"},"node":{"name":"d"}}}"#,
        );
        let claims = claims(&bound).unwrap();
        assert_eq!(claims.issuer.as_deref(), Some("https://issuer"));
        assert_eq!(claims.subject.as_deref(), Some("system:serviceaccount:a:b"));
        assert_eq!(claims.audiences, ["api", "vault"]);
        assert_eq!((claims.issued, claims.not_before), (Some(at(100)), Some(at(101))));
        assert_eq!(claims.ends, Some(at(3700) + Duration::from_millis(500)));
        let expected = Bound {
            namespace: Some("a".to_owned()),
            service_account: Some("b".to_owned()),
            pod: Some("c".to_owned()),
            node: Some("d".to_owned()),
            secret: None,
        };
        assert_eq!(claims.bound, expected);

        let legacy = token(
            r#"{"iss":"kubernetes/serviceaccount","aud":"x","kubernetes.io/serviceaccount/namespace":"a",
            "kubernetes.io/serviceaccount/service-account.name":"b","kubernetes.io/serviceaccount/secret.name":"s"}"#,
        );
        let claims = super::claims(&format!("  {legacy}\n")).unwrap();
        assert_eq!((claims.ends, claims.audiences), (None, vec!["x".to_owned()]));
        assert_eq!(claims.bound.secret.as_deref(), Some("s"));
        assert_eq!(claims.bound.service_account.as_deref(), Some("b"));
    }

    #[test]
    fn what_is_no_token_claims_nothing() {
        let long = format!("{}.", token("{}")) + &"a".repeat(LONGEST);
        let header = |text: &str| format!("{}.e30.", URL_SAFE.encode(text));
        for text in [
            "",
            "abc",
            "a.b.c",
            "abcdef.0123456789abcdef",
            "e30.e30.e30",
            &format!("{}.x", token("{}")),
            &token("[]"),
            &token("{"),
            &header("{\"alg\":1}"),
            &long,
        ] {
            assert_eq!(claims(text), None, "{text}");
        }
        assert_eq!(claims(&token("{}")), Some(Claims::default()));
    }

    #[test]
    fn times_out_of_range_are_left_out() {
        for number in ["-1", "1e300", "18446744073709551615", "\"5\"", "null", "{}"] {
            let found = claims(&token(&format!("{{\"exp\":{number}}}"))).unwrap();
            assert_eq!(found.ends, None, "{number}");
        }
    }

    proptest::proptest! {
        #[test]
        fn takes_any_text(text in "\\PC{0,60}|[A-Za-z0-9_.-]{0,60}", payload in "\\PC{0,60}") {
            proptest::prop_assert_eq!(claims(&text).is_some_and(|_| text.matches('.').count() != 2), false);
            let is_object = serde_json::from_str::<Value>(&payload).is_ok_and(|value| value.is_object());
            proptest::prop_assert_eq!(claims(&token(&payload)).is_some(), is_object);
        }
    }
}
