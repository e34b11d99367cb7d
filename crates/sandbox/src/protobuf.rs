//! Request bodies in Kubernetes' protobuf encoding, as typed Go clients (and so `kubectl create`
//! and `kubectl auth`) send them. Answers are JSON, which those clients take as well.
//!
//! Invariant: a field that is not known here is refused, never dropped; only what clients may not
//! write anyway (a status, managed fields) is passed over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// The object in an encoded body.
pub(crate) fn object(body: &[u8]) -> Result<Value, Refusal> {
    let mut rest = body.strip_prefix(b"k8s\0").ok_or_else(malformed)?;
    let (mut about, mut raw) = (Map::new(), &[][..]);
    while let Some((number, datum)) = field(&mut rest)? {
        match (number, datum) {
            (1, Datum::Bytes(bytes)) => {
                about = message("TypeMeta: apiVersion=1:s kind=2:s", bytes)?;
            }
            (2, Datum::Bytes(bytes)) => raw = bytes,
            (3 | 4, datum) if datum.is_empty() => {}
            (4, Datum::Bytes(b"application/vnd.kubernetes.protobuf")) => {}
            _ => return Err(malformed()),
        }
    }
    let kind = about.get("kind").and_then(Value::as_str).unwrap_or_default();
    let mut object = message(line(kind)?, raw)?;
    object.extend(about);
    Ok(Value::Object(object))
}

/// The row of a message in the table.
fn line(message: &str) -> Result<&'static str, Refusal> {
    let is_it = |line: &&str| line.split_once(": ").is_some_and(|(name, _)| name == message);
    MESSAGES.lines().find(is_it).ok_or_else(|| unread(message))
}

/// Reads a message by its row.
fn message(row: &str, mut bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let (name, fields) = row.split_once(": ").unwrap_or((row, ""));
    let mut map = Map::new();
    while let Some((number, datum)) = field(&mut bytes)? {
        let found = fields.split(' ').filter_map(Field::read).find(|one| one.number == number);
        match found {
            Some(field) => field.put(&mut map, datum)?,
            None if datum.is_empty() => {}
            None => return Err(unread(&format!("field {number} of {name}"))),
        }
    }
    Ok(map)
}

/// Every message of the table with its fields.
pub(crate) fn messages() -> impl Iterator<Item = (&'static str, Vec<Field<'static>>)> {
    let rows = MESSAGES.lines().filter(|row| !row.starts_with('#'));
    let rows = rows.filter_map(|row| row.split_once(": "));
    rows.map(|(name, fields)| (name, fields.split(' ').filter_map(Field::read).collect()))
}

/// A field as the table has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'t> {
    pub(crate) name: &'t str,
    number: u64,
    /// Its type, by the letters of the table.
    pub(crate) kind: &'t str,
    pub(crate) repeats: bool,
    keeps_empty: bool,
}

impl<'t> Field<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (name, rest) = text.split_once('=')?;
        let (number, kind) = rest.split_once(':')?;
        let bare = kind.trim_start_matches('*').trim_end_matches('?');
        Some(Self {
            name,
            number: number.parse().ok()?,
            kind: bare,
            repeats: kind.starts_with('*'),
            keeps_empty: kind.ends_with('?'),
        })
    }

    fn put(self, map: &mut Map<String, Value>, datum: Datum<'_>) -> Result<(), Refusal> {
        if self.kind == "-" {
            return Ok(());
        }
        if matches!(self.kind, "M" | "B" | "Q" | "E") {
            let (key, value) = entry(self.kind, datum)?;
            let held = map.entry(self.name).or_insert_with(|| Map::new().into());
            crate::object::set(held, &[&key], value);
            return Ok(());
        }
        let value = one(self.kind, datum)?;
        if self.repeats {
            let held = map.entry(self.name).or_insert_with(|| Vec::<Value>::new().into());
            held.as_array_mut().ok_or_else(malformed)?.push(value);
        } else if self.keeps_empty || !is_empty(&value) {
            map.insert(self.name.to_owned(), value);
        }
        Ok(())
    }
}

fn one(kind: &str, datum: Datum<'_>) -> Result<Value, Refusal> {
    match (kind, datum) {
        ("b", Datum::Number(number)) => Ok((number != 0).into()),
        // Negative numbers are sent as what wraps around to them.
        ("i", Datum::Number(number)) => Ok(number.cast_signed().into()),
        ("s", Datum::Bytes(bytes)) => text(bytes),
        ("y", Datum::Bytes(bytes)) => Ok(STANDARD.encode(bytes).into()),
        ("t", Datum::Bytes(bytes)) => time(bytes),
        ("x", Datum::Bytes(bytes)) => {
            let both = message("IntOrString: type=1:i int=2:i? text=3:s?", bytes)?;
            let chosen = if both.contains_key("type") { "text" } else { "int" };
            Ok(both.get(chosen).cloned().unwrap_or_default())
        }
        ("s" | "b" | "i" | "y" | "t" | "x", _) | (_, Datum::Number(_)) => Err(malformed()),
        (name, Datum::Bytes(bytes)) => message(line(name)?, bytes).map(Value::Object),
    }
}

/// An entry of a map.
fn entry(kind: &str, datum: Datum<'_>) -> Result<(String, Value), Refusal> {
    let row = match kind {
        "M" => "Entry: key=1:s? value=2:s?",
        "B" => "Entry: key=1:s? value=2:y?",
        "Q" => "Entry: key=1:s? value=2:Quantity?",
        _ => "Entry: key=1:s? value=2:ExtraValue?",
    };
    let Datum::Bytes(bytes) = datum else { return Err(malformed()) };
    let mut entry = message(row, bytes)?;
    let key = entry.remove("key");
    let value = entry.remove("value").unwrap_or_default();
    // What is a message in between is no object in JSON.
    let value = value.get("inner").cloned().unwrap_or(value);
    Ok((key.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(), value))
}

