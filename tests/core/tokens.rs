//! Tokens in the three shapes that people have them in, and tokens that are none.

use cognito_signout::{AuthError, Config, Secret, SignInMethod, Tokens};
use serde_json::json;

use crate::support::{access_token, base64url, id_token, jwt, names_field};

fn read(tokens: serde_json::Value) -> Result<Tokens, AuthError> {
    let config =
        Config::from_json(r#"{"userPoolId":"eu-central-1_a","userPoolClientId":"client1"}"#)
            .unwrap();
    Tokens::from_json(&tokens.to_string(), &config)
}

#[test]
fn three_shapes() {
    let (access, id) = (access_token(), id_token());
    for (tokens, method) in [
        (
            json!({ "accessToken": access, "idToken": id, "refreshToken": "r" }),
            None,
        ),
        (
            json!({ "access_token": access, "id_token": id, "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600 }),
            Some(SignInMethod::HostedUi),
        ),
        (
            json!({ "AccessToken": access, "IdToken": id, "RefreshToken": "r", "TokenType": "Bearer", "ExpiresIn": 3600 }),
            Some(SignInMethod::Api),
        ),
        (
            json!({ "AuthenticationResult": { "AccessToken": access, "IdToken": id, "RefreshToken": "r" }, "ChallengeParameters": {} }),
            Some(SignInMethod::Api),
        ),
    ] {
        let read = read(tokens).unwrap();
        assert_eq!(read.access_token.expose(), access);
        assert_eq!(read.id_token.unwrap().expose(), id);
        assert_eq!(read.refresh_token.unwrap().expose(), "r");
        assert_eq!(read.username.as_deref(), Some("jane.doe"));
        assert_eq!(read.sign_in_method, method);
    }
    let alone = read(json!({ "accessToken": access, "idToken": null, "username": "jane@example.com", "signInMethod": "hostedUI" })).unwrap();
    assert_eq!((alone.id_token, alone.refresh_token), (None, None));
    assert_eq!(alone.username.as_deref(), Some("jane@example.com"));
    assert_eq!(alone.sign_in_method, Some(SignInMethod::HostedUi));
    // Beside a foreign shape too.
    let api = read(json!({ "access_token": access, "signInMethod": "api" })).unwrap();
    assert_eq!(api.sign_in_method, Some(SignInMethod::Api));
}

#[test]
fn by_hand() {
    let by_hand = Tokens::new("access")
        .with_id_token("id")
        .with_refresh_token(String::from("refresh"))
        .with_username("jane")
        .with_sign_in_method(SignInMethod::Api);
    assert_eq!(
        by_hand,
        Tokens {
            access_token: Secret::new("access"),
            id_token: Some(Secret::new("id")),
            refresh_token: Some(Secret::new("refresh")),
            username: Some("jane".to_owned()),
            sign_in_method: Some(SignInMethod::Api),
        }
    );
}

#[test]
fn what_is_wrong_is_named() {
    let access = access_token();
    for (tokens, field) in [
        (json!({}), "accessToken"),
        (json!({ "accessToken": "" }), "accessToken"),
        (json!({ "accessToken": 1 }), "accessToken"),
        (json!({ "accessToken": { "payload": {} } }), "accessToken"),
        (json!({ "accessToken": "not-a-jwt" }), "accessToken"),
        (json!({ "accessToken": "a.b.c" }), "accessToken"),
        (
            json!({ "accessToken": format!("x.{}.y", base64url("1")) }),
            "accessToken",
        ),
        (
            json!({ "accessToken": format!("x.{}.y", base64url("[]")) }),
            "accessToken",
        ),
        (json!({ "access_token": "x" }), "access_token"),
        (
            json!({ "AuthenticationResult": { "AccessToken": "x" } }),
            "AuthenticationResult.AccessToken",
        ),
        (
            json!({ "AuthenticationResult": {} }),
            "AuthenticationResult.AccessToken",
        ),
        (
            json!({ "AuthenticationResult": "x" }),
            "AuthenticationResult.AccessToken",
        ),
        (json!({ "accessToken": id_token() }), "accessToken"),
        (
            json!({ "accessToken": jwt(json!({ "client_id": "client2", "username": "x" })) }),
            "accessToken",
        ),
        (
            json!({ "AccessToken": jwt(json!({ "client_id": "client2", "username": "x" })) }),
            "AccessToken",
        ),
        (
            json!({ "accessToken": access, "idToken": jwt(json!({ "token_use": "id", "aud": "client2" })) }),
            "idToken",
        ),
        (
            json!({ "access_token": access, "id_token": jwt(json!({ "token_use": "id", "aud": "client11" })) }),
            "id_token",
        ),
        (json!({ "accessToken": access, "idToken": "x" }), "idToken"),
        (
            json!({ "accessToken": access, "idToken": access }),
            "idToken",
        ),
        (
            json!({ "accessToken": access, "refreshToken": "" }),
            "refreshToken",
        ),
        (
            json!({ "accessToken": access, "refreshToken": 1 }),
            "refreshToken",
        ),
        (json!({ "accessToken": access, "username": 1 }), "username"),
        (
            json!({ "accessToken": access, "signInMethod": "oauth" }),
            "signInMethod",
        ),
        (
            json!({ "accessToken": jwt(json!({ "sub": "s" })) }),
            "username",
        ),
        (json!("x"), "tokens"),
        (json!(null), "tokens"),
        (json!([]), "tokens"),
    ] {
        let result = read(tokens);
        assert!(
            !format!("{result:?}").contains("eyJ"),
            "a token is in the error"
        );
        names_field(result, field);
    }
}
