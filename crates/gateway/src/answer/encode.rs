//! A `Status` as bytes, in each encoding kube-apiserver writes it in, byte for byte.

use std::fmt::Write as _;

use model::{Details, Status};

use super::Encoding;

/// The content type and the bytes of `status`.
pub(crate) fn encode(status: &Status, encoding: Encoding) -> (&'static str, Vec<u8>) {
    match encoding {
        Encoding::Json => {
            let mut out = Json::compact();
            out.status(status);
            out.text.push('\n');
            ("application/json", out.text.into_bytes())
        }
        Encoding::PrettyJson | Encoding::Unacceptable => {
            let mut out = Json::indented();
            out.status(status);
            ("application/json", out.text.into_bytes())
        }
        Encoding::Yaml => ("application/yaml", yaml(status).into_bytes()),
        Encoding::Protobuf => ("application/vnd.kubernetes.protobuf", protobuf(status)),
    }
}

/// Writes JSON as Go's encoding/json does: fields in declaration order, `<`, `>` and `&` escaped.
struct Json {
    text: String,
    indent: Option<usize>,
    is_first: bool,
}

impl Json {
    fn compact() -> Self {
        Self { text: String::new(), indent: None, is_first: true }
    }

    fn indented() -> Self {
        Self { indent: Some(0), ..Self::compact() }
    }

    fn status(&mut self, status: &Status) {
        self.open('{');
        self.field("kind", "Status");
        self.field("apiVersion", "v1");
        self.key("metadata");
        self.text.push_str("{}");
        self.field("status", "Failure");
        self.optional("message", &status.message);
        self.optional("reason", status.reason);
        if let Some(details) = &status.details {
            self.key("details");
            self.details(details);
        }
        self.number("code", u32::from(status.code));
        self.close('}');
    }

    fn details(&mut self, details: &Details) {
        if *details == Details::default() {
            self.text.push_str("{}");
            return;
        }
        self.open('{');
        self.optional("name", &details.name);
        self.optional("group", &details.group);
        self.optional("kind", &details.kind);
        self.optional("uid", &details.uid);
        if !details.causes.is_empty() {
            self.key("causes");
            self.open('[');
            for cause in &details.causes {
                self.next();
                self.open('{');
                self.optional("reason", &cause.reason);
                self.optional("message", &cause.message);
                self.optional("field", &cause.field);
                self.close('}');
            }
            self.close(']');
        }
        if details.retry_after_seconds > 0 {
            self.number("retryAfterSeconds", details.retry_after_seconds);
        }
        self.close('}');
    }

    fn optional(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.field(key, value);
        }
    }

    fn field(&mut self, key: &str, value: &str) {
        self.key(key);
        quote(value, &mut self.text);
    }

    fn number(&mut self, key: &str, value: u32) {
        self.key(key);
        self.text.push_str(&value.to_string());
    }

    fn key(&mut self, key: &str) {
        self.next();
        quote(key, &mut self.text);
        self.text.push_str(if self.indent.is_some() { ": " } else { ":" });
    }

    fn next(&mut self) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.text.push(',');
        }
        self.line();
    }

    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.indent = self.indent.map(|depth| depth.saturating_add(1));
        self.is_first = true;
    }

    fn close(&mut self, bracket: char) {
        self.indent = self.indent.map(|depth| depth.saturating_sub(1));
        self.line();
        self.text.push(bracket);
        self.is_first = false;
    }

    fn line(&mut self) {
        if let Some(depth) = self.indent {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n("  ", depth));
        }
    }
}

