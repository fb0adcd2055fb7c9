//! Signing out: what goes first, what is sent, and what the result says.

use std::cell::RefCell;
use std::rc::Rc;

use crate::support::cognito::Reply;
use crate::support::patch::{faster, function, no_pauses};
use crate::support::wait::{macrotask, settled};
use crate::support::*;
use cognito_signout::Client;
use cognito_signout::config::{Config, StorageKind};
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::{StepName, StepOutcome};
use wasm_bindgen_test::*;

const THROTTLED: Reply = Reply::Fault(400, "TooManyRequestsException", "Rate exceeded");

// ---- the clear, and the one request

#[wasm_bindgen_test]
async fn the_tokens_are_gone_and_the_request_is_out_before_the_future_is_polled() {
    for kind in [
        StorageKind::Local,
        StorageKind::Session,
        StorageKind::Cookie,
    ] {
        let world = World::new();
        world.cognito.reply("RevokeToken", Reply::Silence);
        let session = world.session();
        let client = Client::new(world.config_of(kind));
        client.store_tokens(session.tokens()).await.unwrap();

        let _never_polled = client.sign_out(Options::default());
        for storage in ["localStorage", "sessionStorage"] {
            assert_eq!(world.stored(storage), [], "{kind:?}");
        }
        assert!(!text_of(&global("document"), "cookie").contains(&world.id));
        assert_eq!(world.cognito.targets(), ["RevokeToken"], "{kind:?}");
        assert!(client.is_signing_out());
    }
}

#[wasm_bindgen_test]
async fn one_revocation_as_cognito_and_the_browser_need_it() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let done = complete(run(&client, Options::default()).await);
    assert!(done.was_signed_in && done.logout_url.is_none());

    let sent = world.cognito.only("RevokeToken");
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
    assert_eq!(sent.text("url"), client.config().endpoint);
    assert_eq!(sent.text("method"), "POST");
    assert_eq!(sent.text("credentials"), "omit");
    assert_eq!(sent.text("redirect"), "error");
    // The cache is left alone: `no-store` would add headers, and a preflight for them.
    assert_eq!(sent.text("cache"), "default");
    assert!(sent.is_keepalive());
    assert_eq!(sent.headers(), ["content-type", "x-amz-target"]);
    assert_eq!(
        sent.header("content-type").as_deref(),
        Some("application/x-amz-json-1.1")
    );
    assert_eq!(
        sent.header("x-amz-target").as_deref(),
        Some("AWSCognitoIdentityProviderService.RevokeToken")
    );
    assert_eq!(sent.field("Token").unwrap(), session.refresh);
    assert_eq!(sent.field("ClientId").unwrap(), world.id);

    let steps: Vec<_> = done.steps.iter().map(|s| (s.step, s.outcome)).collect();
    let expected = [StepName::Clear, StepName::RevokeToken, StepName::ReadBack];
    assert_eq!(steps, expected.map(|step| (step, StepOutcome::Ok)));
    let revoke = &done.steps[1];
    assert_eq!((revoke.attempts, revoke.status), (1, Some(200)));
    assert_eq!(revoke.request_id.as_deref(), Some("request-1"));
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn signed_out_already_is_complete_without_a_request() {
    let world = World::new();
    let client = world.client();
    let left_over = world.key("oauthPKCE");
    set_item("localStorage", &left_over, "verifier");
    let done = complete(run(&client, Options::default()).await);
    assert!(!done.was_signed_in);
    assert!(world.cognito.sent().is_empty());
    assert_eq!(item("localStorage", &left_over), None);
    assert_eq!(world.mark(), "");
}

#[wasm_bindgen_test]
async fn revocation_that_the_configuration_turns_off_is_not_missed() {
    let world = World::new();
    let client = Client::new(Config {
        token_revocation: false,
        ..world.config()
    });
    client.store_tokens(world.session().tokens()).await.unwrap();
    let result = run(&client, Options::default()).await;
    assert_eq!(
        step(&result, StepName::RevokeToken),
        Some(StepOutcome::Skipped)
    );
    assert!(complete(result).was_signed_in);
    assert!(world.cognito.sent().is_empty());
}

