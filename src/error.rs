//! What went wrong, as a stable code with a message, a way out and the service's own words.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

/// The stable code of an [`AuthError`].
///
/// Adding a code is a minor version: keep a default branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AuthErrorCode {
    /// `configure` was never called.
    NotConfigured,
    /// A configuration, an option, a redirect or a token argument is not usable.
    Configuration,
    /// The wrong place or moment: a server, an iframe, a refresh while signed out, a client after its `dispose()`.
    InvalidState,
    /// Cognito refused the token.
    NotAuthorized,
    /// The token was revoked before.
    TokenRevoked,
    /// The access token has expired.
    TokenExpired,
    /// The access token lacks the scope `aws.cognito.signin.user.admin`.
    MissingScope,
    /// Token revocation is off for this app client.
    RevocationDisabled,
    /// The request was held back so that a retry can succeed.
    Deferred,
    /// A request was sent, or another tab's was; its outcome is not known.
    Unconfirmed,
    /// Too many requests.
    Throttled,
    /// No answer could be had.
    Network,
    /// No answer came in time.
    Timeout,
    /// The caller's `signal` was aborted.
    Aborted,
    /// The user closed the hosted UI's popup.
    UserCancelled,
    /// The browser refused to open the popup.
    PopupBlocked,
    /// The page could not be left.
    Navigation,
    /// Cognito did not send the browser back.
    RedirectNotCompleted,
    /// The tokens could not be read from, written to or removed from the storage.
    Storage,
    /// Cognito, or something between, gave an answer that is no answer to the request.
    Service,
    /// The WebAssembly module could not be loaded.
    ModuleUnavailable,
    /// A fault that nothing above describes.
    Unknown,
}

/// One row of the table of codes: name, default message, recovery suggestion, retryable.
type Row = (
    AuthErrorCode,
    &'static str,
    &'static str,
    &'static str,
    bool,
);

/// Every code once, in the order of the enum. `docs/errors.md` and the TypeScript union come from here.
const TABLE: [Row; 22] = {
    use AuthErrorCode::*;
    [
        (
            NotConfigured,
            "notConfigured",
            "No user pool is configured.",
            "Call configure() with your user pool before signOut().",
            false,
        ),
        (
            Configuration,
            "configuration",
            "The configuration is not usable.",
            "Correct the field that the message names.",
            false,
        ),
        (
            InvalidState,
            "invalidState",
            "This can't be done here or now.",
            "Call it in a top-level browser page, with a user signed in.",
            false,
        ),
        (
            NotAuthorized,
            "notAuthorized",
            "Cognito refused the token.",
            "The user is signed out here. Check that the client id and the user pool are those that issued the tokens.",
            false,
        ),
        (
            TokenRevoked,
            "tokenRevoked",
            "The token was revoked before.",
            "This session had ended on the server already. There is nothing to retry; sign in again.",
            false,
        ),
        (
            TokenExpired,
            "tokenExpired",
            "The access token has expired.",
            "The other devices may still be signed in. Sign in again and sign out with global: true.",
            false,
        ),
        (
            MissingScope,
            "missingScope",
            "The access token does not have the scope aws.cognito.signin.user.admin.",
            "Allow the scope aws.cognito.signin.user.admin for the app client and request it at sign-in.",
            false,
        ),
        (
            RevocationDisabled,
            "revocationDisabled",
            "Token revocation is off for this app client.",
            "Turn on token revocation for the app client, or set tokenRevocation: false in the configuration.",
            false,
        ),
        (
            Deferred,
            "deferred",
            "The refresh token was not revoked yet, so that the global sign-out can be tried again.",
            "Call retry() on the result: it does both.",
            true,
        ),
        (
            Unconfirmed,
            "unconfirmed",
            "The request was sent; its outcome is not known.",
            "Call retry() on the result to be sure.",
            true,
        ),
        (
            Throttled,
            "throttled",
            "Cognito has too many requests.",
            "Wait a moment, then call retry() on the result.",
            true,
        ),
        (
            Network,
            "network",
            "Cognito could not be reached.",
            "Check the connection and the page's Content-Security-Policy (connect-src), then call retry() on the result.",
            true,
        ),
        (
            Timeout,
            "timeout",
            "Cognito did not answer in time.",
            "Call retry() on the result, or allow more time with timeoutMs.",
            true,
        ),
        (
            Aborted,
            "aborted",
            "The operation was aborted.",
            "Call it again to retry.",
            true,
        ),
        (
            UserCancelled,
            "userCancelled",
            "The user closed the sign-out window.",
            "Ask again, or sign out with hostedUI: \"redirect\".",
            true,
        ),
        (
            PopupBlocked,
            "popupBlocked",
            "The browser blocked the sign-out window.",
            "Call signOut() directly in a click handler, or use hostedUI: \"redirect\".",
            true,
        ),
        (
            Navigation,
            "navigation",
            "The page could not be left for the hosted UI.",
            "Send the browser to the error's url, or call retry() on the result.",
            true,
        ),
        (
            RedirectNotCompleted,
            "redirectNotCompleted",
            "Cognito did not send the browser back.",
            "Check the allowed sign-out URLs of the app client.",
            true,
        ),
        (
            Storage,
            "storage",
            "The tokens could not be removed from the storage.",
            "The user may still be signed in on this device. Check that the page may use its storage, then sign out again.",
            true,
        ),
        (
            Service,
            "service",
            "Cognito could not do what was asked.",
            "Call retry() on the result where it can be retried; else look at the error's service field.",
            false,
        ),
        (
            ModuleUnavailable,
            "moduleUnavailable",
            "The WebAssembly module could not be loaded.",
            "Call retry() on the result, and reload the page if it fails again. Check that the package's scripts are deployed, and allowed by the Content-Security-Policy (script-src).",
            true,
        ),
        (
            Unknown,
            "unknown",
            "Something failed in a way that is not foreseen.",
            "Call retry() on the result; if it happens again, please report it.",
            true,
        ),
    ]
};

