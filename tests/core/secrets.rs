//! Tokens do not print, whatever holds them.

use std::fmt::Debug;

use cognito_signout::internals::session::Session;
use cognito_signout::{
    AuthError, AuthErrorCode, Config, Failed, GlobalSignOutError, RevokeTokenError, Secret,
    SignOutResult, Tokens,
};

use crate::support::{access_token, id_token};

const REFRESH: &str = "refresh-token-of-jane-1234567890abcdef";

/// Prints it in both ways; no token, nor the telling part of one, may come out.
fn prints_no_token(value: &impl Debug) -> String {
    let text = format!("{value:?} {value:#?}");
    for token in [access_token(), id_token(), REFRESH.to_owned()] {
        assert!(text.contains("[redacted]"), "{text}");
        for part in token.split('.').filter(|part| part.len() > 16) {
            assert!(!text.contains(part), "{text}");
            assert!(!text.contains(&part[part.len() - 16..]), "{text}");
        }
    }
    text
}

#[test]
fn secrets_tokens_and_sessions_print_redacted() {
    assert_eq!(format!("{:?}", Secret::new(REFRESH)), "[redacted]");
    assert_eq!(Secret::new(REFRESH).expose(), REFRESH);
    let (access, id) = (Secret::new(access_token()), Secret::new(id_token()));
    let tokens = Tokens {
        access_token: access.clone(),
        id_token: Some(id.clone()),
        refresh_token: Some(Secret::new(REFRESH)),
        username: Some("jane".to_owned()),
        sign_in_method: None,
    };
    assert!(prints_no_token(&tokens).contains("jane"));
    prints_no_token(&Some(vec![tokens]));
    prints_no_token(&Session {
        username: "jane".to_owned(),
        access_token: Some(access),
        id_token: Some(id),
        refresh_token: Some(Secret::new(REFRESH)),
        ..Session::default()
    });
}

#[test]
fn results_print_redacted() {
    let error = AuthError::new(AuthErrorCode::Network);
    prints_no_token(&SignOutResult::Failed(Failed {
        error: error.clone(),
        revoke_token_error: Some(RevokeTokenError {
            refresh_token: Some(Secret::new(REFRESH)),
            error: error.clone(),
            others: vec![Secret::new(id_token())],
        }),
        global_sign_out_error: Some(GlobalSignOutError {
            access_token: Some(Secret::new(access_token())),
            error,
        }),
        steps: Vec::new(),
    }));
}

#[test]
fn a_token_as_the_name_of_a_setting_is_not_quoted() {
    let token = access_token();
    let config = serde_json::json!({
        "userPoolId": "eu-central-1_a", "userPoolClientId": "client1", &token: 1,
    });
    let error = Config::from_json(&config.to_string()).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("[redacted]: is not known"), "{text}");
    assert!(!text.contains(&token), "{text}");
}