// ---- partial, and retry

#[wasm_bindgen_test]
async fn a_refused_revocation_is_partial_with_the_token() {
    let world = World::new();
    let refused = Reply::Fault(400, "NotAuthorizedException", "Client is not allowed.");
    world.cognito.reply("RevokeToken", refused);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, Options::default()).await);
    assert!(world.is_signed_out() && result.was_signed_in);

    let revoke = result.revoke_token_error.as_ref().unwrap();
    let token = revoke.refresh_token.as_ref().unwrap();
    assert_eq!(token.expose(), session.refresh);
    assert!(revoke.others.is_empty());
    assert_eq!(revoke.error.code, AuthErrorCode::NotAuthorized);
    let service = revoke.error.service.clone().unwrap();
    assert_eq!(service.kind, "NotAuthorizedException");
    assert_eq!(service.status, 400);
    assert_eq!(service.request_id.as_deref(), Some("request-1"));
    // It is final: it was sent once.
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
}

#[wasm_bindgen_test]
async fn what_is_transient_is_sent_three_times() {
    for reply in [
        THROTTLED,
        Reply::Answer(503, "<html>".to_owned()),
        Reply::Answer(429, String::new()),
    ] {
        let world = World::new();
        let _now = no_pauses();
        world.cognito.reply("RevokeToken", reply);
        let client = world.signed_in(&world.session()).await;
        let result = partial(run(&client, Options::default()).await);
        assert_eq!(world.cognito.targets(), ["RevokeToken"; 3]);
        let step = result
            .steps
            .iter()
            .find(|s| s.step == StepName::RevokeToken);
        assert_eq!(step.unwrap().attempts, 3);
    }
}

#[wasm_bindgen_test]
async fn the_second_try_may_succeed() {
    let world = World::new();
    let _now = no_pauses();
    world.cognito.script(|_, count| match count {
        1 => THROTTLED,
        _ => Reply::Success,
    });
    let client = world.signed_in(&world.session()).await;
    complete(run(&client, Options::default()).await);
    assert_eq!(world.cognito.targets(), ["RevokeToken"; 2]);
}

#[wasm_bindgen_test]
async fn retry_runs_what_failed_once_and_leaves_a_new_session_alone() {
    let world = World::new();
    world.cognito.script(|_, count| match count {
        1 => Reply::Fault(400, "NotAuthorizedException", "Not now."),
        _ => Reply::Success,
    });
    let (old, new) = (world.session(), world.session());
    let client = world.signed_in(&old).await;
    let result = partial(run(&client, Options::default()).await);
    client.store_tokens(new.tokens()).await.unwrap();

    let (first, second) = (
        result.retry.as_ref().unwrap().run(),
        result.clone().retry.unwrap().run(),
    );
    assert!(complete(settled("retry", first).await).was_signed_in);
    complete(settled("retry", second).await);
    complete(again(&result).await);
    assert_eq!(world.cognito.revoked(), [old.refresh.clone(), old.refresh]);
    assert_eq!(client.load_tokens().await.unwrap(), Some(new.tokens()));
}

#[wasm_bindgen_test]
async fn a_retry_that_fails_has_a_retry_of_its_own() {
    let world = World::new();
    world.cognito.script(|_, count| match count {
        1 | 2 => Reply::Fault(400, "NotAuthorizedException", "Not now."),
        _ => Reply::Success,
    });
    let client = world.signed_in(&world.session()).await;
    let first = partial(run(&client, Options::default()).await);
    let second = partial(again(&first).await);
    complete(again(&second).await);
    assert_eq!(world.cognito.targets(), ["RevokeToken"; 3]);
}

// ---- several sessions