impl AuthErrorCode {
    /// Every code, in the order of the enum.
    pub fn all() -> impl Iterator<Item = AuthErrorCode> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        // The table is in the order of the enum (a test checks it), so the index is always there.
        TABLE.get(self as usize).unwrap_or(&TABLE[0])
    }

    /// The code as JavaScript sees it, such as `"notConfigured"`.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The code of that name.
    pub fn from_name(name: &str) -> Option<AuthErrorCode> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The message where nothing more precise is known.
    pub fn default_message(self) -> &'static str {
        self.row().2
    }

    /// What the app or its developer can do.
    pub fn recovery_suggestion(self) -> &'static str {
        self.row().3
    }

    /// Whether the same call may succeed later.
    pub fn retryable(self) -> bool {
        self.row().4
    }
}

/// What the service said of itself in an answer that is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAnswer {
    /// The error type, such as `NotAuthorizedException`; empty when there was none.
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// The request id (`x-amzn-RequestId`), to quote to AWS support.
    pub request_id: Option<String>,
}

/// The name and the message of the fault below an [`AuthError`]; never a request, a body or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Such as `TypeError`.
    pub name: String,
    /// The message, with whatever looks like a token taken out.
    pub message: String,
}

/// An error of this crate: a stable code, a message, a way out. Its fields are those of [`ErrorDetails`].
///
/// One pointer wide: results pass it through every function, and each move of a larger value is code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthError(Box<ErrorDetails>);

/// What an [`AuthError`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDetails {
    /// The stable code.
    pub code: AuthErrorCode,
    /// What happened, in one sentence; never a token.
    pub message: Cow<'static, str>,
    /// What can be done about it.
    pub recovery_suggestion: Cow<'static, str>,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// The service's own words, where it answered.
    pub service: Option<ServiceAnswer>,
    /// The fault below, where there was one.
    pub cause: Option<Cause>,
}

impl AuthError {
    /// An error with the default texts of its code.
    pub fn new(code: AuthErrorCode) -> Self {
        AuthError(Box::new(ErrorDetails {
            code,
            message: Cow::Borrowed(code.default_message()),
            recovery_suggestion: Cow::Borrowed(code.recovery_suggestion()),
            retryable: code.retryable(),
            service: None,
            cause: None,
        }))
    }

    /// An error with a message of its own.
    pub fn with_message(code: AuthErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        AuthError::new(code).say(message)
    }

    /// A `configuration` error that names the field, in the user's own shape, and says what to do.
    pub fn configuration(field: &str, problem: &str) -> Self {
        AuthError::with_message(
            AuthErrorCode::Configuration,
            [field, ": ", problem].concat(),
        )
    }

    /// The same error with another message.
    #[must_use]
    pub fn say(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// The same error with another recovery suggestion.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<Cow<'static, str>>) -> Self {
        self.recovery_suggestion = suggestion.into();
        self
    }

    /// The same error with the fault below it.
    #[must_use]
    pub fn caused_by(mut self, name: &str, message: &str) -> Self {
        self.cause = Some(Cause {
            name: redact(name),
            message: redact(message),
        });
        self
    }
}

impl Deref for AuthError {
    type Target = ErrorDetails;

    fn deref(&self) -> &ErrorDetails {
        &self.0
    }
}

impl DerefMut for AuthError {
    fn deref_mut(&mut self) -> &mut ErrorDetails {
        &mut self.0
    }
}

impl std::fmt::Display for AuthError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AuthError {}

/// The text with every run that could be a token (32 or more of the characters of JWTs) taken out.
///
/// Foreign error messages may quote what they were given.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        out.push_str(if run.len() >= 32 { "[redacted]" } else { run });
        run.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=' | '+' | '/') {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, code) in AuthErrorCode::all().enumerate() {
            assert_eq!(code as usize, index, "{code:?}");
            assert_eq!(AuthErrorCode::from_name(code.as_str()), Some(code));
        }
        assert_eq!(AuthErrorCode::Unknown as usize + 1, TABLE.len());
    }

    #[test]
    fn token_like_runs_are_redacted_and_words_are_kept() {
        let token = "eyJraWQiOiJhYmMiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.sig";
        let text = ["cannot store ", token, " (quota)"].concat();
        assert_eq!(redact(&text), "cannot store [redacted] (quota)");
        assert_eq!(redact("Failed to fetch"), "Failed to fetch");
    }

    #[test]
    fn the_cause_is_kept() {
        let error =
            AuthError::new(AuthErrorCode::Network).caused_by("TypeError", "Failed to fetch");
        assert_eq!(
            error
                .cause
                .as_ref()
                .map(|c| (c.name.clone(), c.message.clone())),
            Some(("TypeError".into(), "Failed to fetch".into()))
        );
    }
}
