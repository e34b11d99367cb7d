//! The certificates of a trial, made anew each time, and the kubeconfigs that hold them.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use pki::{Authority, Issued, Kubeconfig, Validity};

use super::folder::Folder;

/// Who somebody is.
pub(crate) struct Person {
    /// The user's name, and the kubeconfig's.
    pub(crate) name: &'static str,
    groups: &'static [&'static str],
}

/// The people of a trial. What they may do is in `manifests.yaml`.
pub(crate) const PEOPLE: [Person; 3] = [
    Person { name: "admin", groups: &["system:masters"] },
    Person { name: "developer", groups: &["developers"] },
    Person { name: "viewer", groups: &["viewers"] },
];

/// All certificates of a trial.
pub(crate) struct Credentials {
    /// Signs servers and clients.
    pub(crate) authority: Authority,
    /// Signs the front proxy alone.
    pub(crate) front_proxy_authority: Authority,
    /// The API server's.
    pub(crate) api: Issued,
    people: Vec<(&'static str, Issued)>,
    own: Issued,
}

impl Credentials {
    /// Makes them, and writes those that are wanted as files.
    pub(crate) fn make(folder: &Folder) -> anyhow::Result<Self> {
        let validity = week()?;
        let authority = Authority::new("ravelin-try", validity)?;
        let front_proxy_authority = Authority::new("ravelin-try-front-proxy", validity)?;
        let front_proxy = front_proxy_authority.client("front-proxy-client", &[], validity)?;
        let gateway = authority.server(&NAMES, validity)?;
        let api = authority.server(&NAMES, validity)?;
        let people = PEOPLE.iter().map(|person| {
            Ok((person.name, authority.client(person.name, person.groups, validity)?))
        });
        let people = people.collect::<Result<_, pki::Fault>>()?;
        let own = authority.client("ravelin", &[], validity)?;
        folder.write("pki/ca.crt", authority.certificate().as_bytes())?;
        folder.write("pki/front-proxy-ca.crt", front_proxy_authority.certificate().as_bytes())?;
        for (name, issued) in [("gateway", &gateway), ("api", &api), ("front-proxy", &front_proxy)]
        {
            folder.write(&format!("pki/{name}.crt"), issued.certificate.as_bytes())?;
            folder.write(&format!("pki/{name}.key"), issued.key.expose().as_bytes())?;
        }
        Ok(Self { authority, front_proxy_authority, api, people, own })
    }

    /// Writes a kubeconfig of each person, at the gateway, and those that lead past it: the
    /// gateway's own, and the administrator's.
    pub(crate) fn write_kubeconfigs(
        &self,
        folder: &Folder,
        api: SocketAddr,
        gateway: SocketAddr,
    ) -> anyhow::Result<()> {
        for (name, issued) in &self.people {
            self.write(folder, name, (name, issued), gateway)?;
        }
        self.write_past_the_gateway(folder, api)
    }

    /// Writes the kubeconfigs that lead straight to the API.
    pub(crate) fn write_past_the_gateway(
        &self,
        folder: &Folder,
        api: SocketAddr,
    ) -> anyhow::Result<()> {
        self.write(folder, "gateway", ("ravelin", &self.own), api)?;
        match self.people.first() {
            Some((name, issued)) => self.write(folder, "direct", (name, issued), api),
            None => Ok(()),
        }
    }

    fn write(
        &self,
        folder: &Folder,
        file: &str,
        (user, credential): (&str, &Issued),
        server: SocketAddr,
    ) -> anyhow::Result<()> {
        let kubeconfig = Kubeconfig {
            cluster: "ravelin-try",
            server: &format!("https://{server}"),
            authority: self.authority.certificate(),
            user,
            credential,
            namespace: "demo",
        };
        folder.write(&format!("{file}.kubeconfig"), kubeconfig.text().as_bytes())
    }
}

fn week() -> Result<Validity, pki::Fault> {
    let now = SystemTime::now();
    // Clocks of one machine agree; a minute is for those that are set back.
    let since = now.checked_sub(Duration::from_mins(1)).unwrap_or(now);
    Validity::new(since, now.checked_add(WEEK).unwrap_or(now))
}

const WEEK: Duration = Duration::from_hours(7 * 24);
const NAMES: [&str; 5] =
    ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
