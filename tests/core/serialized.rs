//! What serde writes and reads is the JSON of the npm package, without a token.

use std::time::Duration;

use cognito_signout::{
    AuthError, AuthErrorCode, Complete, Config, Failed, HostedUiMode, Partial, RevokeTokenError,
    Secret, SignOutOptions, SignOutResult, SignedOutEvent, SignedOutReason, Status, StepName,
    StepOutcome,
};
use serde_json::{from_value, json, to_value};

#[test]
fn results_are_written_without_tokens() {
    let error = AuthError::new(AuthErrorCode::Network);
    let complete = SignOutResult::Complete(Complete {
        was_signed_in: true,
        logout_url: None,
        steps: Vec::new(),
    });
    assert_eq!(
        to_value(complete).unwrap(),
        json!({ "status": "complete", "signedOutLocally": true, "wasSignedIn": true, "steps": [] })
    );
    let revoke = RevokeTokenError {
        refresh_token: Some(Secret::new("refresh-token")),
        error: error.clone(),
        others: vec![Secret::new("another-token")],
    };
    let written = json!({
        "code": "network",
        "message": error.message,
        "recoverySuggestion": error.recovery_suggestion,
        "retryable": true,
    });
    let partial = to_value(SignOutResult::Partial(Partial {
        was_signed_in: true,
        revoke_token_error: Some(revoke),
        global_sign_out_error: None,
        hosted_ui_error: None,
        forget_device_error: None,
        logout_url: Some("https://a.example/logout".to_owned()),
        retry: None,
        steps: Vec::new(),
    }));
    assert_eq!(
        partial.unwrap(),
        json!({
            "status": "partial", "signedOutLocally": true, "wasSignedIn": true,
            "logoutUrl": "https://a.example/logout",
            "revokeTokenError": { "error": written.clone() },
            "steps": [],
        })
    );
    let failed = to_value(SignOutResult::Failed(Failed {
        error,
        revoke_token_error: None,
        global_sign_out_error: None,
        steps: Vec::new(),
    }));
    assert_eq!(
        failed.unwrap(),
        json!({ "status": "failed", "signedOutLocally": false, "error": written, "steps": [] })
    );
}

#[test]
fn events_and_names_are_written_as_javascript_has_them() {
    let event = SignedOutEvent {
        reason: SignedOutReason::OtherTab,
        global: true,
        redirecting: false,
    };
    assert_eq!(
        to_value(event).unwrap(),
        json!({ "reason": "otherTab", "global": true, "redirecting": false })
    );
    assert_eq!(
        to_value((Status::Partial, StepName::ReadBack, StepOutcome::Ok)).unwrap(),
        json!(["partial", "readBack", "ok"])
    );
}

#[test]
fn configurations_and_options_are_read_and_checked() {
    let own = json!({ "userPoolId": "eu-central-1_a", "userPoolClientId": "client1" });
    let config: Config = from_value(own).unwrap();
    assert_eq!(
        config,
        Config::builder("eu-central-1_a", "client1")
            .build()
            .unwrap()
    );
    let error = from_value::<Config>(json!({ "userPoolId": 1 })).unwrap_err();
    assert!(error.to_string().contains("userPoolId: "), "{error}");

    let options =
        json!({ "global": true, "hostedUI": "none", "timeoutMs": 3000, "redirectUrl": null });
    let options: SignOutOptions = from_value(options).unwrap();
    assert_eq!(
        options,
        SignOutOptions {
            global: true,
            hosted_ui: HostedUiMode::None,
            timeout: Duration::from_secs(3),
            ..SignOutOptions::default()
        }
    );
    let error = from_value::<SignOutOptions>(json!({ "timeOut": 1 })).unwrap_err();
    assert!(error.to_string().contains("timeOut: "), "{error}");
}
