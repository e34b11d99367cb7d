//! When credentials end, in the order in which they do, and how much that matters today.

use std::time::{Duration, SystemTime};

use crate::jwt::Claims;
use crate::{Facts, Role};

/// How a credential is replaced before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rotation {
    /// By whoever uses it, without anybody's doing.
    ByItself,
    /// Whenever kubeadm upgrades the cluster, or when it is asked to.
    ByKubeadmUpgrade,
    /// By a person who follows steps.
    ByHand,
    /// It has no end, or nobody can.
    Never,
}

/// How urgent the end of a credential is. The greatest is the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// It has no end.
    Endless,
    /// There is time.
    Calm,
    /// Within 90 days.
    Ahead,
    /// Within 30 days; of a life of at most 90 days, less than a fifth is left.
    Soon,
    /// It has ended.
    Expired,
}

impl Urgency {
    /// Of something that lasts from `not_before` (where that is known) until `ends`.
    pub fn of(
        not_before: Option<SystemTime>,
        ends: Option<SystemTime>,
        rotation: Rotation,
        now: SystemTime,
    ) -> Self {
        let Some(ends) = ends else { return Self::Endless };
        let Ok(left) = ends.duration_since(now) else { return Self::Expired };
        let life = not_before.and_then(|start| ends.duration_since(start).ok());
        if let Some(life) = life.filter(|life| *life <= QUARTER) {
            return if left < life / 5 { Self::Soon } else { Self::Calm };
        }
        if left <= MONTH {
            Self::Soon
        } else if left <= QUARTER && rotation != Rotation::ByItself {
            Self::Ahead
        } else {
            // The kubelet replaces a certificate of a year in its last 30 % to 10 %: weeks before
            // its end are no sign that nothing happens.
            Self::Calm
        }
    }
}

/// A credential and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// What it is, for people: `certificate of kube-apiserver`.
    pub what: String,
    /// What it is for, where its place tells.
    pub role: Option<Role>,
    /// Where it was found.
    pub place: String,
    /// When it starts to hold, if it says so.
    pub not_before: Option<SystemTime>,
    /// When it ends, if it does.
    pub ends: Option<SystemTime>,
    /// How it is replaced.
    pub rotates: Rotation,
    /// How to replace it, in one sentence.
    pub renew: String,
}

impl Credential {
    /// A certificate found at `place`, with what its role says of its renewal.
    pub fn of_certificate(role: Option<Role>, place: &str, facts: &Facts) -> Self {
        let renewal = role.map(Role::renewal);
        Self {
            what: role.map_or_else(|| format!("certificate of {}", facts.subject), titled),
            role,
            place: place.to_owned(),
            not_before: Some(facts.not_before),
            ends: Some(facts.not_after),
            rotates: renewal.map_or(Rotation::ByHand, |renewal| renewal.rotation),
            renew: renewal.map_or_else(|| REISSUE.to_owned(), |renewal| renewal.text()),
        }
    }

    /// A bearer token found at `place`. One that is bound to a pod is replaced by the kubelet.
    pub fn of_token(place: &str, claims: &Claims) -> Self {
        let is_bound = claims.bound.pod.is_some();
        let (rotates, renew) = match claims.ends {
            None => (Rotation::Never, ENDLESS_TOKEN),
            Some(_) if is_bound => (Rotation::ByItself, BOUND_TOKEN),
            Some(_) => (Rotation::ByHand, TOKEN),
        };
        Self {
            what: format!("token of {}", claims.subject.as_deref().unwrap_or("an unnamed subject")),
            role: None,
            place: place.to_owned(),
            not_before: claims.not_before.or(claims.issued),
            ends: claims.ends,
            rotates,
            renew: renew.to_owned(),
        }
    }

    /// How urgent its end is.
    pub fn urgency(&self, now: SystemTime) -> Urgency {
        Urgency::of(self.not_before, self.ends, self.rotates, now)
    }
}

/// Credentials in the order in which they end; those without end last, by their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline(Vec<Credential>);

impl Timeline {
    /// The credentials, soonest end first.
    pub fn credentials(&self) -> &[Credential] {
        &self.0
    }

    /// The end that comes first after `now`.
    pub fn next_end(&self, now: SystemTime) -> Option<&Credential> {
        self.0.iter().find(|credential| credential.ends.is_some_and(|end| end > now))
    }

    /// The most urgent of all; none of an empty timeline.
    pub fn urgency(&self, now: SystemTime) -> Option<Urgency> {
        self.0.iter().map(|credential| credential.urgency(now)).max()
    }
}

impl FromIterator<Credential> for Timeline {
    fn from_iter<T: IntoIterator<Item = Credential>>(credentials: T) -> Self {
        let mut all: Vec<Credential> = credentials.into_iter().collect();
        all.sort_by(|a, b| {
            let key = |credential: &Credential| (credential.ends.is_none(), credential.ends);
            key(a).cmp(&key(b)).then_with(|| (&a.place, &a.what).cmp(&(&b.place, &b.what)))
        });
        Self(all)
    }
}

