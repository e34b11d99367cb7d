use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn the_built_in_policy_is_valid() {
    let value = serde_saphyr::from_str(BUILT_IN).unwrap();
    assert_eq!(Policy::read(&value), Ok(Policy::built_in()));
    assert_eq!(Policy::built_in().warnings(), []);
    assert_ne!(Policy::built_in(), Policy::everything());
}
