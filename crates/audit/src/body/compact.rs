//! JSON of others made safe for a line of the log: checked, on one line, escaped as Go escapes it,
//! and without `managedFields` where those are not wanted.

/// What the value that comes next is, as far as `managedFields` may be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// An object of the API, or a list or table of such.
    Object,
    /// The items of a list.
    Items,
    /// One item of a list, or the object of a table row.
    Item,
    /// The rows of a table.
    Rows,
    /// One row of a table.
    Row,
    /// An object's metadata.
    Metadata,
    /// Anything else; nothing is left out.
    Elsewhere,
}

/// `json` on one line; `None` if it is not JSON.
pub(super) fn compact(json: &[u8], place: Place) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(json);
    // From here on the text is known to be JSON, which is what lets the copy be so simple.
    serde_json::from_str::<serde::de::IgnoredAny>(&text).ok()?;
    let mut copy = Copy { rest: text.as_bytes(), out: Vec::with_capacity(text.len()) };
    copy.value(place);
    Some(copy.out)
}

impl Place {
    /// The place of the value of `key`; `None` if key and value are left out.
    fn at(self, key: &[u8]) -> Option<Self> {
        match (self, key) {
            (Self::Metadata, b"managedFields") => None,
            (Self::Object | Self::Item, b"metadata") => Some(Self::Metadata),
            (Self::Object, b"items") => Some(Self::Items),
            (Self::Object, b"rows") => Some(Self::Rows),
            (Self::Row, b"object") => Some(Self::Item),
            _ => Some(Self::Elsewhere),
        }
    }

    /// The place of an element.
    fn element(self) -> Self {
        match self {
            Self::Items => Self::Item,
            Self::Rows => Self::Row,
            Self::Object | Self::Item | Self::Row | Self::Metadata | Self::Elsewhere => {
                Self::Elsewhere
            }
        }
    }

    fn is_object(self) -> bool {
        matches!(self, Self::Object | Self::Item | Self::Row | Self::Metadata)
    }
}

/// Copies checked JSON. Goes into a value only where the place says so, hence never deep.
struct Copy<'a> {
    rest: &'a [u8],
    out: Vec<u8>,
}

impl<'a> Copy<'a> {
    fn value(&mut self, place: Place) {
        match self.peek() {
            Some(b'{') if place.is_object() => self.object(place),
            Some(b'[') if !place.is_object() && place != Place::Elsewhere => self.array(place),
            Some(_) => self.copy(),
            None => {}
        }
    }

    fn object(&mut self, place: Place) {
        self.byte();
        self.out.push(b'{');
        let mut is_first = true;
        while let Some(b'"') = self.peek() {
            let start = self.out.len();
            if !is_first {
                self.out.push(b',');
            }
            let key = self.string();
            self.skip(b':');
            self.out.push(b':');
            if let Some(place) = place.at(key) {
                is_first = false;
                self.value(place);
            } else {
                self.copy();
                self.out.truncate(start);
            }
            self.skip(b',');
        }
        self.byte();
        self.out.push(b'}');
    }

    fn array(&mut self, place: Place) {
        self.byte();
        self.out.push(b'[');
        let mut is_first = true;
        while self.peek().is_some_and(|byte| byte != b']') {
            if !is_first {
                self.out.push(b',');
            }
            is_first = false;
            self.value(place.element());
            self.skip(b',');
        }
        self.byte();
        self.out.push(b']');
    }

    /// Copies one value, whatever is in it.
    fn copy(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => drop(self.string()),
                b'}' | b']' | b',' if depth == 0 => return,
                _ => {
                    depth = match byte {
                        b'{' | b'[' => depth.saturating_add(1),
                        b'}' | b']' => depth.saturating_sub(1),
                        _ => depth,
                    };
                    self.byte();
                    self.out.push(byte);
                }
            }
            // A number or a word goes on; anything else is whole once nothing is open.
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                return;
            }
        }
    }

    /// Copies a string with its quotes; returns its bytes between them.
    fn string(&mut self) -> &'a [u8] {
        self.byte();
        self.out.push(b'"');
        let inside = self.rest;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => break,
                b'\\' => self.escape(),
                b'<' => self.out.extend_from_slice(b"\\u003c"),
                b'>' => self.out.extend_from_slice(b"\\u003e"),
                b'&' => self.out.extend_from_slice(b"\\u0026"),
                0xe2 => self.separator(),
                other => self.out.push(other),
            }
        }
        self.out.push(b'"');
        let length = inside.len().saturating_sub(self.rest.len()).saturating_sub(1);
        inside.get(..length).unwrap_or_default()
    }

    /// Copies what follows a backslash. Half of a surrogate pair becomes the replacement character,
    /// as it does in Go: readers of the log may refuse it.
    fn escape(&mut self) {
        if let Some(unit @ 0xd800..=0xdfff) = code_unit(self.rest) {
            let next = self.rest.get(5..).and_then(|rest| rest.strip_prefix(b"\\"));
            let pair = next.and_then(code_unit).filter(|low| (0xdc00..=0xdfff).contains(low));
            let (taken, text) = match (unit, pair) {
                (0xd800..=0xdbff, Some(_)) => (11, self.rest.get(..11).unwrap_or_default()),
                _ => (5, b"ufffd".as_slice()),
            };
            self.out.push(b'\\');
            self.out.extend_from_slice(text);
            self.rest = self.rest.get(taken..).unwrap_or_default();
            return;
        }
        self.out.push(b'\\');
        let escaped = self.byte();
        self.out.extend(escaped);
    }

    /// Copies a character that starts with byte e2: two of those end lines in JavaScript.
    fn separator(&mut self) {
        match self.rest {
            [0x80, last @ (0xa8 | 0xa9), rest @ ..] => {
                self.out.extend_from_slice(if *last == 0xa8 { b"\\u2028" } else { b"\\u2029" });
                self.rest = rest;
            }
            _ => self.out.push(0xe2),
        }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some((b' ' | b'\t' | b'\r' | b'\n', rest)) = self.rest.split_first() {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    fn skip(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.byte();
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }
}

/// The number of a `uXXXX` that `rest` starts with.
fn code_unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests;