fn titled(role: Role) -> String {
    role.title().to_owned()
}

const REISSUE: &str = "Issue it again from its authority, and let what uses it read it again.";
const BOUND_TOKEN: &str = "The kubelet replaces it; what uses it must read its file again.";
const TOKEN: &str = "Ask for a new one with `kubectl create token`, and put it in its place.";
const ENDLESS_TOKEN: &str = "Let what uses it take a bound token instead, and delete its Secret.";

const DAY: u64 = 24 * 60 * 60;
const MONTH: Duration = Duration::from_secs(30 * DAY);
const QUARTER: Duration = Duration::from_secs(90 * DAY);

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(number * DAY)
    }

    #[test]
    fn urgency_follows_what_is_left() {
        let check = |life: u64, left: u64, rotation: Rotation, expected: Urgency| {
            let (now, ends) = (day(10_000), day(10_000 + left));
            let start = day(10_000 + left - life);
            let found = Urgency::of(Some(start), Some(ends), rotation, now);
            assert_eq!(found, expected, "{left} of {life} days, {rotation:?}");
        };
        check(365, 91, Rotation::ByHand, Urgency::Calm);
        check(365, 90, Rotation::ByHand, Urgency::Ahead);
        check(365, 31, Rotation::ByKubeadmUpgrade, Urgency::Ahead);
        check(365, 30, Rotation::ByKubeadmUpgrade, Urgency::Soon);
        check(365, 0, Rotation::ByHand, Urgency::Soon);
        check(365, 60, Rotation::ByItself, Urgency::Calm);
        check(365, 30, Rotation::ByItself, Urgency::Soon);
        check(90, 18, Rotation::ByItself, Urgency::Calm);
        check(90, 17, Rotation::ByItself, Urgency::Soon);
        check(10, 2, Rotation::ByHand, Urgency::Calm);
        check(10, 1, Rotation::ByHand, Urgency::Soon);
    }

    #[test]
    fn an_end_in_the_past_no_end_and_no_start() {
        let of = |start, ends| Urgency::of(start, ends, Rotation::ByHand, day(100));
        assert_eq!(of(Some(day(1)), Some(day(99))), Urgency::Expired);
        assert_eq!(of(None, None), Urgency::Endless);
        assert_eq!(of(None, Some(day(120))), Urgency::Soon);
        assert_eq!(of(None, Some(day(180))), Urgency::Ahead);
        assert_eq!(of(Some(day(200)), Some(day(150))), Urgency::Ahead);
    }

    #[test]
    fn a_certificate_takes_its_renewal_from_its_role() {
        let validity = crate::Validity::new(day(10), day(375)).unwrap();
        let authority = crate::Authority::new("ca", validity).unwrap();
        let facts = Facts::of_pem(authority.certificate()).unwrap();
        let found = Credential::of_certificate(Some(Role::EtcdPeer), "peer.crt", &facts);
        assert_eq!((found.not_before, found.ends), (Some(day(10)), Some(day(375))));
        assert_eq!(found.rotates, Rotation::ByKubeadmUpgrade);
        assert!(found.renew.starts_with("Run `kubeadm certs renew etcd-peer`."), "{}", found.renew);
        let found = Credential::of_certificate(None, "x.crt", &facts);
        assert_eq!(
            (found.what.as_str(), found.rotates),
            ("certificate of CN=ca", Rotation::ByHand)
        );
    }

    #[test]
    fn a_token_is_replaced_by_whom_it_is_bound_to() {
        let check = |ends: Option<u64>, pod: Option<&str>, rotates: Rotation| {
            let mut claims = Claims { ends: ends.map(day), ..Claims::default() };
            claims.bound.pod = pod.map(ToOwned::to_owned);
            assert_eq!(Credential::of_token("x", &claims).rotates, rotates, "{claims:?}");
        };
        check(Some(3), Some("a"), Rotation::ByItself);
        check(Some(3), None, Rotation::ByHand);
        check(None, None, Rotation::Never);
    }

    #[test]
    fn the_first_to_end_comes_first_and_the_endless_last() {
        let credential = |place: &str, ends: Option<u64>| Credential {
            what: "x".to_owned(),
            role: None,
            place: place.to_owned(),
            not_before: Some(day(0)),
            ends: ends.map(day),
            rotates: Rotation::ByHand,
            renew: String::new(),
        };
        let timeline: Timeline = [
            credential("b", None),
            credential("late", Some(9_000)),
            credential("a", None),
            credential("past", Some(10)),
            credential("soon", Some(120)),
        ]
        .into_iter()
        .collect();
        let places: Vec<&str> =
            timeline.credentials().iter().map(|credential| credential.place.as_str()).collect();
        assert_eq!(places, ["past", "soon", "late", "a", "b"]);
        assert_eq!(timeline.next_end(day(100)).map(|next| next.place.as_str()), Some("soon"));
        assert_eq!(timeline.urgency(day(100)), Some(Urgency::Expired));
        assert_eq!(Timeline::default().urgency(day(100)), None);
    }
}
