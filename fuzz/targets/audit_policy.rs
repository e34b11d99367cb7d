//! Audit policies, as YAML or JSON. A policy that is valid has a verdict on every request, and says
//! the same each time.

#![no_main]

use audit::Policy;
use libfuzzer_sys::fuzz_target;
use model::{Call, UserInfo};

fuzz_target!(|text: &str| {
    let value: Result<serde_json::Value, _> = match text.strip_prefix('#') {
        Some(yaml) => serde_saphyr::from_str(yaml).map_err(drop),
        None => serde_json::from_str(text).map_err(drop),
    };
    let Ok(value) = value else { return };
    let policy = match Policy::read(&value) {
        Ok(policy) => policy,
        Err(problems) => {
            assert!(!problems.is_empty());
            return;
        }
    };
    let user = UserInfo {
        name: "jane".to_owned(),
        groups: vec!["dev".to_owned(), "system:authenticated".to_owned()],
        ..UserInfo::default()
    };
    for (method, target) in [
        ("GET", "/api/v1/namespaces/a/secrets/b"),
        ("POST", "/api/v1/namespaces/a/pods/b/exec"),
        ("DELETE", "/apis/apps/v1/deployments"),
        ("GET", "/healthz"),
        ("OPTIONS", "*"),
    ] {
        let call = Call::parse(method, target).expect("it has a reading");
        for user in [Some(&user), None] {
            assert_eq!(policy.judge(user, &call), policy.judge(user, &call));
        }
    }
});
