//! Every answer of the corpus, with the outcome that the contract's table gives it, written by hand.

use cognito_signout::AuthError;
use cognito_signout::internals::protocol::{
    Operation, Response, forget_device, global_sign_out, is_transient, refresh, revoke_token,
    service_error,
};
use serde_json::Value;

const CORPUS: &str = include_str!("../fixtures/cognito-responses.json");

/// The code; whether `retryable`; whether it is tried again at once.
type Outcome = Result<(), (&'static str, bool, bool)>;

const NOT_AUTHORIZED: Outcome = Err(("notAuthorized", false, false));
const REVOKED: Outcome = Err(("tokenRevoked", false, false));
const DISABLED: Outcome = Err(("revocationDisabled", false, false));
const THROTTLED: Outcome = Err(("throttled", true, true));
const CONFIGURATION: Outcome = Err(("configuration", false, false));
const SERVICE: Outcome = Err(("service", false, false));
const SERVER_FAULT: Outcome = Err(("service", true, true));
const FOREIGN: Outcome = Err(("service", true, false));
/// The same with status 200, as a captive portal answers.
const PORTAL: Outcome = Err(("service", true, true));

fn outcome<T>(result: Result<T, AuthError>) -> Outcome {
    result
        .map(drop)
        .map_err(|error| (error.code.as_str(), error.retryable, is_transient(&error)))
}

fn ask(operation: &str, response: &Response) -> Outcome {
    match operation {
        "RevokeToken" => outcome(revoke_token::answer(response)),
        "GlobalSignOut" => outcome(global_sign_out::answer(response, false)),
        "GetTokensFromRefreshToken" => outcome(refresh::answer(response)),
        "ForgetDevice" => outcome(forget_device::answer(response)),
        _ => panic!("{operation}"),
    }
}

fn response(status: u64, kind: Option<&str>, body: String) -> Response {
    Response {
        status: status as u16,
        error_type: kind.map(str::to_owned),
        request_id: Some("request-1".into()),
        body,
        ..Response::default()
    }
}

/// The rows of `json_api`, in the order of the file.
#[rustfmt::skip]
const JSON_API: [(&str, &str, &str, Outcome); 30] = [
    ("RevokeToken", "", "", Ok(())),
    ("RevokeToken", "", "", Ok(())),
    ("GlobalSignOut", "", "", Ok(())),
    ("GlobalSignOut", "NotAuthorizedException", "Access Token has been revoked", REVOKED),
    ("GlobalSignOut", "NotAuthorizedException", "Access Token has expired", Err(("tokenExpired", false, false))),
    ("GlobalSignOut", "NotAuthorizedException", "Access Token does not have required scopes", Err(("missingScope", false, false))),
    ("GlobalSignOut", "NotAuthorizedException", "Could not verify signature for Access Token", NOT_AUTHORIZED),
    ("GlobalSignOut", "NotAuthorizedException", "Invalid Access Token", NOT_AUTHORIZED),
    ("GlobalSignOut", "InvalidParameterException", "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+", SERVICE),
    ("GlobalSignOut", "TooManyRequestsException", "Rate exceeded", THROTTLED),
    ("RevokeToken", "TooManyRequestsException", "Too many requests", THROTTLED),
    ("GlobalSignOut", "UserNotFoundException", "User does not exist.", NOT_AUTHORIZED),
    ("GlobalSignOut", "PasswordResetRequiredException", "", NOT_AUTHORIZED),
    ("GlobalSignOut", "UserNotConfirmedException", "", NOT_AUTHORIZED),
    ("GlobalSignOut", "ResourceNotFoundException", "", CONFIGURATION),
    ("GlobalSignOut", "ForbiddenException", "", SERVICE),
    ("GlobalSignOut", "OperationNotEnabledException", "", SERVICE),
    ("GlobalSignOut", "InternalErrorException", "", SERVER_FAULT),
    ("RevokeToken", "UnsupportedTokenTypeException", "", DISABLED),
    ("RevokeToken", "UnsupportedOperationException", "", DISABLED),
    ("RevokeToken", "UnauthorizedException", "", NOT_AUTHORIZED),
    ("RevokeToken", "InvalidParameterException", "", SERVICE),
    ("RevokeToken", "ForbiddenException", "", SERVICE),
    ("RevokeToken", "OperationNotEnabledException", "", DISABLED),
    ("RevokeToken", "InternalErrorException", "", SERVER_FAULT),
    ("GetTokensFromRefreshToken", "NotAuthorizedException", "Refresh Token has been revoked", REVOKED),
    ("GetTokensFromRefreshToken", "NotAuthorizedException", "Invalid Refresh Token.", REVOKED),
    ("GetTokensFromRefreshToken", "RefreshTokenReuseException", "", REVOKED),
    ("GetTokensFromRefreshToken", "UserNotFoundException", "User does not exist.", NOT_AUTHORIZED),
    ("ForgetDevice", "ResourceNotFoundException", "Device does not exist.", SERVICE),
];

#[test]
fn every_row_of_the_json_api() {
    let corpus: Value = serde_json::from_str(CORPUS).unwrap();
    let rows = corpus["json_api"].as_array().unwrap();
    assert_eq!(rows.len(), JSON_API.len());
    for (row, (operation, kind, message, expected)) in rows.iter().zip(JSON_API) {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        assert_eq!(
            (text("op"), text("type"), text("message")),
            (operation, kind, message)
        );
        let status = row["status"].as_u64().unwrap();
        if status == 200 {
            assert_eq!(
                ask(operation, &response(200, None, text("body").into())),
                expected,
                "{row}"
            );
            continue;
        }
        // As real Cognito sends it: the header ends with a colon, the body says the same.
        let body = serde_json::json!({ "__type": kind, "message": message }).to_string();
        let header = [kind, ":"].concat();
        for answer in [
            response(status, Some(&header), body.clone()),
            response(status, None, body.clone()),
            response(status, Some(""), body.clone()),
            response(status, None, serde_json::json!({ "code": kind, "message": message }).to_string()),
            response(status, None, serde_json::json!({ "__type": format!("com.amazonaws#{kind}:x,y"), "Message": message }).to_string()),
            response(status, Some(&header), serde_json::json!({ "__type": "ForbiddenException", "message": message }).to_string()),
            // By type, never by status.
            response(418, Some(&header), body.clone()),
        ] {
            assert_eq!(ask(operation, &answer), expected, "{row} {}", answer.body);
        }
    }
}

#[test]
fn every_row_of_robustness() {
    // RevokeToken, GlobalSignOut, refresh, ForgetDevice.
    let same = |outcome: Outcome| [outcome; 4];
    let expected = [
        same(NOT_AUTHORIZED),
        same(NOT_AUTHORIZED),
        same(NOT_AUTHORIZED),
        same(SERVER_FAULT),
        same(SERVER_FAULT),
        same(THROTTLED),
        same(PORTAL),
        same(SERVICE),
        same(SERVICE),
        same(SERVICE),
        same(SERVICE),
    ];
    let corpus: Value = serde_json::from_str(CORPUS).unwrap();
    let rows = corpus["robustness"].as_array().unwrap();
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        let answer = response(
            row["status"].as_u64().unwrap(),
            row["headers"]["x-amzn-errortype"].as_str(),
            row["body"].as_str().unwrap().into(),
        );
        for (operation, expected) in [
            "RevokeToken",
            "GlobalSignOut",
            "GetTokensFromRefreshToken",
            "ForgetDevice",
        ]
        .iter()
        .zip(expected)
        {
            assert_eq!(ask(operation, &answer), expected, "{operation} {row}");
        }
    }
}