fn text(bytes: &[u8]) -> Result<Value, Refusal> {
    str::from_utf8(bytes).map(Value::from).map_err(|_not_text| malformed())
}

fn time(bytes: &[u8]) -> Result<Value, Refusal> {
    let parts = message("Time: seconds=1:i? nanos=2:i?", bytes)?;
    let Some(seconds) = parts.get("seconds").and_then(Value::as_i64) else {
        return Ok(Value::Null);
    };
    Timestamp::from_second(seconds).map(|time| time.to_string().into()).map_err(|_far| malformed())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}

/// What stands in a field, before its type is known.
#[derive(Debug, Clone, Copy)]
enum Datum<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

impl Datum<'_> {
    fn is_empty(self) -> bool {
        match self {
            Self::Number(number) => number == 0,
            Self::Bytes(bytes) => bytes.is_empty(),
        }
    }
}

/// Takes the next field off `rest`; none at its end.
fn field<'b>(rest: &mut &'b [u8]) -> Result<Option<(u64, Datum<'b>)>, Refusal> {
    if rest.is_empty() {
        return Ok(None);
    }
    let tag = number(rest)?;
    let datum = match tag & 7 {
        0 => Datum::Number(number(rest)?),
        2 => {
            let length = usize::try_from(number(rest)?).map_err(|_too_long| malformed())?;
            let (bytes, behind) = rest.split_at_checked(length).ok_or_else(malformed)?;
            *rest = behind;
            Datum::Bytes(bytes)
        }
        _ => return Err(malformed()),
    };
    Ok(Some((tag >> 3, datum)))
}

fn number(rest: &mut &[u8]) -> Result<u64, Refusal> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first().ok_or_else(malformed)?;
        *rest = behind;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(malformed())
}

fn malformed() -> Refusal {
    Refusal::bad_request("the body of the request is not protobuf of Kubernetes")
}

fn unread(what: &str) -> Refusal {
    let why = format!("it does not read {what} from protobuf; JSON and YAML have no such limit");
    Refusal::not_in_the_sandbox(&why)
}

const MESSAGES: &str = include_str!("protobuf/messages.txt");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A field of bytes.
    fn bytes(number: u8, inner: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(inner.len()).unwrap()], inner].concat()
    }

    fn enveloped(kind: &str, raw: &[u8]) -> Vec<u8> {
        let about = [bytes(1, b"v1"), bytes(2, kind.as_bytes())].concat();
        [b"k8s\0".to_vec(), bytes(1, &about), bytes(2, raw), bytes(3, b""), bytes(4, b"")].concat()
    }

    #[test]
    fn reads_an_object() {
        let metadata = [bytes(1, b"web"), bytes(3, b""), bytes(8, b"")].concat();
        let entry = [bytes(1, b"a"), bytes(2, b"b")].concat();
        let raw = [bytes(1, &metadata), bytes(2, &entry), vec![4 << 3, 0]].concat();
        assert_eq!(
            object(&enveloped("ConfigMap", &raw)),
            Ok(json!({
                "apiVersion": "v1", "kind": "ConfigMap", "immutable": false,
                "metadata": {"name": "web"}, "data": {"a": "b"},
            }))
        );
    }

    #[test]
    fn reads_numbers_and_quantities() {
        let port = [vec![3 << 3, 0xd0, 0x0f], bytes(4, &[8, 1, 16, 0, 26, 1, b'w'])].concat();
        let raw = bytes(2, &bytes(1, &port));
        let spec = json!({"ports": [{"port": 2000, "targetPort": "w"}]});
        assert_eq!(object(&enveloped("Service", &raw)).unwrap()["spec"], spec);
        let limit = [bytes(1, b"cpu"), bytes(2, &bytes(1, b"1"))].concat();
        let raw = bytes(2, &bytes(2, &bytes(8, &bytes(1, &limit))));
        let spec = json!({"containers": [{"resources": {"limits": {"cpu": "1"}}}]});
        assert_eq!(object(&enveloped("Pod", &raw)).unwrap()["spec"], spec);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for body in [
            b"{}".to_vec(),
            enveloped("Job", b""),
            enveloped("ConfigMap", &bytes(15, b"x")),
            enveloped("ConfigMap", &[0x12, 9, 1]),
            enveloped("ConfigMap", &[0xff; 12]),
            enveloped("ConfigMap", &[0x11]),
        ] {
            assert!(object(&body).is_err(), "{body:?}");
        }
        assert_eq!(object(&enveloped("ConfigMap", &bytes(15, b""))).unwrap()["kind"], "ConfigMap");
    }

    #[test]
    fn the_table_is_whole() {
        for (name, fields) in messages() {
            let (_, listed) = line(name).unwrap().split_once(": ").unwrap();
            assert_eq!(fields.len(), listed.split(' ').count(), "{name}");
            for field in fields {
                let plain = "s b i y t x M B Q E -".split(' ').any(|kind| kind == field.kind);
                assert!(plain || line(field.kind).is_ok(), "{}", field.kind);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(kind in "Pod|Service|Node|Event|", raw: Vec<u8>, whole: Vec<u8>) {
            object(&enveloped(&kind, raw.get(..100).unwrap_or(&raw))).ok();
            object(&[&b"k8s\0"[..], &whole].concat()).ok();
        }
    }
}
