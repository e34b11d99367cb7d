//! An AWS access key id and its secret are one finding: together they open something, the id alone
//! does not.

use crate::kind::LeakKind;
use crate::leak::Confidence;

/// The findings of one text or object, ids and secrets of AWS joined in order. An id without its
/// secret stays, at low confidence.
pub(crate) fn joined<T>(
    found: Vec<T>,
    of: impl Fn(&mut T) -> (&mut LeakKind, &mut Confidence),
) -> Vec<T> {
    let mut found = found;
    let mut ids: Vec<usize> = Vec::new();
    let mut secrets: Vec<usize> = Vec::new();
    for (number, one) in found.iter_mut().enumerate() {
        let kind = *of(one).0;
        if kind == LeakKind::AwsAccessKeyId {
            ids.push(number);
        } else if kind == LeakKind::AwsSecretKey {
            secrets.push(number);
        }
    }
    let joined = ids.len().min(secrets.len());
    secrets.truncate(joined);
    ids.truncate(joined);
    for number in secrets {
        if let Some(one) = found.get_mut(number) {
            let (kind, confidence) = of(one);
            (*kind, *confidence) = (LeakKind::AwsKeyPair, Confidence::High);
        }
    }
    let mut number = 0_usize;
    found.retain(|_| {
        let keeps = !ids.contains(&number);
        number = number.saturating_add(1);
        keeps
    });
    found
}