/// What the table says of answers that the corpus gives to one operation only.
#[test]
fn the_table_across_operations() {
    use Operation::{ForgetDevice, GlobalSignOut, Refresh, RevokeToken};
    let refused = "NotAuthorizedException";
    let secret = "Client 1abc is configured with secret but SECRET_HASH was not received";
    #[rustfmt::skip]
    let rows: [(Operation, &str, &str, Outcome); 30] = [
        (RevokeToken, refused, "Refresh Token has been revoked", Ok(())),
        (RevokeToken, refused, "Access Token has been revoked", Ok(())),
        (RevokeToken, refused, "Invalid Refresh Token.", Ok(())),
        (RevokeToken, refused, "Refresh Token has expired", Ok(())),
        (RevokeToken, refused, "", NOT_AUTHORIZED),
        (RevokeToken, refused, "Access Token has expired", NOT_AUTHORIZED),
        (RevokeToken, refused, "Access Token does not have required scopes", NOT_AUTHORIZED),
        (RevokeToken, "UserNotFoundException", "User does not exist.", NOT_AUTHORIZED),
        (RevokeToken, "ResourceNotFoundException", "User pool client 1abc does not exist.", CONFIGURATION),
        (Refresh, refused, "Refresh Token has expired", REVOKED),
        (GlobalSignOut, refused, "Refresh Token has expired", NOT_AUTHORIZED),
        (Refresh, refused, "Access Token has expired", Err(("tokenExpired", false, false))),
        (Refresh, refused, "User is disabled.", NOT_AUTHORIZED),
        (Refresh, "OperationNotEnabledException", "", SERVICE),
        (Refresh, "ResourceNotFoundException", "User pool client 1abc does not exist.", CONFIGURATION),
        (Refresh, "UnauthorizedException", "", SERVICE),
        (GlobalSignOut, "UnauthorizedException", "", SERVICE),
        (GlobalSignOut, "UnsupportedOperationException", "", SERVICE),
        (ForgetDevice, refused, "Access Token has been revoked", REVOKED),
        (ForgetDevice, refused, "Access Token has expired", Err(("tokenExpired", false, false))),
        (ForgetDevice, refused, "Access Token does not have required scopes", Err(("missingScope", false, false))),
        (ForgetDevice, "ResourceNotFoundException", "", SERVICE),
        (ForgetDevice, "ResourceNotFoundException", "User pool client 1abc does not exist.", CONFIGURATION),
        (RevokeToken, refused, secret, CONFIGURATION),
        (GlobalSignOut, refused, secret, CONFIGURATION),
        (Refresh, refused, secret, CONFIGURATION),
        (Refresh, refused, "Unable to verify secret hash for client 1abc", CONFIGURATION),
        (RevokeToken, "UnauthorizedException", "Invalid client secret", CONFIGURATION),
        (GlobalSignOut, "ThrottlingException", "Rate exceeded", THROTTLED),
        (GlobalSignOut, "SomethingNewException", "x", SERVICE),
    ];
    for (operation, kind, message, expected) in rows {
        let body = serde_json::json!({ "message": message }).to_string();
        let result = service_error::read(operation, &response(400, Some(kind), body));
        assert_eq!(outcome(result), expected, "{operation:?} {kind} {message}");
    }
    for (status, expected) in [
        (204, FOREIGN),
        (302, FOREIGN),
        (0, FOREIGN),
        (400, SERVICE),
        (401, SERVICE),
        (403, SERVICE),
        (404, SERVICE),
        (429, THROTTLED),
        (500, SERVER_FAULT),
        (504, SERVER_FAULT),
    ] {
        for body in ["", "{}", "<html>"] {
            assert_eq!(
                ask("GlobalSignOut", &response(status, None, body.into())),
                expected,
                "{status} {body}"
            );
        }
    }
    for body in [
        "null", "[]", "1", "\"\"", "true", "<html>", "{", "OK", "{}x",
    ] {
        assert_eq!(
            ask("RevokeToken", &response(200, None, body.into())),
            PORTAL,
            "{body}"
        );
    }
    assert_eq!(
        ask("RevokeToken", &response(200, None, " \n".into())),
        Ok(())
    );
}

