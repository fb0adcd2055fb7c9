//! Tokens and their claims.

use cognito_signout::internals::session::{Claims, Session, SessionId};
use cognito_signout::{AuthError, Config, Secret, Tokens};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::hostile::{any_value, holds_part, misshapen, secret, spoiled, written};
use crate::support::{access_token, base64url, id_token, jwt};

fn config() -> Config {
    Config::from_json(r#"{"userPoolId":"eu-central-1_a","userPoolClientId":"client1"}"#).unwrap()
}

fn tokens(tokens: &Value) -> Result<Tokens, AuthError> {
    Tokens::from_json(&tokens.to_string(), &config())
}

/// The claims of a token, by an independent reader of RFC 7519 and RFC 4648. It tolerates
/// padding.
fn payload(token: &str) -> Option<Value> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts[..] else {
        return None;
    };
    let mut bits = String::new();
    for digit in payload.trim_end_matches('=').chars() {
        bits.push_str(&format!("{:06b}", DIGITS.find(digit)?));
    }
    let bytes = bits.as_bytes().chunks_exact(8).map(|byte| {
        let byte = std::str::from_utf8(byte).unwrap();
        u8::from_str_radix(byte, 2).unwrap()
    });
    let text = String::from_utf8(bytes.collect()).ok()?;
    serde_json::from_str(&text).ok().filter(Value::is_object)
}

/// Access tokens, some with replaced claims, some spoiled.
fn any_token() -> impl Strategy<Value = String> {
    let claims = json!({
        "token_use": "access", "client_id": "client1", "username": "jané", "sub": "s-1", "iss": "i",
        "origin_jti": "o-1", "jti": "j-1", "exp": 1_800_000_000, "iat": 1.5, "scope": ["a"],
    });
    let claims = (misshapen(Just(claims)), any::<u64>());
    let whole = claims.prop_map(|(claims, seed)| written(&claims, seed));
    prop_oneof![
        3 => spoiled(whole).prop_map(|claims| ["e30.", &base64url(&claims), ".c2ln"].concat()),
        3 => spoiled(Just(access_token())),
        1 => "[A-Za-z0-9_=.-]{0,60}",
        1 => any::<String>(),
    ]
}

/// Tokens in each accepted shape.
fn any_shape(access: &str, id: &str, refresh: &str) -> Vec<Value> {
    let cognito = json!({ "AccessToken": access, "IdToken": id, "RefreshToken": refresh });
    vec![
        json!({ "accessToken": access, "idToken": id, "refreshToken": refresh, "username": "jane", "signInMethod": "api" }),
        json!({ "access_token": access, "id_token": id, "refresh_token": refresh, "expires_in": 3600 }),
        json!({ "AuthenticationResult": cognito, "ChallengeParameters": {} }),
        cognito,
    ]
}

