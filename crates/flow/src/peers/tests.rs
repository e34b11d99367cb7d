//! What an address gets away with, and what it costs others.

use super::*;

fn bounds() -> PeerBounds {
    PeerBounds {
        connections: 100,
        connections_per_address: 3,
        handshakes: Rate::per_second(0, 0),
        failed_logins: 3,
        failed_login_window: Duration::from_mins(1),
        refused_for: Duration::from_mins(5),
        addresses: 1000,
        exempt: vec!["10.0.0.0/8".parse().unwrap()],
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn connect(limits: &PeerLimits, from: &str, now: Instant) -> Result<Connection, PeerRefusal> {
    limits.admit(limits.accept()?, ip(from), now)
}

#[test]
fn an_address_holds_so_many_connections() {
    let (limits, now) = (PeerLimits::new(bounds()), Instant::now());
    let held: Vec<_> = (0..3).map(|_| connect(&limits, "192.0.2.1", now).unwrap()).collect();
    let refused = connect(&limits, "::ffff:192.0.2.1", now);
    assert_eq!(refused.unwrap_err(), PeerRefusal::Connections);
    assert_eq!(limits.open(), 3, "a refused connection gives its slot back");
    assert!(connect(&limits, "192.0.2.2", now).is_ok());
    drop(held);
    assert_eq!(limits.open(), 0);
    assert!(connect(&limits, "192.0.2.1", now).is_ok());
}

#[test]
fn a_v6_customer_is_one_address() {
    let (limits, now) = (PeerLimits::new(bounds()), Instant::now());
    let from = |n: u16| format!("2001:db8:0:1::{n:x}");
    let _held: Vec<_> = (0..3).map(|n| connect(&limits, &from(n), now).unwrap()).collect();
    assert_eq!(connect(&limits, &from(9), now).unwrap_err(), PeerRefusal::Connections);
}

#[test]
fn the_total_binds_even_the_exempt() {
    let limits = PeerLimits::new(PeerBounds { connections: 5, ..bounds() });
    let now = Instant::now();
    let _held: Vec<_> = (0..5).map(|_| connect(&limits, "10.1.2.3", now).unwrap()).collect();
    assert_eq!(connect(&limits, "10.1.2.3", now).unwrap_err(), PeerRefusal::Total);
}

#[test]
fn handshakes_are_paced() {
    let limits = PeerLimits::new(PeerBounds { handshakes: Rate::per_second(1, 2), ..bounds() });
    let now = Instant::now();
    for _ in 0..2 {
        drop(connect(&limits, "192.0.2.1", now).unwrap());
    }
    let wait = RetryAfter(Duration::from_secs(1));
    assert_eq!(connect(&limits, "192.0.2.1", now).unwrap_err(), PeerRefusal::Handshakes(wait));
    assert!(connect(&limits, "192.0.2.1", now + wait.0).is_ok());
}

#[test]
fn too_many_failed_logins_refuse_the_address_for_a_while() {
    let (limits, now) = (PeerLimits::new(bounds()), Instant::now());
    let open = connect(&limits, "192.0.2.1", now).unwrap();
    for _ in 0..3 {
        assert_eq!(limits.may_log_in(ip("192.0.2.1"), now), Ok(()));
        limits.login_failed(ip("192.0.2.1"), now);
    }
    let wait = RetryAfter(Duration::from_mins(5));
    assert_eq!(limits.may_log_in(ip("192.0.2.1"), now), Err(wait));
    assert_eq!(connect(&limits, "192.0.2.1", now).unwrap_err(), PeerRefusal::FailedLogins(wait));
    assert_eq!(limits.may_log_in(ip("192.0.2.2"), now), Ok(()));
    drop(open);
    assert_eq!(limits.may_log_in(ip("192.0.2.1"), now + wait.0), Ok(()));
}

#[test]
fn failures_far_apart_do_not_add_up() {
    let (limits, mut now) = (PeerLimits::new(bounds()), Instant::now());
    for _ in 0..20 {
        limits.login_failed(ip("192.0.2.1"), now);
        now += Duration::from_secs(45);
        assert_eq!(limits.may_log_in(ip("192.0.2.1"), now), Ok(()));
    }
}

#[test]
fn a_proxy_is_not_refused_for_its_clients() {
    let (limits, now) = (PeerLimits::new(bounds()), Instant::now());
    (0..50).for_each(|_| limits.login_failed(ip("10.1.2.3"), now));
    assert_eq!(limits.may_log_in(ip("10.1.2.3"), now), Ok(()));
}

#[test]
fn a_flood_of_addresses_is_bounded_and_frees_nobody() {
    let (limits, now) = (PeerLimits::new(bounds()), Instant::now());
    (0..3).for_each(|_| limits.login_failed(ip("192.0.2.1"), now));
    for n in 0..20_000_u32 {
        let [_, b, c, d] = n.to_be_bytes();
        limits.login_failed(IpAddr::from([172, b, c, d]), now);
    }
    assert!(limits.0.peers.lock().unwrap().len() <= 1000 + 256);
    assert!(limits.may_log_in(ip("192.0.2.1"), now).is_err(), "still refused");
    assert!(limits.may_log_in(ip("172.0.255.255"), now).is_err(), "the flood's neighbourhood is");
    assert_eq!(limits.may_log_in(ip("198.51.100.7"), now), Ok(()), "a bystander is not");
    let later = now + Duration::from_secs(301);
    limits.login_failed(ip("198.51.100.7"), later);
    assert!(limits.0.peers.lock().unwrap().len() <= 2, "what has faded is forgotten");
}
