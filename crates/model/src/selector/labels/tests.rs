//! Label selectors that upstream parses, and that it refuses.

use super::*;
use proptest::prelude::*;

#[test]
fn takes_what_upstream_takes() {
    for selector in [
        "",
        " \t\r\n",
        "a",
        "!a",
        "! a",
        "a=b",
        "a==b",
        "a != b",
        "a=",
        "a=,b",
        "a in (b,c)",
        "a notin(b)",
        "a in ()",
        "a in (,)",
        "a in (b,,c,)",
        "in in (in,notin)",
        "a=in",
        "notin",
        "a>1",
        "a<9223372036854775807",
        "x.y/z_1.A=v-1",
        "a\0",
        "\0 nothing behind is read (",
        "a=\0b",
    ] {
        assert_eq!(check(selector), Ok(()), "{selector:?}");
    }
    assert_eq!(check(&format!("{}={}", "k".repeat(63), "v".repeat(63))), Ok(()));
}

#[test]
fn refuses_what_upstream_refuses() {
    for selector in [
        ",",
        "=",
        "!!",
        "!",
        "a,",
        ",a",
        "a b",
        "a! =b",
        "!a=b",
        "!a in (b)",
        "a in",
        "a in b",
        "a in (b",
        "a in (b c)",
        "a in (b))",
        "(a)",
        "a>",
        "a>x",
        "a>=1",
        "a<9223372036854775808",
        "a=b=c",
        "a=-b",
        "a=é",
        "é=a",
        "-a",
        "a-",
        "X/y",
        "/y",
        "x/",
        "x/y/z",
        "a..b/c",
        "a=\0b c",
    ] {
        assert_eq!(check(selector), Err(BadSelector), "{selector:?}");
    }
    assert_eq!(check(&"k".repeat(64)), Err(BadSelector));
    assert_eq!(check(&format!("a={}", "v".repeat(64))), Err(BadSelector));
    assert_eq!(check(&format!("{}/k", "d".repeat(254))), Err(BadSelector));
}

proptest! {
    #[test]
    fn never_panics(selector in "[ab=!,()<> \\x00/.ino1é-]{0,24}", any in any::<String>()) {
        check(&selector).ok();
        check(&any).ok();
    }
}