proptest! {
    /// Claims are read exactly, whatever else is in the token. A claim of the wrong type is
    /// ignored.
    #[test]
    fn claims_are_read_exactly(
        client in any_value(), user in any_value(), sub in any_value(), origin in any_value(),
        exp in prop_oneof![any::<u32>().prop_map(|n| json!(n)), any_value()],
        more in any_value(),
    ) {
        let token = jwt(json!({
            "more": { "client_id": "inner", "sub": more }, "client_id": client, "username": user, "sub": sub,
            "origin_jti": origin, "exp": exp, "token_use": "access", "other": [more],
        }));
        let claims = Claims::of(&Secret::new(token)).unwrap();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        prop_assert_eq!(claims.client_id, text(&client));
        prop_assert_eq!(claims.username, text(&user));
        prop_assert_eq!(claims.sub, text(&sub));
        prop_assert_eq!(claims.origin_jti, text(&origin));
        prop_assert_eq!(claims.token_use.as_deref(), Some("access"));
        if let Some(expected) = exp.as_u64().filter(|exp| *exp <= u64::from(u32::MAX)) {
            prop_assert_eq!(claims.exp, Some(expected as f64));
        } else if !exp.is_number() {
            prop_assert_eq!(claims.exp, None);
        }
    }

    /// An independent reader finds the same claims in a spoiled token.
    #[test]
    fn an_independent_reader_finds_the_same_claims(token in any_token()) {
        let claims = Claims::of(&Secret::new(token.clone()));
        match payload(&token) {
            Some(payload) => {
                prop_assert!(claims.is_some(), "{token}");
                let claims = claims.unwrap();
                let text = |name: &str| payload[name].as_str().map(str::to_owned);
                prop_assert_eq!(claims.token_use, text("token_use"));
                prop_assert_eq!(claims.client_id, text("client_id").or(text("aud")));
                prop_assert_eq!(claims.username, text("username"));
                prop_assert_eq!(claims.sub, text("sub"));
                prop_assert_eq!(claims.iss, text("iss"));
                prop_assert_eq!(claims.origin_jti, text("origin_jti"));
                prop_assert_eq!(claims.jti, text("jti"));
                prop_assert_eq!(claims.exp.is_some(), payload["exp"].is_number());
                prop_assert_eq!(claims.iat.is_some(), payload["iat"].is_number());
            }
            // serde_json rejects lone surrogates and numbers beyond a double.
            None => if let Some(claims) = claims {
                prop_assert!(token.matches('.').count() == 2, "{token}");
                prop_assert!(claims.exp.is_none_or(|exp| !exp.is_nan()));
            },
        }
    }

    /// Only an access token of this client is accepted as one.
    #[test]
    fn no_foreign_token_is_accepted(
        client in prop_oneof![3 => Just(json!("client1")), 1 => any_value()],
        kind in prop_oneof![3 => Just(json!("access")), 1 => Just(json!("id")), 1 => any_value()],
        user in prop_oneof![3 => Just(json!("jane")), 1 => any_value()],
        beside in any_value(),
    ) {
        let access = jwt(json!({ "client_id": client, "token_use": kind, "username": user }));
        match tokens(&json!({ "accessToken": access, "idToken": id_token(), "more": beside })) {
            Ok(read) => {
                prop_assert_eq!(read.access_token.expose(), access);
                prop_assert!(client == json!("client1") || !client.is_string(), "{client}");
                prop_assert!(kind != json!("id"));
            }
            Err(error) => prop_assert_eq!(error.code.as_str(), "configuration"),
        }
        if let Err(error) = tokens(&beside) {
            prop_assert_eq!(error.code.as_str(), "configuration");
        }
    }

    /// In any shape, spoiled tokens are rejected with the name of the field, or are accepted
    /// unchanged. Accepted tokens belong to this client and have a username.
    #[test]
    fn tokens_are_accepted_unchanged_or_rejected(
        access in prop_oneof![Just(access_token()), any_token()],
        id in prop_oneof![Just(id_token()), any_token()],
        refresh in prop_oneof![Just("r".to_owned()), any::<String>()],
        shape in 0usize..4,
        spoil in prop::option::of(any::<u64>()),
    ) {
        let valid = any_shape(&access, &id, &refresh).swap_remove(shape);
        let text = spoil.map_or_else(|| valid.to_string(), |seed| written(&valid, seed));
        match Tokens::from_json(&text, &config()) {
            Ok(read) => {
                prop_assert_eq!(read.access_token, Secret::new(access.clone()));
                prop_assert_eq!(read.id_token, Some(Secret::new(id.clone())));
                prop_assert_eq!(read.refresh_token, Some(Secret::new(refresh)));
                for (token, of) in [(&access, "access"), (&id, "id")] {
                    let claims = Claims::of(&Secret::new(token.clone())).unwrap();
                    prop_assert!(claims.client_id.is_none_or(|client| client == "client1"));
                    prop_assert!(claims.token_use.is_none_or(|it| it == of));
                }
                prop_assert!(read.username.is_some());
            }
            Err(error) => {
                prop_assert_eq!(error.code.as_str(), "configuration");
                let field = error.message.split(": ").next().unwrap().rsplit('.').next().unwrap();
                let known = valid.to_string().contains(&format!("\"{field}\"")) || field == "username";
                prop_assert!(known, "{}", error.message);
            }
        }
    }

    /// An error names the field of a wrong token, and quotes no part of a token.
    #[test]
    fn no_error_quotes_a_token(
        secret in secret(),
        shape in 0usize..4,
        valid in misshapen(Just(json!({}))),
        at in select(&["accessToken", "idToken", "signInMethod", "username", "AuthenticationResult", "x"][..]),
    ) {
        let mut given = any_shape(&secret, &secret, &secret).swap_remove(shape);
        given[at] = if valid.is_object() { json!(secret) } else { valid };
        let shown = match tokens(&given) {
            Ok(tokens) => format!("{:?}", tokens.with_username("jane")),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!holds_part(&shown, &secret, 8), "{shown}");
    }

    /// The identity decides whether a stored session was signed out. It is equal only for the
    /// same sign-in.
    #[test]
    fn identities_differ_as_the_sign_ins_do(a in ".{1,20}", b in ".{1,20}", jti in ".{0,8}", refresh in ".{1,8}") {
        let session = |origin: &str, jti: &str| Session {
            access_token: Some(Secret::new(jwt(json!({ "origin_jti": origin, "jti": jti })))),
            refresh_token: Some(Secret::new(refresh.clone())),
            ..Session::default()
        };
        prop_assert_eq!(session(&a, "1").identity(), session(&a, &jti).identity());
        prop_assert!(session(&a, "1").identity().is_some());
        if a != b {
            prop_assert_ne!(session(&a, "1").identity(), session(&b, "1").identity());
        }
    }

    /// The mark and the record of a redirect store an identity as exactly sixteen digits.
    #[test]
    fn an_identity_is_read_as_it_was_written(number in any::<u64>(), text in spoiled("[0-9a-fA-F]{16}")) {
        prop_assert_eq!(SessionId(number).to_hex(), format!("{number:016x}"));
        prop_assert_eq!(SessionId::from_hex(&format!("{number:016x}")), Some(SessionId(number)));
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let expected = is_hex.then(|| SessionId(u64::from_str_radix(&text, 16).unwrap()));
        prop_assert_eq!(SessionId::from_hex(&text), expected);
    }
}