#[wasm_bindgen_test]
async fn further_sessions_that_cannot_be_revoked_are_named() {
    let world = World::new();
    let (john, jane) = (Session::new(&world.id, "john"), world.session());
    let client = world.signed_in(&john).await;
    client.store_tokens(jane.tokens()).await.unwrap();
    let refused = Reply::Fault(400, "NotAuthorizedException", "Not now.");
    world.cognito.reply("RevokeToken", refused);
    let result = partial(run(&client, Options::default()).await);
    let revoke = result.revoke_token_error.as_ref().unwrap();
    assert_eq!(
        revoke.refresh_token.as_ref().unwrap().expose(),
        jane.refresh
    );
    let others: Vec<&str> = revoke.others.iter().map(|other| other.expose()).collect();
    assert_eq!(others, [&*john.refresh]);
    assert!(world.is_signed_out());

    world.cognito.script(|_, _| Reply::Success);
    complete(again(&result).await);
}

#[wasm_bindgen_test]
async fn a_session_in_another_storage_than_the_configured_one_ends_too() {
    let world = World::new();
    let (first, second) = (world.session(), world.session());
    let other = Client::new(world.config_of(StorageKind::Session));
    other.store_tokens(first.tokens()).await.unwrap();
    let client = world.signed_in(&second).await;
    complete(run(&client, Options::default()).await);
    assert!(world.is_signed_out());
    assert_eq!(world.stored("sessionStorage"), []);
    let mut revoked = world.cognito.revoked();
    revoked.sort();
    let mut both = [first.refresh, second.refresh];
    both.sort();
    assert_eq!(revoked, both);
}

// ---- what prints

#[wasm_bindgen_test]
async fn nothing_that_prints_holds_a_token() {
    let world = World::new();
    let session = world.session();
    let (access, refresh) = (session.access.clone(), session.refresh.clone());
    let id_token = session.id_token.clone();
    world.cognito.script(move |target, _| match target {
        // A service, and a network, that quote what they were given.
        "GlobalSignOut" => Reply::Answer(
            400,
            format!(r#"{{"__type":"NotAuthorizedException","message":"bad {access} {id_token}"}}"#),
        ),
        _ => Reply::Reject(js_error(&["blocked: ", &refresh].concat())),
    });
    let lines: Rc<RefCell<Vec<String>>> = Rc::default();
    let seen = lines.clone();
    let log = function(move |line, _| {
        seen.borrow_mut().extend(line.as_string());
        Err(js_error("a logger that throws"))
    });
    let logger = object(&[("debug", log.clone()), ("warn", log)]);
    let _now = no_pauses();
    let client = Client::with_objects(world.config(), None, Some(logger));
    client.store_tokens(session.tokens()).await.unwrap();
    let result = run(&client, everywhere()).await;
    session.is_not_in(&format!("{result:?} {result:#?}"));
    let result = partial(result);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Network));
    assert_eq!(global_code(&result), Some(AuthErrorCode::NotAuthorized));
    let error = &result.revoke_token_error.as_ref().unwrap().error;
    session.is_not_in(&format!("{error} {error:?}"));
    assert_eq!(error.cause.clone().unwrap().message, "blocked: [redacted]");

    let lines = lines.borrow().join("\n");
    assert!(lines.contains("clear ok") && lines.contains("sign-out partial"));
    session.is_not_in(&lines);
    session.is_not_in(&world.mark());
    world.is_quiet().await;
}

// ---- the escape hatches

#[wasm_bindgen_test]
async fn tokens_can_be_revoked_by_hand() {
    let world = World::new();
    let (client, session) = (world.client(), world.session());
    let tokens = session.tokens();
    client
        .revoke_token(&tokens.refresh_token.unwrap())
        .await
        .unwrap();
    client.global_sign_out(&tokens.access_token).await.unwrap();
    assert_eq!(world.cognito.targets(), ["RevokeToken", "GlobalSignOut"]);

    world.cognito.script(|_, _| THROTTLED);
    let error = client.global_sign_out(&tokens.access_token).await;
    assert_eq!(error.unwrap_err().code, AuthErrorCode::Throttled);

    world.cognito.script(|_, _| Reply::Silence);
    let _time = faster(100.0);
    let waits = client.global_sign_out(&tokens.access_token);
    let error = settled("globalSignOut", waits).await.unwrap_err();
    assert_eq!(error.code, AuthErrorCode::Timeout);
    macrotask().await;
}
