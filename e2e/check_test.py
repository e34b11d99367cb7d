"""`ravelin gateway --check`: what a configuration means, and everything that is wrong with it."""

import json
import subprocess

import pytest
from rig.gateway import binary

pytestmark = pytest.mark.gateway_only


@pytest.fixture
def check(plane, launcher, tmp_path):
    """Checks a configuration file of the usual options, over which `changed` go; None leaves one out."""
    pki = plane.pki
    kubeconfig = plane.kubeconfig(launcher.upstream_user, plane.address, tmp_path / "upstream.kubeconfig")
    usual = {"kubeconfig": kubeconfig.name, "tls-cert-file": str(pki / "apiserver.crt"), "tls-private-key-file": str(pki / "apiserver.key"),
             "client-ca-file": [str(plane.ca)], "audit-log-path": "audit.log"}

    def run(*flags: str, **changed: object) -> subprocess.CompletedProcess[str]:
        options = usual | {key.replace("_", "-"): value for key, value in changed.items()}
        (tmp_path / "gateway.yaml").write_text(json.dumps({key: value for key, value in options.items() if value is not None}, indent=1))
        command = [str(binary()), "gateway", f"--config={tmp_path / 'gateway.yaml'}", "--check", *flags]
        return subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=20)

    yield run
    assert not (tmp_path / "audit.log").exists(), "a check starts nothing"


def test_a_good_configuration_is_told(check, plane):
    done = check("--secure-port=7443", secure_port=6443, max_staleness="90s")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("The configuration can be started.", "https://127.0.0.1:7443", "https://%s:%d" % plane.address, "by impersonation", "1m30s"):
        assert part in done.stdout


MISTAKES = """\
ravelin: the configuration has 8 mistakes:
  gateway.yaml:10:2: colour: no such option; `ravelin gateway --help` lists them
  gateway.yaml:11:21: token-auth-file "tokens.csv": is refused: static tokens never expire and stand in a file in clear; use client certificates, OpenID Connect or service account tokens
  gateway.yaml:2:16: kubeconfig "none.kubeconfig": no such file or folder
  gateway.yaml:9:17: secure-port "70000": not a port; give a number from 1 to 65535
  gateway.yaml:6:3: client-ca-file "none.crt": no such file or folder
  --max-staleness "soon": not a duration; write it like 300ms, 45s, 1m30s or 2h
  gateway.yaml:12:20: audit-log-mode "loud": not one of batch, blocking, blocking-strict
  --trusted-proxies "0.0.0.0/0": trusts everybody to say where they come from; name the load balancers""".splitlines()


def test_every_mistake_is_told_at_once_and_where_it_stands(check, tmp_path):
    done = check("--max-staleness=soon", "--trusted-proxies=0.0.0.0/0", secure_port=70000, kubeconfig="none.kubeconfig", colour="red",
                 token_auth_file="tokens.csv", audit_log_mode="loud", client_ca_file=["none.crt"])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.replace(f"{tmp_path}/", "").strip().splitlines() == MISTAKES


@pytest.mark.parametrize("changed, told", [
    ({"kubeconfig": None}, "kubeconfig"), ({"tls_private_key_file": None}, "tls-private-key-file"),
    ({"proxy_client_cert_file": "x.crt"}, "proxy-client-key-file"), ({"network_rules_file": "none.yaml"}, "none.yaml"),
    ({"authorization_rbac_dir": "none"}, "none"), ({"audit_policy_file": "/dev/null"}, "/dev/null"), ({"authorization_mode": "AlwaysAllow"}, "AlwaysAllow")],
    ids=lambda value: value if isinstance(value, str) else "")
def test_a_mistake_has_its_name(check, changed, told):
    done = check(**changed)
    assert done.returncode == 2 and "has a mistake:" in done.stderr and told in done.stderr


def test_a_wrong_configuration_does_not_start(plane, tmp_path):
    done = subprocess.run([str(binary()), "gateway", f"--kubeconfig={tmp_path / 'none'}"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and "mistakes" in done.stderr
