//! Bearer tokens in `Sec-WebSocket-Protocol`, for browsers, which cannot set headers. Whatever
//! becomes of the request, no protocol that holds a token is ever among those that remain.

use base64::Engine;
use secrecy::SecretString;
use thiserror::Error;

use super::trim;
use crate::jwt::BASE64URL;

/// The subprotocols of a WebSocket upgrade, with the token taken out.
#[derive(Debug)]
pub struct Subprotocols {
    /// The token, `None` where there was none or an empty one, or what is wrong with it.
    pub token: Result<Option<SecretString>, BadSubprotocol>,
    /// The value that replaces the request's `Sec-WebSocket-Protocol` headers: every protocol but
    /// those that hold a token. `None` where none held one, so that the headers may stay as they
    /// are; `Some` of nothing where no other remained, so that the headers go.
    pub replacement: Option<Vec<u8>>,
}

/// Reads the values of all `Sec-WebSocket-Protocol` headers of a WebSocket upgrade.
pub fn from_subprotocols(values: &[&[u8]]) -> Subprotocols {
    let (bearers, others): (Vec<&[u8]>, Vec<&[u8]>) = values
        .iter()
        .flat_map(|value| value.split(|byte| *byte == b','))
        .map(trim)
        .partition(|protocol| protocol.starts_with(PREFIX));
    Subprotocols {
        token: token(&bearers, !others.is_empty()),
        replacement: (!bearers.is_empty()).then(|| others.join(&b',')),
    }
}

/// What is wrong with a token in a subprotocol. Upstream's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadSubprotocol {
    /// Two or more protocols hold a token.
    #[error("multiple base64.bearer.authorization tokens specified")]
    Several,
    /// The token is not unpadded base64url.
    #[error("invalid base64.bearer.authorization token encoding")]
    Encoding,
    /// The token is not UTF-8.
    #[error("invalid base64.bearer.authorization token")]
    NotText,
    /// No other protocol came with the token, so none could be echoed to the client.
    #[error("missing additional subprotocol")]
    Alone,
}

fn token(bearers: &[&[u8]], has_company: bool) -> Result<Option<SecretString>, BadSubprotocol> {
    let Some(first) = bearers.first() else { return Ok(None) };
    let encoded = first.strip_prefix(PREFIX).unwrap_or_default();
    let bytes = BASE64URL.decode(encoded).map_err(|_ignored| BadSubprotocol::Encoding)?;
    let token = String::from_utf8(bytes).map_err(|_ignored| BadSubprotocol::NotText)?;
    if bearers.len() > 1 {
        return Err(BadSubprotocol::Several);
    }
    if token.is_empty() {
        return Ok(None);
    }
    if !has_company {
        return Err(BadSubprotocol::Alone);
    }
    Ok(Some(SecretString::from(token)))
}

const PREFIX: &[u8] = b"base64url.bearer.authorization.k8s.io.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn check(values: &[&str], token: Result<Option<&str>, BadSubprotocol>, rest: Option<&str>) {
        let bytes: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        let seen = from_subprotocols(&bytes);
        let seen_token = seen.token.as_ref().map_err(|error| *error);
        let seen_token = seen_token.map(|token| token.as_ref().map(ExposeSecret::expose_secret));
        let seen_rest = seen.replacement.as_deref().map(|bytes| str::from_utf8(bytes).unwrap());
        assert_eq!((seen_token, seen_rest), (token, rest), "{values:?}");
    }

    #[test]
    fn takes_the_token_and_leaves_the_rest() {
        const ABC: &str = "base64url.bearer.authorization.k8s.io.YWJj";
        const EMPTY: &str = "base64url.bearer.authorization.k8s.io.";
        check(&[], Ok(None), None);
        check(&["v5.channel.k8s.io"], Ok(None), None);
        check(&[ABC, "v5, v4"], Ok(Some("abc")), Some("v5,v4"));
        check(&[&format!("v5 ,\t{ABC} , v4")], Ok(Some("abc")), Some("v5,v4"));
        check(&[ABC], Err(BadSubprotocol::Alone), Some(""));
        check(&[&format!("{ABC},v5,{ABC}")], Err(BadSubprotocol::Several), Some("v5"));
        check(&[ABC, ABC, "v5"], Err(BadSubprotocol::Several), Some("v5"));
        check(&[EMPTY, "v5"], Ok(None), Some("v5"));
        check(&[EMPTY], Ok(None), Some(""));
        check(&[&format!("{ABC},")], Ok(Some("abc")), Some(""));
    }

    #[test]
    fn takes_the_url_alphabet_without_padding_only() {
        let with = |encoded: &str| format!("base64url.bearer.authorization.k8s.io.{encoded},v5");
        check(&[&with("Pz8_Pz4-")], Ok(Some("????>>")), Some("v5"));
        check(&[&with("Pz8/Pz4+")], Err(BadSubprotocol::Encoding), Some("v5"));
        check(&[&with("YQ==")], Err(BadSubprotocol::Encoding), Some("v5"));
        check(&[&with("_w")], Err(BadSubprotocol::NotText), Some("v5"));
    }

    proptest! {
        #[test]
        fn no_token_remains(values in proptest::collection::vec("[a-z.,]{0,8}|base64url\\.bearer\\.authorization\\.k8s\\.io\\.[A-Za-z0-9,_ -]{0,12}", 0..4)) {
            let bytes: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
            let seen = from_subprotocols(&bytes);
            if let Some(rest) = seen.replacement {
                prop_assert!(!String::from_utf8(rest).unwrap().contains("base64url.bearer"));
            } else {
                prop_assert!(!values.concat().contains("base64url.bearer"));
            }
        }

        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..96)) {
            let _seen = from_subprotocols(&[&value]);
        }
    }
}
