//! The requests, letter by letter; parity 6 and 8 (ARCHITECTURE.md, "Tests") rest on these.

use cognito_signout::Secret;
use cognito_signout::internals::protocol::{
    Request, forget_device, global_sign_out, refresh, revoke_token,
};
use serde_json::{Value, json};

const ENDPOINT: &str = "https://cognito-idp.eu-central-1.amazonaws.com/";

fn check(request: Request, target: &str, body: Value) {
    assert_eq!(request.target, target);
    assert_eq!(request.url, ENDPOINT);
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), body);
    assert_eq!(
        format!("{request:?}"),
        target,
        "a request must not print its token"
    );
}

#[test]
fn each_request() {
    let token = Secret::new("to\"ken");
    check(
        revoke_token::request(ENDPOINT, "client1", &token),
        "RevokeToken",
        json!({ "Token": "to\"ken", "ClientId": "client1" }),
    );
    check(
        global_sign_out::request(ENDPOINT, &token),
        "GlobalSignOut",
        json!({ "AccessToken": "to\"ken" }),
    );
    check(
        forget_device::request(ENDPOINT, &token, "eu-central-1_dev"),
        "ForgetDevice",
        json!({ "AccessToken": "to\"ken", "DeviceKey": "eu-central-1_dev" }),
    );
    check(
        refresh::request(ENDPOINT, "client1", &token, None),
        "GetTokensFromRefreshToken",
        json!({ "RefreshToken": "to\"ken", "ClientId": "client1" }),
    );
    check(
        refresh::request(ENDPOINT, "client1", &token, Some("dev")),
        "GetTokensFromRefreshToken",
        json!({ "RefreshToken": "to\"ken", "ClientId": "client1", "DeviceKey": "dev" }),
    );
    check(
        refresh::fallback_request(ENDPOINT, "client1", &token, None),
        "InitiateAuth",
        json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "client1", "AuthParameters": { "REFRESH_TOKEN": "to\"ken" } }),
    );
    check(
        refresh::fallback_request(ENDPOINT, "client1", &token, Some("dev")),
        "InitiateAuth",
        json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "client1",
            "AuthParameters": { "REFRESH_TOKEN": "to\"ken", "DEVICE_KEY": "dev" } }),
    );
}
