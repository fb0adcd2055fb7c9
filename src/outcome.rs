//! What a sign-out came to: complete, partial with an error for each step that failed, or failed.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use crate::error::{AuthError, AuthErrorCode};
use crate::session::Secret;

/// The steps of a sign-out, as [`SignOutStep`] names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepName {
    /// The hosted UI in a popup.
    Popup,
    /// The tokens were removed from the storage and the storage was read back.
    Clear,
    /// The access token was refreshed for a request that needs a valid one.
    Refresh,
    /// GlobalSignOut.
    GlobalSignOut,
    /// ForgetDevice.
    ForgetDevice,
    /// RevokeToken.
    RevokeToken,
    /// The storage was read back after the remote steps.
    ReadBack,
    /// The page left for the hosted UI.
    Navigate,
}

impl StepName {
    /// Every step.
    pub const ALL: [StepName; 8] = [
        StepName::Popup,
        StepName::Clear,
        StepName::Refresh,
        StepName::GlobalSignOut,
        StepName::ForgetDevice,
        StepName::RevokeToken,
        StepName::ReadBack,
        StepName::Navigate,
    ];

    /// The name as JavaScript sees it, such as `"globalSignOut"`.
    pub fn as_str(self) -> &'static str {
        match self {
            StepName::Popup => "popup",
            StepName::Clear => "clear",
            StepName::Refresh => "refresh",
            StepName::GlobalSignOut => "globalSignOut",
            StepName::ForgetDevice => "forgetDevice",
            StepName::RevokeToken => "revokeToken",
            StepName::ReadBack => "readBack",
            StepName::Navigate => "navigate",
        }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It is known to have happened.
    Ok,
    /// It was not needed, or not possible; `reason` says why.
    Skipped,
    /// It failed, or its outcome is not known; `code` says which.
    Failed,
}

impl StepOutcome {
    /// Every outcome.
    pub const ALL: [StepOutcome; 3] = [StepOutcome::Ok, StepOutcome::Skipped, StepOutcome::Failed];

    /// The name as JavaScript sees it.
    pub fn as_str(self) -> &'static str {
        match self {
            StepOutcome::Ok => "ok",
            StepOutcome::Skipped => "skipped",
            StepOutcome::Failed => "failed",
        }
    }
}

/// One step of a sign-out, for logs and pictures; no token in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SignOutStep {
    /// Which step.
    pub step: StepName,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Why it was skipped, or what is special about it.
    pub reason: Option<Cow<'static, str>>,
    /// How many requests were sent for it.
    pub attempts: u32,
    /// When it began, in milliseconds since the sign-out began.
    pub started_at_ms: f64,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// The request id of the last answer.
    pub request_id: Option<String>,
    /// The code of its error.
    pub code: Option<AuthErrorCode>,
}

/// RevokeToken failed, was held back, or its outcome is not known.
#[derive(Clone, Debug)]
pub struct RevokeTokenError {
    /// The refresh token to retry with; `None` only where this tab never held it.
    pub refresh_token: Option<Secret>,
    /// What happened.
    pub error: AuthError,
    /// The refresh tokens of further sessions of this client that could not be revoked.
    pub others: Vec<Secret>,
}

/// GlobalSignOut failed, or its outcome is not known.
#[derive(Clone, Debug)]
pub struct GlobalSignOutError {
    /// The access token to retry with; `None` only where this tab never held it.
    pub access_token: Option<Secret>,
    /// What happened.
    pub error: AuthError,
}

/// The hosted UI's own session could not be ended.
#[derive(Clone, Debug)]
pub struct HostedUIError {
    /// The logout URL, where one could be built.
    pub url: Option<String>,
    /// What happened.
    pub error: AuthError,
}

/// ForgetDevice failed.
#[derive(Clone, Debug)]
pub struct ForgetDeviceError {
    /// What happened.
    pub error: AuthError,
}

/// A future on the one thread of the page.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Runs again what failed, all of it, once; calling it twice gives the same result.
#[derive(Clone)]
pub struct Retry(pub(crate) Rc<dyn Fn() -> LocalFuture<SignOutResult>>);

impl Retry {
    /// Runs again what failed. It never touches a session stored since.
    pub fn run(&self) -> LocalFuture<SignOutResult> {
        (self.0)()
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Retry")
    }
}

/// Everything was done that was asked for.
#[derive(Clone, Debug)]
pub struct Complete {
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// The hosted UI's logout URL: the browser is on its way there (redirect), or the app must go there (manual).
    pub logout_url: Option<String>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
}

/// The user is signed out on this device; something remote failed.
#[derive(Clone, Debug)]
pub struct Partial {
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// RevokeToken failed.
    pub revoke_token_error: Option<RevokeTokenError>,
    /// GlobalSignOut failed.
    pub global_sign_out_error: Option<GlobalSignOutError>,
    /// The hosted UI's session could not be ended.
    pub hosted_ui_error: Option<HostedUIError>,
    /// ForgetDevice failed.
    pub forget_device_error: Option<ForgetDeviceError>,
    /// The hosted UI's logout URL.
    pub logout_url: Option<String>,
    /// Runs again what failed; `None` for ten minutes after a retry that left the page, so that no app can loop.
    pub retry: Option<Retry>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
}

/// The user may still be signed in on this device.
#[derive(Clone, Debug)]
pub struct Failed {
    /// Why.
    pub error: AuthError,
    /// RevokeToken failed too.
    pub revoke_token_error: Option<RevokeTokenError>,
    /// GlobalSignOut failed too.
    pub global_sign_out_error: Option<GlobalSignOutError>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
}

/// The result of a sign-out; the counterpart of Amplify's `AWSCognitoSignOutResult`.
#[derive(Clone, Debug)]
pub enum SignOutResult {
    /// Everything was done that was asked for.
    Complete(Complete),
    /// Signed out on this device; something remote failed.
    Partial(Partial),
    /// The user may still be signed in on this device.
    Failed(Failed),
}

impl SignOutResult {
    /// False for `Failed` alone.
    pub fn signed_out_locally(&self) -> bool {
        !matches!(self, SignOutResult::Failed(_))
    }

    /// The tag: `complete`, `partial` or `failed`.
    pub fn status(&self) -> &'static str {
        match self {
            SignOutResult::Complete(_) => "complete",
            SignOutResult::Partial(_) => "partial",
            SignOutResult::Failed(_) => "failed",
        }
    }

    /// What was done, in order.
    pub fn steps(&self) -> &[SignOutStep] {
        match self {
            SignOutResult::Complete(complete) => &complete.steps,
            SignOutResult::Partial(partial) => &partial.steps,
            SignOutResult::Failed(failed) => &failed.steps,
        }
    }
}