#[test]
fn the_error_says_what_happened_and_holds_no_token() {
    let token = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIn0.abc";
    let body = serde_json::json!({ "message": format!("bad token {token} {}", "x ".repeat(500)) })
        .to_string();
    let mut answer = response(400, Some("NotAuthorizedException:"), body);
    let error = global_sign_out::answer(&answer, false).unwrap_err();
    assert!(
        error.message.starts_with(
            "Cognito refused the token (NotAuthorizedException: bad token [redacted] x"
        )
    );
    assert!(error.message.len() < 300);
    let service = error.service.clone().unwrap();
    assert_eq!(
        (service.kind.as_str(), service.status),
        ("NotAuthorizedException", 400)
    );
    assert_eq!(service.request_id.as_deref(), Some("request-1"));
    assert!(!format!("{error:?}").contains("eyJ"));

    answer.error_type = Some(token.into());
    assert!(!format!("{:?}", global_sign_out::answer(&answer, false)).contains("eyJ"));

    // The start of a token is no word, and no end of a message.
    answer.error_type = Some("AbCd0123-AbCd0123-AbCd0123-AbCd0123".into());
    let error = global_sign_out::answer(&answer, false).unwrap_err();
    assert_eq!(error.service.clone().unwrap().kind, "");
    let message = ["x ".repeat(90), token.to_owned()].concat();
    answer.body = serde_json::json!({ "message": message }).to_string();
    let error = global_sign_out::answer(&answer, false).unwrap_err();
    assert!(error.message.ends_with("x [redacted])."), "{error}");

    // Of a foreign type only the word is shown.
    for (foreign, kind) in [("Odd_Type!<b>", "Odd_Type"), ("Odd Type", "Odd")] {
        answer.error_type = Some(foreign.into());
        let error = global_sign_out::answer(&answer, false).unwrap_err();
        assert_eq!(error.service.clone().unwrap().kind, kind);
    }

    let secret = response(
        400,
        Some("NotAuthorizedException"),
        r#"{"message":"Unable to verify secret hash"}"#.into(),
    );
    let error = revoke_token::answer(&secret).unwrap_err();
    assert!(
        error
            .recovery_suggestion
            .contains("app client without a secret")
    );
}

