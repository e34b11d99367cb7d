//! Writing DER by hand, for the certificates no tool makes any more.

pub(crate) const OCTETS: u8 = 4;
pub(crate) const OID: u8 = 6;
pub(crate) const UTF8: u8 = 12;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// A value of this type.
pub(crate) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let header = match length {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [header, content.to_vec()].concat()
}

pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tagged(SEQUENCE, &parts.concat())
}

/// An object identifier, from its dotted form.
pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let numbers: Vec<u32> = dotted.split('.').map(|number| number.parse().unwrap()).collect();
    let mut content = Vec::new();
    for number in [&[numbers[0] * 40 + numbers[1]], &numbers[2..]].concat() {
        let digits: Vec<u8> =
            (0..5).rev().map(|place| (number >> (7 * place) & 0x7f) as u8).collect();
        let first = digits.iter().position(|digit| *digit != 0).unwrap_or(4);
        let (last, rest) = digits[first..].split_last().unwrap();
        content.extend(rest.iter().map(|digit| digit | 0x80));
        content.push(*last);
    }
    tagged(OID, &content)
}
