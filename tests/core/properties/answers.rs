//! Answers of Cognito, and of proxies and captive portals in its place.

use cognito_signout::AuthError;
use cognito_signout::internals::error::redact;
use cognito_signout::internals::protocol::{
    Response, forget_device, global_sign_out, refresh, revoke_token,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::hostile::{holds_part, misshapen, secret, spoiled, written};

const CORPUS: &str = include_str!("../../fixtures/cognito-responses.json");

/// The recorded bodies of Cognito's answers.
fn recorded() -> Vec<Value> {
    let corpus: Value = serde_json::from_str(CORPUS).unwrap();
    let mut bodies = Vec::new();
    let mut all = vec![&corpus];
    while let Some(value) = all.pop() {
        match value {
            Value::Object(members) => {
                bodies.extend(members.get("body").filter(|body| body.is_object()).cloned());
                all.extend(members.values());
            }
            Value::Array(items) => all.extend(items),
            _ => {}
        }
    }
    bodies.push(json!({}));
    bodies.push(json!({ "AuthenticationResult": { "AccessToken": "a", "IdToken": "i", "RefreshToken": "r", "ExpiresIn": 300 } }));
    bodies
        .push(json!({ "AuthenticationResult": { "AccessToken": "" }, "ChallengeParameters": {} }));
    bodies
}

/// Recorded bodies, some with replaced values, some spoiled.
fn any_body() -> impl Strategy<Value = String> {
    let valid = (misshapen(select(recorded())), any::<u64>());
    prop_oneof![
        4 => spoiled(valid.prop_map(|(value, seed)| written(&value, seed))),
        1 => select(&["", " ", "\r\n", "<html></html>", "null", "[]", "\"\"", "{}{}"][..]).prop_map(str::to_owned),
        1 => ".{0,60}",
    ]
}

fn any_kind() -> impl Strategy<Value = String> {
    let known = select(
        &[
            "NotAuthorizedException",
            "RefreshTokenReuseException",
            "TooManyRequestsException:",
            "com.amazonaws#InternalErrorException",
            "ResourceNotFoundException:http://internal.amazon.com/coral/",
            "UnsupportedOperationException",
            "",
        ][..],
    );
    prop_oneof![3 => spoiled(known.prop_map(str::to_owned)), 1 => ".{0,80}"]
}

/// How each operation reads an answer.
fn outcomes(response: &Response) -> [(&'static str, Result<(), AuthError>); 4] {
    [
        ("RevokeToken", revoke_token::answer(response)),
        ("GlobalSignOut", global_sign_out::answer(response, true)),
        ("ForgetDevice", forget_device::answer(response)),
        ("Refresh", refresh::answer(response).map(drop)),
    ]
}

proptest! {
    /// Only status 200 with an empty body or a JSON object is a success. RevokeToken has one
    /// more: Cognito says that the token is dead already.
    #[test]
    fn no_foreign_answer_is_a_success(
        body in any_body(),
        status in prop_oneof![Just(200u16), Just(400u16), 100u16..600],
        kind in prop::option::of(any_kind()),
    ) {
        let theirs = serde_json::from_str::<Value>(&body);
        let is_lenient = theirs.as_ref().is_err_and(|error| {
            let error = error.to_string();
            ["out of range", "surrogate", "hex escape"].iter().any(|part| error.contains(part))
        });
        // serde_json rejects some texts that this parser reads: then there is no comparison.
        prop_assume!(!is_lenient);
        let theirs = theirs.unwrap_or_default();
        let good = status == 200 && (body.trim_ascii().is_empty() || theirs.is_object());
        let message = theirs["message"].as_str().or(theirs["Message"].as_str()).unwrap_or_default();
        let dead = ["has been revoked", "Refresh Token has expired", "Invalid Refresh Token"];
        let dead = status >= 400 && dead.iter().any(|part| message.contains(part));
        let response = Response { status, error_type: kind, body: body.clone(), ..Response::default() };
        for (name, outcome) in outcomes(&response) {
            match outcome {
                Ok(()) => prop_assert!(good || name == "RevokeToken" && dead, "{name}: {status} {body}"),
                // Another server answered: a later call may succeed.
                Err(error) if status < 400 && status != 200 => {
                    prop_assert_eq!((error.code.as_str(), error.retryable), ("service", true));
                }
                Err(error) => prop_assert!(!error.message.is_empty()),
            }
        }
    }

    /// A refresh returns exactly the tokens of the answer.
    #[test]
    fn a_refresh_returns_the_tokens_of_the_answer(body in any_body()) {
        let response = Response { status: 200, body: body.clone(), ..Response::default() };
        let theirs: Value = match serde_json::from_str(&body) {
            Ok(theirs) => theirs,
            Err(_) => return Ok(()),
        };
        let token = |name: &str| {
            let token = theirs["AuthenticationResult"][name].as_str().filter(|token| !token.is_empty());
            token.map(str::to_owned)
        };
        match refresh::answer(&response) {
            Ok(fresh) => {
                prop_assert_eq!(Some(fresh.access_token.expose().to_owned()), token("AccessToken"));
                let id = fresh.id_token.map(|token| token.expose().to_owned());
                prop_assert_eq!(id, token("IdToken"));
                let refresh = fresh.refresh_token.map(|token| token.expose().to_owned());
                prop_assert_eq!(refresh, token("RefreshToken"));
            }
            Err(error) => {
                prop_assert_eq!(error.code.as_str(), "service");
                prop_assert_eq!(token("AccessToken"), None);
            }
        }
    }

    /// An error quotes Cognito's message, but no part of a token in it, at any position, and not
    /// more than a line.
    #[test]
    fn no_error_holds_a_part_of_a_token(
        secret in secret(),
        before in "([a-z]{1,8} ){0,40}",
        after in "( [a-z]{1,8}){0,40}",
        kind in select(&["NotAuthorizedException", "InternalErrorException", "", "x"][..]),
        header in any::<bool>(),
        status in select(&[200u16, 400, 429, 500][..]),
        name in select(&["message", "Message", "error", "__type", "code"][..]),
    ) {
        let mut body = json!({ "__type": kind });
        body[name] = json!([before.as_str(), &secret, &after].concat());
        let response = Response {
            status,
            error_type: header.then(|| kind.to_owned()),
            body: body.to_string(),
            ..Response::default()
        };
        for (name, outcome) in outcomes(&response) {
            let Err(error) = outcome else { continue };
            let shown = format!("{error} {error:?}");
            prop_assert!(!holds_part(&shown, &secret, 16), "{name}: {shown}");
            prop_assert!(error.message.len() < 500, "{name}: {shown}");
        }
        let shown = format!("{response:?}");
        prop_assert!(!holds_part(&shown, &secret, 4), "{shown}");
    }

    /// An error type is one word, and never a part of a token.
    #[test]
    fn an_error_type_is_one_word(kind in any_kind(), tail in prop_oneof![Just(String::new()), secret()]) {
        let kind = [kind, tail].concat();
        let response = Response { status: 500, error_type: Some(kind.clone()), ..Response::default() };
        for (_, outcome) in outcomes(&response) {
            let service = outcome.unwrap_err().service.clone().unwrap();
            let is_word = service.kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            prop_assert!(is_word && service.kind.len() < 32, "{kind}");
        }
    }

    /// Redaction removes every run of 32 or more token characters, and nothing else.
    #[test]
    fn redaction_removes_runs_as_long_as_a_token(
        pieces in prop::collection::vec(("[A-Za-z0-9_.=+/-]{0,40}", "[ :,;\"'%éß\u{0}\n(){}]{1,3}"), 0..6),
    ) {
        let join = |word: &dyn Fn(&str) -> String| -> String {
            pieces.iter().map(|(run, gap)| [word(run), gap.clone()].concat()).collect()
        };
        let text = join(&str::to_owned);
        let expected = join(&|run| if run.len() < 32 { run.to_owned() } else { "[redacted]".to_owned() });
        prop_assert_eq!(redact(&text), expected.clone());
        prop_assert_eq!(redact(&expected), expected);
    }
}

/// 100 KB from a broken proxy: the error message stays short.
#[test]
fn large_hostile_answers() {
    const LENGTH: usize = 100_000;
    for piece in ["a", "a ", "😀", "<p>", "\u{0}"] {
        let text = piece.repeat(LENGTH / piece.len());
        for (body, kind) in [
            (json!({ "message": text, "__type": text }).to_string(), None),
            (text.clone(), Some(text.clone())),
        ] {
            for status in [200, 302, 400, 503] {
                let response = Response {
                    status,
                    error_type: kind.clone(),
                    body: body.clone(),
                    ..Response::default()
                };
                for (_, outcome) in outcomes(&response) {
                    let Err(error) = outcome else { continue };
                    assert!(error.message.len() < 1200, "{}", error.message.len());
                    assert!(error.service.as_ref().unwrap().kind.len() < 32);
                }
            }
        }
    }
}
