//! Running a sign-out, and looking at what it came to.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// The options with all defaults.
pub use cognito_signout::SignOutOptions as Options;
use cognito_signout::{
    AuthErrorCode, Client, Complete, Partial, SignOutResult, SignedOutEvent, Subscription,
};

use super::wait::settled;

/// Signs out, and waits for the result.
pub async fn run(client: &Client, options: Options) -> SignOutResult {
    settled("signOut", client.sign_out(options)).await
}

/// Listens until the subscription is dropped, and keeps what it hears.
pub fn listen(client: &Client) -> (Subscription, Rc<RefCell<Vec<SignedOutEvent>>>) {
    let heard = Rc::<RefCell<Vec<SignedOutEvent>>>::default();
    let seen = heard.clone();
    let subscription = client.on_signed_out(move |event| seen.borrow_mut().push(event));
    (subscription, heard)
}

#[track_caller]
pub fn complete(result: SignOutResult) -> Complete {
    match result {
        SignOutResult::Complete(complete) => complete,
        other => panic!("not complete: {other:?}"),
    }
}

#[track_caller]
pub fn partial(result: SignOutResult) -> Partial {
    match result {
        SignOutResult::Partial(partial) => partial,
        other => panic!("not partial: {other:?}"),
    }
}

/// The code of RevokeToken's error.
pub fn revoke_code(partial: &Partial) -> Option<AuthErrorCode> {
    partial.revoke_token_error.as_ref().map(|e| e.error.code)
}

/// The code of GlobalSignOut's error.
pub fn global_code(partial: &Partial) -> Option<AuthErrorCode> {
    partial.global_sign_out_error.as_ref().map(|e| e.error.code)
}

/// The options of a global sign-out.
pub fn everywhere() -> Options {
    Options {
        global: true,
        ..Options::default()
    }
}

/// The options with another time-out.
pub fn within(ms: u64) -> Options {
    Options {
        timeout: Duration::from_millis(ms),
        ..Options::default()
    }
}
