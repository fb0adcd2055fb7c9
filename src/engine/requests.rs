//! Requests built from the configuration.

use super::clients::Client;
use super::facts::Facts;
use crate::error::AuthError;
use crate::protocol::{Request, refresh, revoke_token};
use crate::session::Secret;

/// A request, and the one to send instead to a pool that does not know it.
pub type Requests = (Box<Request>, Option<Box<Request>>);

/// The requests of a refresh.
///
/// # Errors
/// `configuration`: nothing says where to.
pub fn for_refresh(
    client: &Client,
    facts: &Facts,
    token: &Secret,
    device: Option<&str>,
) -> Result<Requests, AuthError> {
    let (endpoint, id) = (
        &facts.endpoint(client, None)?,
        &client.config.user_pool_client_id,
    );
    let first = refresh::request(endpoint, id, token, device);
    let second = refresh::fallback_request(endpoint, id, token, device);
    Ok((Box::new(first), Some(Box::new(second))))
}

/// The request of a revocation.
///
/// # Errors
/// `configuration`: nothing says where to.
pub fn for_revoke(client: &Client, facts: &Facts, token: &Secret) -> Result<Requests, AuthError> {
    let endpoint = facts.endpoint(client, None)?;
    let request = revoke_token::request(&endpoint, &client.config.user_pool_client_id, token);
    Ok((Box::new(request), None))
}
