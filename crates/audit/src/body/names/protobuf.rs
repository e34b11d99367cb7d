//! `metadata` of an object in Kubernetes' protobuf envelope, byte by byte: four magic bytes, then a
//! `runtime.Unknown` whose field 2 is the object, whose field 1 is its metadata.
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding>

use super::super::protobuf::{MAGIC, WireType, field_number};
use super::{LONGEST, Names, Part};

/// Reads the names of a protobuf object as its bytes stream past.
#[derive(Debug)]
pub(super) struct ProtobufNames {
    names: Names,
    step: Step,
    /// Bytes read so far.
    at: u64,
    /// Where the object ends, once it is entered.
    object_end: Option<u64>,
    /// Where its metadata ends, once they are entered.
    metadata_end: Option<u64>,
    /// How many groups are open. Kubernetes passes over what is in them.
    groups: u64,
    kept: Vec<u8>,
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Magic,
    Tag(Varint),
    Number(Varint),
    Length { field: u64, length: Varint },
    Skip(u64),
    Keep { part: Part, left: u64 },
    Lost,
}

/// A number in the making: seven bits a byte, the lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Varint {
    value: u64,
    shift: u32,
}

impl Default for ProtobufNames {
    fn default() -> Self {
        Self {
            names: Names::default(),
            step: Step::Magic,
            at: 0,
            object_end: None,
            metadata_end: None,
            groups: 0,
            kept: Vec::new(),
        }
    }
}

impl ProtobufNames {
    pub(super) fn push(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while let Some((byte, after)) = rest.split_first() {
            rest = match self.step {
                Step::Lost => return,
                Step::Skip(left) => self.run(left, rest, None),
                Step::Keep { part, left } => self.run(left, rest, Some(part)),
                Step::Magic | Step::Tag(_) | Step::Number(_) | Step::Length { .. } => {
                    self.byte(*byte);
                    after
                }
            };
        }
    }

    pub(super) fn finish(self) -> Option<Names> {
        let is_between_fields = self.step == Step::Tag(Varint::default()) && self.groups == 0;
        (is_between_fields && self.object_end.is_none() && self.at > 4).then_some(self.names)
    }

    /// Takes what there is of `left` bytes that are skipped or belong to a name.
    fn run<'a>(&mut self, left: u64, rest: &'a [u8], part: Option<Part>) -> &'a [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let (taken, after) = rest.split_at_checked(here).unwrap_or((rest, &[]));
        let count = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        self.at = self.at.saturating_add(count);
        let left = left.saturating_sub(count);
        if part.is_some() {
            self.kept.extend_from_slice(taken);
        }
        match part {
            _ if left == 0 => self.end_run(part),
            Some(part) => self.step = Step::Keep { part, left },
            None => self.step = Step::Skip(left),
        }
        after
    }

    fn end_run(&mut self, part: Option<Part>) {
        if let Some(part) = part {
            self.names.set(part, String::from_utf8_lossy(&self.kept).into_owned());
            self.kept.clear();
        }
        self.next_field();
    }

    fn byte(&mut self, byte: u8) {
        let place = usize::try_from(self.at).unwrap_or(usize::MAX);
        self.at = self.at.saturating_add(1);
        match self.step {
            Step::Magic if MAGIC.get(place) != Some(&byte) => self.step = Step::Lost,
            Step::Magic if self.at == 4 => self.next_field(),
            Step::Tag(varint) => self.tag(varint.push(byte)),
            Step::Number(varint) => match varint.push(byte) {
                Pushed::More(varint) => self.step = Step::Number(varint),
                Pushed::Done(_) => self.next_field(),
                Pushed::TooLong => self.step = Step::Lost,
            },
            Step::Length { field, length } => match length.push(byte) {
                Pushed::More(length) => self.step = Step::Length { field, length },
                Pushed::Done(length) => self.value(field, length),
                Pushed::TooLong => self.step = Step::Lost,
            },
            Step::Magic | Step::Skip(_) | Step::Keep { .. } | Step::Lost => {}
        }
    }

    fn tag(&mut self, pushed: Pushed) {
        let tag = match pushed {
            Pushed::More(varint) => return self.step = Step::Tag(varint),
            Pushed::TooLong => return self.step = Step::Lost,
            Pushed::Done(tag) => tag,
        };
        self.step = match WireType::of(tag) {
            Some(WireType::Varint) => Step::Number(Varint::default()),
            Some(WireType::Fixed64) => Step::Skip(8),
            Some(WireType::Fixed32) => Step::Skip(4),
            Some(WireType::Bytes) => {
                Step::Length { field: field_number(tag), length: Varint::default() }
            }
            Some(WireType::GroupStart) => return self.enter_group(),
            Some(WireType::GroupEnd) => return self.leave_group(),
            None => Step::Lost,
        };
    }

    fn enter_group(&mut self) {
        self.groups = self.groups.saturating_add(1);
        self.next_field();
    }

    fn leave_group(&mut self) {
        match self.groups.checked_sub(1) {
            Some(groups) => {
                self.groups = groups;
                self.next_field();
            }
            None => self.step = Step::Lost,
        }
    }

    /// Enters, keeps or skips a field of `length` bytes.
    fn value(&mut self, field: u64, length: u64) {
        let end = self.at.saturating_add(length);
        let part = match field {
            1 => Some(Part::Name),
            3 => Some(Part::Namespace),
            5 => Some(Part::Uid),
            6 => Some(Part::ResourceVersion),
            _ => None,
        };
        let is_in_group = self.groups > 0;
        match (self.object_end, self.metadata_end, field) {
            _ if is_in_group => {}
            (None, _, 2) => {
                // Of several objects the last one counts, of several metadata all.
                self.names = Names::default();
                self.object_end = Some(end);
                return self.next_field();
            }
            (Some(_), None, 1) => {
                self.metadata_end = Some(end);
                return self.next_field();
            }
            _ => {}
        }
        let is_short = length <= u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let is_metadata = self.metadata_end.is_some() && !is_in_group;
        match part.filter(|_| is_metadata && is_short) {
            Some(part) if length == 0 => self.end_run(Some(part)),
            Some(part) => self.step = Step::Keep { part, left: length },
            None if length == 0 => self.next_field(),
            None => self.step = Step::Skip(length),
        }
    }

    /// Leaves what ends here; what ends before is a lie about its length.
    fn next_field(&mut self) {
        self.step = Step::Tag(Varint::default());
        for end in [&mut self.metadata_end, &mut self.object_end] {
            match *end {
                Some(end) if end < self.at => self.step = Step::Lost,
                Some(found) if found == self.at && self.groups > 0 => self.step = Step::Lost,
                Some(found) if found == self.at => *end = None,
                Some(_) | None => {}
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Pushed {
    More(Varint),
    Done(u64),
    TooLong,
}

impl Varint {
    fn push(self, byte: u8) -> Pushed {
        let Some(bits) = u64::from(byte & 0x7f).checked_shl(self.shift) else {
            return Pushed::TooLong;
        };
        let value = self.value | bits;
        match byte & 0x80 {
            0 => Pushed::Done(value),
            _ => Pushed::More(Self { value, shift: self.shift.saturating_add(7) }),
        }
    }
}
