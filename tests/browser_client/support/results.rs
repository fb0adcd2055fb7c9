//! Running a sign-out, and looking at what it came to.

use cognito_signout::Client;
use cognito_signout::error::AuthErrorCode;
/// The options with all defaults.
pub use cognito_signout::options::SignOutOptions as Options;
use cognito_signout::outcome::{Complete, Failed, Partial, SignOutResult, StepName, StepOutcome};

use super::wait::settled;

/// Signs out, and waits for the result.
pub async fn run(client: &Client, options: Options) -> SignOutResult {
    settled("signOut", client.sign_out(options)).await
}

/// Runs again what failed.
pub async fn again(result: &Partial) -> SignOutResult {
    settled("retry", result.retry.as_ref().unwrap().run()).await
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

#[track_caller]
pub fn failed(result: SignOutResult) -> Failed {
    match result {
        SignOutResult::Failed(failed) => failed,
        other => panic!("not failed: {other:?}"),
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

/// How a step ended; `None` where it is not among the steps.
pub fn step(result: &SignOutResult, name: StepName) -> Option<StepOutcome> {
    let step = result.steps().iter().find(|step| step.step == name);
    step.map(|step| step.outcome)
}

/// The options of a global sign-out.
pub fn everywhere() -> Options {
    Options {
        global: true,
        ..Options::default()
    }
}

/// The options with another time-out.
pub fn within(timeout_ms: f64) -> Options {
    Options {
        timeout_ms,
        ..Options::default()
    }
}
