//! The little DER that JWS leaves to the reader: ECDSA signatures and RSA keys arrive as bare
//! numbers (RFC 7518, 3.4 and 6.3) and the verifier reads DER.

/// The DER form of an ECDSA `signature`, or `None` if it is not exactly two numbers of `width` bytes.
pub(crate) fn ecdsa_signature(signature: &[u8], width: usize) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(width)?;
    if s.len() != width {
        return None;
    }
    pair(r, s)
}

/// An RSA public key in PKCS #1 form.
pub(crate) fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
    pair(modulus, exponent)
}

/// A DER SEQUENCE of two non-negative numbers.
fn pair(first: &[u8], second: &[u8]) -> Option<Vec<u8>> {
    let body = [integer(first)?, integer(second)?].concat();
    let mut sequence = vec![SEQUENCE];
    sequence.extend(length(body.len())?);
    sequence.extend(body);
    Some(sequence)
}

/// A DER INTEGER of a non-negative big-endian number: no leading zero bytes, save the one that
/// keeps the number from reading as negative.
fn integer(number: &[u8]) -> Option<Vec<u8>> {
    let first = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let digits = number.get(first..)?;
    let is_high = digits.first().is_none_or(|byte| *byte >= 0x80);
    let mut integer = vec![INTEGER];
    integer.extend(length(digits.len() + usize::from(is_high))?);
    if is_high {
        integer.push(0);
    }
    integer.extend(digits);
    Some(integer)
}

/// A DER length up to 65,535.
fn length(bytes: usize) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(bytes).ok()?.to_be_bytes();
    Some(match (high, low) {
        (0, 0..=0x7f) => vec![low],
        (0, _) => vec![0x81, low],
        (_, _) => vec![0x82, high, low],
    })
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(signature: &[u8], width: usize, expected: Option<&[u8]>) {
        assert_eq!(ecdsa_signature(signature, width).as_deref(), expected, "{signature:02x?}");
    }

    #[test]
    fn writes_the_shortest_numbers() {
        check(&[1, 2], 1, Some(&[0x30, 6, 2, 1, 1, 2, 1, 2]));
        check(&[0x80, 0], 1, Some(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 0]));
        check(&[0, 0x7f, 0, 0], 2, Some(&[0x30, 6, 2, 1, 0x7f, 2, 1, 0]));
    }

    #[test]
    fn refuses_other_widths() {
        check(&[], 32, None);
        check(&[1; 63], 32, None);
        check(&[1; 65], 32, None);
        check(&[1; 96], 32, None);
        check(&[0x30, 6, 2, 1, 1, 2, 1, 2], 32, None);
    }
}