#[test]
fn a_revoked_token_after_a_lost_answer_probably_means_success() {
    let answer = response(
        400,
        Some("NotAuthorizedException"),
        r#"{"message":"Access Token has been revoked"}"#.into(),
    );
    let error = global_sign_out::answer(&answer, true).unwrap_err();
    assert_eq!(error.code.as_str(), "tokenRevoked");
    assert!(error.message.contains("probably succeeded"));
    assert!(error.service.is_some());
    assert!(
        !global_sign_out::answer(&answer, false)
            .unwrap_err()
            .message
            .contains("probably")
    );
}

#[test]
fn a_refresh_needs_an_access_token() {
    let answer = |body: &str| refresh::answer(&response(200, None, body.into()));
    let good =
        answer(r#"{"AuthenticationResult":{"AccessToken":"a","IdToken":"i","RefreshToken":"r"}}"#)
            .unwrap();
    assert_eq!(good.access_token.expose(), "a");
    assert_eq!(good.id_token.unwrap().expose(), "i");
    assert_eq!(good.refresh_token.unwrap().expose(), "r");
    assert_eq!(
        answer(r#"{"AuthenticationResult":{"AccessToken":"a"}}"#)
            .unwrap()
            .refresh_token,
        None
    );
    for body in [
        "",
        "{}",
        "null",
        r#"{"AuthenticationResult":{}}"#,
        r#"{"AuthenticationResult":{"AccessToken":""}}"#,
        r#"{"AuthenticationResult":{"AccessTok"#,
    ] {
        assert_eq!(outcome(answer(body)), PORTAL, "{body}");
    }
}

#[test]
fn the_fallback_is_for_pools_that_do_not_know_the_operation() {
    for (status, kind, wanted) in [
        (400, "UnknownOperationException", true),
        (400, "UnsupportedOperationException", true),
        (400, "OperationNotEnabledException", true),
        (400, "InvalidParameterException", true),
        (404, "", true),
        (400, "NotAuthorizedException", false),
        (400, "RefreshTokenReuseException", false),
        (400, "TooManyRequestsException", false),
        (500, "InternalErrorException", false),
        (502, "", false),
    ] {
        let error = refresh::answer(&response(status, Some(kind), String::new())).unwrap_err();
        assert_eq!(refresh::wants_fallback(&error), wanted, "{status} {kind}");
    }
}
