//! The hosted UI's logout address, and the sign-out URL to come back to.

use crate::config::HostedUi;
use crate::error::{AuthError, AuthErrorCode};

/// `{origin}/logout?client_id=..&logout_uri=..`, exactly these two parameters.
pub fn build(hosted_ui: &HostedUi, client_id: &str, redirect: &str) -> String {
    let _ = (hosted_ui, client_id, redirect);
    String::new()
}

/// The sign-out URL to come back to: always one of the configured.
///
/// # Errors
/// `configuration`: the explicit one is not configured, or none fits the page.
pub fn choose(
    redirects: &[String],
    explicit: Option<&str>,
    page_url: &str,
) -> Result<String, AuthError> {
    let _ = (redirects, explicit, page_url);
    Err(AuthError::new(AuthErrorCode::Configuration))
}

/// Whether two addresses are the same: parsed, without fragment and trailing slash.
pub fn same_address(a: &str, b: &str) -> bool {
    a == b
}
