//! `metadata` of a JSON object, byte by byte. What lies outside of it is skipped, not checked: a
//! body that is not JSON is refused by the cluster, and then its names are dropped again.

use super::{LONGEST, Names, Part};

/// Reads the names of a JSON object as its bytes stream past.
#[derive(Debug, Default)]
pub(super) struct JsonNames {
    names: Names,
    place: Place,
    /// Containers open inside the value that is skipped.
    skipped: u64,
    text: Text,
    is_in_metadata: bool,
    /// The key whose value comes next.
    key: Key,
    /// Bytes of the key or name that is being read, without its quotes.
    kept: Vec<u8>,
}

/// Where in the object the next byte is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the object.
    #[default]
    Start,
    /// Before a key or the end of the object.
    Key,
    /// After a key, before its value or inside a value without quotes.
    Value,
    /// After the object.
    End,
    /// Not an object.
    Lost,
}

/// Whether the next byte is inside a string.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    Escaped,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Key {
    #[default]
    Other,
    Metadata,
    Part(Part),
}

impl JsonNames {
    pub(super) fn push(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while let Some((byte, after)) = rest.split_first() {
            rest = match self.text {
                Text::Inside => self.inside(rest),
                Text::Escaped => {
                    self.keep(&[*byte]);
                    self.text = Text::Inside;
                    after
                }
                Text::Outside => {
                    self.outside(*byte);
                    after
                }
            };
        }
    }

    pub(super) fn finish(self) -> Option<Names> {
        (self.place == Place::End).then_some(self.names)
    }

    /// Takes the plain bytes of a string at once, and the quote or backslash that ends them.
    fn inside<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len());
        let (plain, ending) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        self.keep(plain);
        let Some((ending, after)) = ending.split_first() else { return &[] };
        if *ending == b'\\' {
            self.keep(b"\\");
            self.text = Text::Escaped;
        } else {
            self.text = Text::Outside;
            self.end_string();
        }
        after
    }

    fn outside(&mut self, byte: u8) {
        match (byte, self.place) {
            (b' ' | b'\t' | b'\r' | b'\n', _) | (_, Place::Lost) => {}
            (b'{', Place::Start) => self.place = Place::Key,
            (_, Place::Start | Place::End) => self.place = Place::Lost,
            (b'"', _) => self.text = Text::Inside,
            (b'{' | b'[', Place::Value) => self.open(byte),
            (b'}' | b']', _) => self.close(byte),
            (b',', Place::Value) if self.skipped == 0 => self.place = Place::Key,
            _ => {}
        }
    }

    fn open(&mut self, byte: u8) {
        if byte == b'{' && self.skipped == 0 && self.key == Key::Metadata && !self.is_in_metadata {
            self.is_in_metadata = true;
            self.place = Place::Key;
        } else {
            self.skipped = self.skipped.saturating_add(1);
        }
    }

    fn close(&mut self, byte: u8) {
        if let Some(less) = self.skipped.checked_sub(1) {
            self.skipped = less;
        } else if byte != b'}' {
            self.place = Place::Lost;
        } else if self.is_in_metadata {
            self.is_in_metadata = false;
            self.key = Key::Other;
            self.place = Place::Value;
        } else {
            self.place = Place::End;
        }
    }

    /// Whether the string that is being read is a key, or a name.
    fn is_wanted(&self) -> bool {
        let is_name = matches!(self.key, Key::Part(_));
        self.skipped == 0 && (self.place == Place::Key || is_name)
    }

    fn keep(&mut self, bytes: &[u8]) {
        // One byte past the limit is kept, so that what is too long is told from what just fits.
        let room = LONGEST.saturating_add(1).saturating_sub(self.kept.len());
        if self.is_wanted() {
            self.kept.extend(bytes.iter().take(room));
        }
    }

    fn end_string(&mut self) {
        if !self.is_wanted() {
            return;
        }
        let text = decode(&self.kept);
        self.kept.clear();
        if self.place == Place::Key {
            self.key = self.key_of(text.as_deref().unwrap_or_default());
            self.place = Place::Value;
        } else if let (Key::Part(part), Some(text)) = (self.key, text) {
            self.names.set(part, text);
            self.key = Key::Other;
        }
    }

    fn key_of(&self, text: &str) -> Key {
        match (self.is_in_metadata, text) {
            (false, "metadata") => Key::Metadata,
            (true, "name") => Key::Part(Part::Name),
            (true, "namespace") => Key::Part(Part::Namespace),
            (true, "uid") => Key::Part(Part::Uid),
            (true, "resourceVersion") => Key::Part(Part::ResourceVersion),
            _ => Key::Other,
        }
    }
}

/// The text that the bytes between two quotes stand for.
fn decode(raw: &[u8]) -> Option<String> {
    if raw.len() > LONGEST {
        return None;
    }
    if !raw.contains(&b'\\') {
        return Some(String::from_utf8_lossy(raw).into_owned());
    }
    serde_json::from_slice(&[b"\"", raw, b"\""].concat()).ok()
}
