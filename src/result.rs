//! The result of a sign-out: an enum of three, and a way to run again what failed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::AuthError;
use crate::outcome::{
    ForgetDeviceError, GlobalSignOutError, HostedUiError, RevokeTokenError, SignOutStep, Status,
};

/// A page has one thread; a server moves futures and results between threads.
#[cfg(target_arch = "wasm32")]
mod kind {
    use super::{Future, Pin, SignOutFuture, SignOutResult};

    pub type Boxed = Pin<Box<dyn Future<Output = SignOutResult>>>;
    pub type Shared = std::rc::Rc<dyn Fn() -> SignOutFuture>;
}

#[cfg(not(target_arch = "wasm32"))]
mod kind {
    use super::{Future, Pin, SignOutFuture, SignOutResult};

    pub type Boxed = Pin<Box<dyn Future<Output = SignOutResult> + Send + Sync>>;
    pub type Shared = std::sync::Arc<dyn Fn() -> SignOutFuture + Send + Sync>;
}

/// The result of a sign-out, which has begun already. Dropping this does not stop it.
#[must_use = "await it: the result says whether the user is signed out"]
pub struct SignOutFuture(pub(crate) kind::Boxed);

impl Future for SignOutFuture {
    type Output = SignOutResult;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SignOutResult> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for SignOutFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignOutFuture")
    }
}

/// Runs again what failed, all of it, once. Two of them are equal if they are clones of one.
#[derive(Clone)]
pub struct Retry(pub(crate) kind::Shared);

impl Retry {
    /// Runs again what failed; calling it twice gives the same result. It never touches a session
    /// stored since.
    pub fn run(&self) -> SignOutFuture {
        (self.0)()
    }
}

impl PartialEq for Retry {
    fn eq(&self, other: &Retry) -> bool {
        kind::Shared::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Retry")
    }
}

/// Everything was done that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Complete {
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// The hosted UI's logout URL: the browser is on its way there (redirect), or the app must go there (manual).
    pub logout_url: Option<String>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
}

/// The user is signed out on this device; something remote failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial {
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// RevokeToken failed.
    pub revoke_token_error: Option<RevokeTokenError>,
    /// GlobalSignOut failed.
    pub global_sign_out_error: Option<GlobalSignOutError>,
    /// The hosted UI's session could not be ended.
    pub hosted_ui_error: Option<HostedUiError>,
    /// ForgetDevice failed.
    pub forget_device_error: Option<ForgetDeviceError>,
    /// The hosted UI's logout URL.
    pub logout_url: Option<String>,
    /// Runs again what failed; `None` for ten minutes after a retry that left the page, so that no app can loop, and in
    /// the result of one that could only hear again what another tab's sign-out came to.
    pub retry: Option<Retry>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
}

/// The user may still be signed in on this device.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it says whether the user is signed out"]
pub enum SignOutResult {
    /// Everything was done that was asked for.
    Complete(Complete),
    /// Signed out on this device; something remote failed.
    Partial(Partial),
    /// The user may still be signed in on this device.
    Failed(Failed),
}

impl SignOutResult {
    /// Whether everything was done that was asked for.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self, SignOutResult::Complete(_))
    }

    /// Whether the user is signed out on this device; false for `Failed` alone.
    #[must_use]
    pub fn signed_out_locally(&self) -> bool {
        !matches!(self, SignOutResult::Failed(_))
    }

    /// The variant, without what is in it.
    pub fn status(&self) -> Status {
        match self {
            SignOutResult::Complete(_) => Status::Complete,
            SignOutResult::Partial(_) => Status::Partial,
            SignOutResult::Failed(_) => Status::Failed,
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

/// What a sign-out that left the page for the hosted UI came to, without tokens.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it says whether the user is signed out"]
pub struct ReturnedSignOutResult {
    /// What it came to.
    pub status: Status,
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// RevokeToken failed, or its outcome is not known.
    pub revoke_token_error: Option<AuthError>,
    /// GlobalSignOut failed, or its outcome is not known.
    pub global_sign_out_error: Option<AuthError>,
    /// The hosted UI's session could not be ended.
    pub hosted_ui_error: Option<HostedUiError>,
    /// ForgetDevice failed.
    pub forget_device_error: Option<AuthError>,
    /// The logout URL that the browser was sent to.
    pub logout_url: Option<String>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
    /// The JSON text that was given by [`Hooks::with_app_state`](crate::Hooks::with_app_state).
    pub app_state: Option<String>,
    /// Leaves for the hosted UI once more; only where that step alone failed.
    pub retry: Option<Retry>,
}
