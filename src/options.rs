//! The options of a sign-out.

use std::time::Duration;

use crate::error::AuthError;
use crate::fields::{Field, Fields, Reader, no_object};

/// The longest time a browser's timer takes, in milliseconds; past it, it fires at once.
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

/// The options of a sign-out, as far as they are plain values; [`Hooks`](crate::Hooks) has the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOutOptions {
    /// Ends all of the user's sessions on all devices (GlobalSignOut). Default: false.
    pub global: bool,
    /// How the hosted UI's own session is ended. Default: [`HostedUiMode::Auto`].
    pub hosted_ui: HostedUiMode,
    /// The sign-out URL to come back to; it must equal a configured one exactly. Default: the configured one on
    /// the page's origin with the longest matching path.
    pub redirect_url: Option<String>,
    /// How long to wait for all that is remote together, at most 24 days. With zero, requests are sent and not
    /// waited for. Default: 5 s.
    pub timeout: Duration,
    /// How long a popup may take, at most 24 days. Default: 60 s.
    pub popup_timeout: Duration,
    /// Forgets the remembered device too (ForgetDevice). Default: false.
    pub forget_device: bool,
    /// Sends failed revocations again once the browser is online, while the page lives. Default: false.
    pub retry_when_online: bool,
}

impl Default for SignOutOptions {
    fn default() -> Self {
        SignOutOptions {
            global: false,
            hosted_ui: HostedUiMode::Auto,
            redirect_url: None,
            timeout: Duration::from_secs(5),
            popup_timeout: Duration::from_secs(60),
            forget_device: false,
            retry_when_online: false,
        }
    }
}

impl SignOutOptions {
    /// [`SignOutOptions::timeout`], as the engine counts.
    pub(crate) fn timeout_ms(&self) -> f64 {
        ms(self.timeout)
    }

    /// [`SignOutOptions::popup_timeout`], as the engine counts.
    pub(crate) fn popup_timeout_ms(&self) -> f64 {
        ms(self.popup_timeout)
    }
}

fn ms(time: Duration) -> f64 {
    let ms = time.as_secs() as f64 * 1e3 + f64::from(time.subsec_nanos()) / 1e6;
    ms.min(LONGEST)
}

/// Reads the argument of `signOut`: of `navigate` and `signal` the kind is checked, no more.
///
/// # Errors
/// `configuration`, naming the option.
pub fn read<F: Fields>(argument: Field<F>) -> Result<SignOutOptions, AuthError> {
    match argument {
        Field::Missing | Field::Null => Ok(SignOutOptions::default()),
        Field::Object(object) => read_object(Reader::new(&object)),
        _ => Err(no_object("options")),
    }
}

fn read_object(mut reader: Reader) -> Result<SignOutOptions, AuthError> {
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
    options.timeout = time(&mut reader, "timeoutMs", 5000.0);
    options.popup_timeout = time(&mut reader, "popupTimeoutMs", 60_000.0);
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

/// A time in milliseconds.
fn time(reader: &mut Reader, path: &str, default: f64) -> Duration {
    let ms = reader.number(path, default).min(LONGEST);
    Duration::from_nanos((ms * 1e6) as u64)
}
