//! The options of a sign-out.

use crate::error::AuthError;
use crate::fields::{Field, Fields, Reader, no_object};

/// The longest time a browser's timer takes; past it, it fires at once.
const LONGEST: f64 = i32::MAX as f64;

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
    ///
    /// # Errors
    /// `configuration`, naming the option.
    pub fn read<F: Fields>(argument: Field<F>) -> Result<SignOutOptions, AuthError> {
        match argument {
            Field::Missing | Field::Null => Ok(SignOutOptions::default()),
            Field::Object(object) => read(Reader::new(&object)),
            _ => Err(no_object("options")),
        }
    }
}

fn read(mut reader: Reader) -> Result<SignOutOptions, AuthError> {
    let mut options = SignOutOptions::default();
    reader.only(
        "",
        &[
            "global",
            "hostedUI",
            "redirectUrl",
            "navigate",
            "timeoutMs",
            "popupTimeoutMs",
            "signal",
            "forgetDevice",
            "retryWhenOnline",
            "appState",
            "oauth",
        ],
    );
    options.global = reader.flag("global", false);
    options.forget_device = reader.flag("forgetDevice", false);
    options.retry_when_online = reader.flag("retryWhenOnline", false);
    options.timeout_ms = reader.number("timeoutMs", 5000.0).min(LONGEST);
    options.popup_timeout_ms = reader.number("popupTimeoutMs", 60_000.0).min(LONGEST);
    if let Some(mode) = reader.text("hostedUI") {
        options.hosted_ui = match mode.as_str() {
            "auto" => HostedUiMode::Auto,
            "redirect" => HostedUiMode::Redirect,
            "popup" => HostedUiMode::Popup,
            "manual" => HostedUiMode::Manual,
            "none" => HostedUiMode::None,
            _ => {
                reader.fail(
                    "hostedUI",
                    "must be \"auto\", \"redirect\", \"popup\", \"manual\" or \"none\".",
                );
                HostedUiMode::Auto
            }
        };
    }
    options.redirect_url = reader.text("redirectUrl");
    // Amplify's own options: `{ global, oauth: { redirectUrl } }`.
    if reader.object("oauth") {
        reader.only("oauth.", &["redirectUrl"]);
        let amplify = reader.text("oauth.redirectUrl");
        options.redirect_url = options.redirect_url.or(amplify);
    }
    if reader.has("navigate") && !reader.function("navigate") {
        reader.fail("navigate", "must be a function.");
    }
    if reader.has("signal") && !reader.function("signal.addEventListener") {
        reader.fail("signal", "must be an AbortSignal.");
    }
    reader.finish(options)
}
