//! What only the cluster can say of itself, asked for until it does.

use std::sync::Arc;
use std::time::Duration;

use authz::impersonation::{Impersonator, Mode};
use cluster::Access;
use gateway::Gate;

/// Learns the cluster's version, which says how impersonation is checked there, and then, if it is
/// wanted, who issues the tokens of its service accounts. `None` if the cluster does not tell that.
pub(crate) async fn learn(gate: Arc<Gate>, access: Access, wants_issuer: bool) -> Option<String> {
    version(&gate, &access).await;
    if !wants_issuer {
        return None;
    }
    match cluster::service_account_issuer(&access.client()).await {
        Ok(issuer) => {
            tracing::info!(issuer, "The issuer of the cluster's service accounts is known.");
            Some(issuer)
        }
        // All that is lost is that forged tokens are refused here and not by the cluster.
        Err(problem) => {
            tracing::warn!(%problem, "The cluster does not tell who issues its tokens: each is put to it.");
            None
        }
    }
}

async fn version(gate: &Gate, access: &Access) {
    let client = access.client();
    let mut pause = FIRST_PAUSE;
    loop {
        match cluster::version(&client).await {
            Ok(version) => {
                let is_constrained = version.is_at_least(1, 36);
                let mode = if is_constrained { Mode::Constrained } else { Mode::Legacy };
                gate.impersonator.store(Arc::new(Impersonator::new(mode)));
                tracing::info!(version = version.text, "The cluster's version is known.");
                return;
            }
            Err(problem) => {
                tracing::warn!(%problem, "The cluster does not tell its version yet.");
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
