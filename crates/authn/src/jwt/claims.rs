//! A JSON object read as Go's `encoding/json` reads it, which decides what upstream makes of odd
//! tokens: members keep their order, of equal names the last counts, a struct's names match
//! without regard to case and a map's names exactly, `null` is the empty value.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a JSON object, undecoded, in order, duplicates included. `Debug` shows how many,
/// not what they say: claims are personal data.
#[derive(Clone)]
pub struct Claims(Vec<(String, Box<RawValue>)>);

impl Claims {
    /// Reads an object; `None` for anything else.
    pub fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// The value of the last member of exactly this name.
    pub(crate) fn exact(&self, name: &str) -> Option<Value<'_>> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, raw)| Value(raw))
    }

    /// The values of all members whose name a Go struct's field of this name takes. The last one
    /// counts, but upstream refuses a token if any of them has the wrong type.
    pub(crate) fn folded<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Value<'a>> {
        self.0.iter().filter(|(key, _)| folds_to(key, name)).map(|(_, raw)| Value(raw))
    }

    /// What a Go struct's field of this name holds in the end: every member that fits is decoded,
    /// the last one stays, and one that cannot be decoded spoils all.
    pub(crate) fn field<'a, T>(
        &'a self,
        name: &'a str,
        decode: impl Fn(Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, WrongType> {
        self.folded(name).try_fold(None, |_, value| decode(value).map(Some)).ok_or(WrongType)
    }

    /// The values of all members.
    pub(crate) fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.0.iter().map(|(_, raw)| Value(raw))
    }

    /// Whether two members have the same name.
    pub(crate) fn has_duplicates(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Claims(… {} members)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Claims;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Claims(members))
    }
}

/// A claim is not of the type it must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongType;

/// One undecoded JSON value.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a>(&'a RawValue);

impl<'a> Value<'a> {
    /// A string; `null` is the empty one.
    pub(crate) fn text(self) -> Option<String> {
        self.decode::<Option<String>>().map(Option::unwrap_or_default)
    }

    /// A boolean; `null` is false.
    pub(crate) fn truth(self) -> Option<bool> {
        self.decode::<Option<bool>>().map(Option::unwrap_or_default)
    }

    /// A list of strings; `null` is the empty list, and within it the empty string.
    pub(crate) fn texts(self) -> Option<Vec<String>> {
        let texts = self.decode::<Option<Vec<Option<String>>>>()?.unwrap_or_default();
        Some(texts.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// An object; `null` is none.
    pub(crate) fn object(self) -> Option<Claims> {
        self.decode()
    }

    /// Whether it is `null`.
    pub(crate) fn is_null(self) -> bool {
        self.0.get() == "null"
    }

    /// Seconds since the epoch: a number, whole or not (the fraction is cut off), or one written
    /// as a string, as Go's `json.Number` takes it. `null` is no time, nor is one that Go's clock
    /// has no place for: upstream it turns into one long ago.
    pub(crate) fn seconds(self) -> Option<i64> {
        let text =
            if self.0.get().starts_with('"') { self.text()? } else { self.0.get().to_owned() };
        let number: serde_json::Number = serde_json::from_str(&text).ok()?;
        let seconds = number.as_i64().or_else(|| number.as_f64().map(saturated))?;
        (-LATEST..=LATEST).contains(&seconds).then_some(seconds)
    }

    fn decode<T: Deserialize<'a>>(self) -> Option<T> {
        serde_json::from_str(self.0.get()).ok()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what is wanted")]
fn saturated(number: f64) -> i64 {
    number as i64
}

/// The last second that Go's `time.Unix` can tell from one before the year 1.
const LATEST: i64 = i64::MAX - 62_135_596_800;

/// Go's case folding: ASCII letters, and the two letters outside ASCII that fold to one.
fn folds_to(key: &str, name: &str) -> bool {
    let fold = |letter: char| match letter {
        'ſ' => 's',
        '\u{212a}' => 'k',
        _ => letter.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claims(json: &str) -> Claims {
        Claims::read(json.as_bytes()).unwrap()
    }

    fn check_seconds(json: &str, expected: Option<i64>) {
        let claims = claims(&format!(r#"{{"exp":{json}}}"#));
        assert_eq!(claims.exact("exp").unwrap().seconds(), expected, "{json}");
    }

    #[test]
    fn times_are_read_as_go_reads_them() {
        check_seconds("1700000000", Some(1_700_000_000));
        check_seconds("1700000000.9", Some(1_700_000_000));
        check_seconds("1.7e9", Some(1_700_000_000));
        check_seconds("-1", Some(-1));
        check_seconds(r#""1700000000""#, Some(1_700_000_000));
        check_seconds("253402300800", Some(253_402_300_800));
        for odd in ["null", r#""""#, r#""soon""#, "true", "[1]", "{}", r#""0x10""#] {
            check_seconds(odd, None);
        }
        for too_far in ["1e300", "-1e300", "18446744073709551615", "9223372036854775807"] {
            check_seconds(too_far, None);
        }
    }

    #[test]
    fn of_equal_names_the_last_counts() {
        let claims = claims(r#"{"iss":"a","sub":"x","ISS":"b","iſſ":"c"}"#);
        assert_eq!(claims.field("iss", Value::text), Ok(Some("c".to_owned())));
        assert_eq!(claims.exact("iss").unwrap().text().unwrap(), "a");
        assert!(!claims.has_duplicates());
        assert!(self::claims(r#"{"a":1,"b":2,"a":1}"#).has_duplicates());
    }

    #[test]
    fn one_wrong_type_spoils_all() {
        let claims = claims(r#"{"iss":1,"Iss":"b"}"#);
        assert_eq!(claims.field("iss", Value::text), Err(WrongType));
        assert_eq!(claims.field("sub", Value::text), Ok(None));
    }

    #[test]
    fn null_is_the_empty_value() {
        let claims = claims(r#"{"a":null,"b":["x",null]}"#);
        let a = claims.exact("a").unwrap();
        assert_eq!(
            (a.text(), a.truth(), a.texts()),
            (Some(String::new()), Some(false), Some(vec![]))
        );
        assert_eq!(claims.exact("b").unwrap().texts().unwrap(), ["x", ""]);
        assert!(a.object().is_none() && a.is_null());
    }

    #[test]
    fn only_objects_are_claims() {
        for odd in ["", "null", "[]", "1", r#""x""#, "{", "{}x", r#"{"a"}"#, "\u{feff}{}"] {
            assert!(Claims::read(odd.as_bytes()).is_none(), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(json in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _claims = Claims::read(&json);
        }

        #[test]
        fn values_never_panic(json in r#"["\[\]{}0-9eE.a-z:,+-]{0,12}"#) {
            if let Some(claims) = Claims::read(format!(r#"{{"a":{json}}}"#).as_bytes())
                && let Some(value) = claims.exact("a")
            {
                let _read = (value.text(), value.truth(), value.texts(), value.seconds());
                let _read = (value.is_null(), value.object());
            }
        }
    }
}
