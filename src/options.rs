//! The options of a sign-out.

use crate::error::{AuthError, AuthErrorCode};
use crate::fields::{Field, Fields};

/// How the hosted UI's own session is ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostedUiMode {
    /// A redirect if the session came from the hosted UI.
    #[default]
    Auto,
    /// A redirect.
    Redirect,
    /// A popup.
    Popup,
    /// The app follows `logoutUrl` itself.
    Manual,
    /// Not at all.
    None,
}

/// The options of a sign-out, as far as they are plain values.
#[derive(Clone, Debug, PartialEq)]
pub struct SignOutOptions {
    /// End all of the user's sessions on all devices.
    pub global: bool,
    /// How the hosted UI's own session is ended.
    pub hosted_ui: HostedUiMode,
    /// The sign-out URL to come back to; it must equal a configured one exactly.
    pub redirect_url: Option<String>,
    /// How long to wait for all that is remote together, in milliseconds.
    pub timeout_ms: f64,
    /// How long a popup may take, in milliseconds.
    pub popup_timeout_ms: f64,
    /// Also forget the remembered device.
    pub forget_device: bool,
    /// Send failed revocations again once the browser is online.
    pub retry_when_online: bool,
}

impl Default for SignOutOptions {
    fn default() -> Self {
        SignOutOptions {
            global: false,
            hosted_ui: HostedUiMode::Auto,
            redirect_url: None,
            timeout_ms: 5000.0,
            popup_timeout_ms: 60_000.0,
            forget_device: false,
            retry_when_online: false,
        }
    }
}

impl SignOutOptions {
    /// Reads the argument of `signOut`: of `navigate` and `signal` the kind is checked, no more.
    /// An event counts as no options.
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn read<F: Fields>(argument: Field<F>) -> Result<SignOutOptions, AuthError> {
        let _ = argument;
        Err(AuthError::new(AuthErrorCode::Unknown))
    }
}