/// A JSON string as Go writes it.
fn quote(value: &str, out: &mut String) {
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _never_fails = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// YAML as sigs.k8s.io/yaml makes it of the JSON: keys in alphabetical order.
fn yaml(status: &Status) -> String {
    let mut out = format!("apiVersion: v1\ncode: {}\n", status.code);
    if let Some(details) = &status.details {
        out.push_str(if *details == Details::default() { "details: {}\n" } else { "details:\n" });
        if !details.causes.is_empty() {
            out.push_str("  causes:\n");
            for cause in &details.causes {
                let mut mark = "  - ";
                let fields = [
                    ("field", &cause.field),
                    ("message", &cause.message),
                    ("reason", &cause.reason),
                ];
                for (key, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
                    line(mark, key, value, &mut out);
                    mark = "    ";
                }
            }
        }
        let fields = [("group", &details.group), ("kind", &details.kind), ("name", &details.name)];
        for (key, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            line("  ", key, value, &mut out);
        }
        if details.retry_after_seconds > 0 {
            out.push_str("  retryAfterSeconds: ");
            out.push_str(&details.retry_after_seconds.to_string());
            out.push('\n');
        }
        if !details.uid.is_empty() {
            line("  ", "uid", &details.uid, &mut out);
        }
    }
    out.push_str("kind: Status\n");
    if !status.message.is_empty() {
        line("", "message", &status.message, &mut out);
    }
    out.push_str("metadata: {}\n");
    if !status.reason.is_empty() {
        line("", "reason", status.reason, &mut out);
    }
    out.push_str("status: Failure\n");
    out
}

/// A key with its string: plain where YAML can read it back as that string, else quoted, and folded
/// at the width at which go-yaml folds.
fn line(margin: &str, key: &str, value: &str, out: &mut String) {
    let head = format!("{margin}{key}: ");
    out.push_str(&head);
    if value.chars().any(char::is_control) {
        let mut quoted = String::new();
        quote(value, &mut quoted);
        out.push_str(
            &quoted.replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&"),
        );
    } else {
        let mark = if is_plain(value) { "" } else { "'" };
        out.push_str(mark);
        let column = head.chars().count().saturating_add(mark.len());
        fold(value, mark, (column, margin.len()), out);
        out.push_str(mark);
    }
    out.push('\n');
}

fn fold(value: &str, mark: &str, (mut column, margin): (usize, usize), out: &mut String) {
    let mut characters = value.char_indices().peekable();
    let mut was_space = false;
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let is_inside = at > 0 && next.is_some_and(|next| next != ' ');
        if character == ' ' && !was_space && column > BEST_WIDTH && is_inside {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', margin.saturating_add(2)));
            column = margin.saturating_add(2);
        } else {
            out.push(character);
            column = column.saturating_add(1);
            if character == '\'' && mark == "'" {
                out.push(character);
                column = column.saturating_add(1);
            }
        }
        was_space = character == ' ';
    }
}

fn is_plain(value: &str) -> bool {
    let starts_well = value
        .chars()
        .next()
        .is_some_and(|first| !first.is_whitespace() && !"-?:,[]{}#&*!|>'\"%@`=~".contains(first));
    let is_other = |word: &str| word.eq_ignore_ascii_case(value);
    starts_well
        && !value.ends_with([' ', ':'])
        && !value.contains(": ")
        && !value.contains(" #")
        && value.parse::<f64>().is_err()
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].into_iter().any(is_other)
}

/// `runtime.Unknown` around `metav1.Status`, behind the four bytes that mark Kubernetes' protobuf.
fn protobuf(status: &Status) -> Vec<u8> {
    let mut raw = Vec::new();
    message(1, &list_meta(), &mut raw);
    text(2, "Failure", &mut raw);
    text(3, &status.message, &mut raw);
    text(4, status.reason, &mut raw);
    if let Some(details) = &status.details {
        message(5, &details_message(details), &mut raw);
    }
    varint_field(6, u64::from(status.code), &mut raw);
    let mut kind = Vec::new();
    text(1, "v1", &mut kind);
    text(2, "Status", &mut kind);
    let mut out = b"k8s\0".to_vec();
    message(1, &kind, &mut out);
    message(2, &raw, &mut out);
    text(3, "", &mut out);
    text(4, "", &mut out);
    out
}

fn list_meta() -> Vec<u8> {
    let mut out = Vec::new();
    text(1, "", &mut out);
    text(2, "", &mut out);
    text(3, "", &mut out);
    out
}

fn details_message(details: &Details) -> Vec<u8> {
    let mut out = Vec::new();
    text(1, &details.name, &mut out);
    text(2, &details.group, &mut out);
    text(3, &details.kind, &mut out);
    for cause in &details.causes {
        let mut part = Vec::new();
        text(1, &cause.reason, &mut part);
        text(2, &cause.message, &mut part);
        text(3, &cause.field, &mut part);
        message(4, &part, &mut out);
    }
    varint_field(5, u64::from(details.retry_after_seconds), &mut out);
    text(6, &details.uid, &mut out);
    out
}

/// Kubernetes writes empty strings too: its fields are not nullable.
fn text(field: u64, value: &str, out: &mut Vec<u8>) {
    message(field, value.as_bytes(), out);
}

fn message(field: u64, value: &[u8], out: &mut Vec<u8>) {
    varint(field << 3 | 2, out);
    varint(value.len() as u64, out);
    out.extend_from_slice(value);
}

fn varint_field(field: u64, value: u64, out: &mut Vec<u8>) {
    varint(field << 3, out);
    varint(value, out);
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        let [low, ..] = value.to_le_bytes();
        out.push(low | 0x80);
        value >>= 7;
    }
    let [low, ..] = value.to_le_bytes();
    out.push(low);
}

/// go-yaml's line width.
const BEST_WIDTH: usize = 80;
