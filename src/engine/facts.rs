//! What a document knows, whatever sign-out runs.

use super::clients::Client;
use crate::config;
use crate::error::AuthError;
use crate::layout::Found;
use crate::session::{Claims, Secret, SessionId};

/// What a document knows of its sessions.
#[derive(Default)]
pub struct Facts {
    /// The session that it read last.
    pub last_read: Option<SessionId>,
    /// The session whose refresh token Cognito called dead.
    pub dead: Option<SessionId>,
    /// The issuer of the tokens that were seen last, where the configuration names no user pool.
    issuer: Option<String>,
}

impl Facts {
    /// Keeps the issuer of a session, where that alone tells which user pool it is of.
    pub fn learn_issuer(&mut self, client: &Client, found: &Found) {
        if client.config.endpoint.is_empty() {
            let mut issuers = found.sessions.iter().filter_map(|it| it.session.issuer());
            let ours =
                issuers.find(|issuer| config::endpoint_for(&client.config, Some(issuer)).is_some());
            if ours.is_some() {
                self.issuer = ours;
            }
        }
    }

    /// Where requests are posted to: as configured, else to AWS's own host of the pool that issued this token, or those seen last.
    ///
    /// # Errors
    /// `configuration`: nothing says where to.
    pub fn endpoint(
        &self,
        client: &Client,
        access_token: Option<&Secret>,
    ) -> Result<String, AuthError> {
        let own = access_token.and_then(Claims::of);
        let issuer = own.and_then(|claims| claims.iss);
        let issuer = issuer.as_ref().or(self.issuer.as_ref());
        let endpoint = config::endpoint_for(&client.config, issuer.map(String::as_str));
        endpoint.ok_or_else(|| {
            AuthError::configuration(
                "userPoolId",
                "is missing, and no token that was found names its user pool. Set it beside authority.",
            )
        })
    }
}
