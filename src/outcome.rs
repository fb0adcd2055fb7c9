//! What a sign-out came to: its status, the error of each step that failed, the log of its steps.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::error::{AuthError, AuthErrorCode};
use crate::session::Secret;

/// What a sign-out came to, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Everything was done that was asked for.
    Complete,
    /// Signed out on this device; something remote failed.
    Partial,
    /// The user may still be signed in on this device.
    Failed,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 3] = [Status::Complete, Status::Partial, Status::Failed];

    /// The name as JavaScript sees it, such as `"complete"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Complete => "complete",
            Status::Partial => "partial",
            Status::Failed => "failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The steps of a sign-out, as [`SignOutStep`] names them. A new step is a minor version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub(crate) started_at_ms: f64,
    pub(crate) duration_ms: f64,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// The request id of the last answer (`x-amzn-RequestId`).
    pub request_id: Option<String>,
    /// The code of its error.
    pub code: Option<AuthErrorCode>,
}

impl SignOutStep {
    /// How long after the beginning of the sign-out it began.
    pub fn started_at(&self) -> Duration {
        duration(self.started_at_ms)
    }

    /// How long it took.
    pub fn duration(&self) -> Duration {
        duration(self.duration_ms)
    }
}

/// A time of the engine, in milliseconds.
fn duration(ms: f64) -> Duration {
    Duration::from_nanos((ms * 1e6) as u64)
}

/// RevokeToken failed, was held back, or its outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokeTokenError {
    /// The refresh token to retry with; `None` only where this tab never held it.
    pub refresh_token: Option<Secret>,
    /// What happened.
    pub error: AuthError,
    /// The refresh tokens of further sessions of this client that could not be revoked.
    pub others: Vec<Secret>,
}

/// GlobalSignOut failed, or its outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalSignOutError {
    /// The access token to retry with; `None` only where this tab never held it.
    pub access_token: Option<Secret>,
    /// What happened.
    pub error: AuthError,
}

/// The hosted UI's own session could not be ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedUiError {
    /// The logout URL, where one could be built.
    pub url: Option<String>,
    /// What happened.
    pub error: AuthError,
}

/// ForgetDevice failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgetDeviceError {
    /// What happened.
    pub error: AuthError,
}
