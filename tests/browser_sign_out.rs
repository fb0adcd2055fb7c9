//! Signing out: what goes first, what is sent, and what the result says.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod browser_support;

use std::cell::RefCell;
use std::rc::Rc;

use browser_support::cognito::Reply;
use browser_support::patch::{Patch, faster, function, no_pauses};
use browser_support::wait::{Gate, macrotask, settled, until};
use browser_support::*;
use cognito_signout::config::{Config, StorageKind};
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::{SignOutResult, StepName, StepOutcome};
use cognito_signout::{Client, Hooks};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

const THROTTLED: Reply = Reply::Fault(400, "TooManyRequestsException", "Rate exceeded");
const EXPIRED: Reply = Reply::Fault(400, "NotAuthorizedException", "Access Token has expired");

async fn run(client: &Client, options: Options) -> SignOutResult {
    settled("signOut", client.sign_out(options)).await
}

async fn again(result: &cognito_signout::outcome::Partial) -> SignOutResult {
    settled("retry", result.retry.run()).await
}

fn hooks(signal: &JsValue) -> Hooks {
    Hooks {
        signal: Some(signal.clone()),
        ..Hooks::default()
    }
}

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

    let (first, second) = (result.retry.run(), result.clone().retry.run());
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

// ---- global

#[wasm_bindgen_test]
async fn global_signs_out_everywhere_before_it_revokes() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    complete(run(&client, everywhere()).await);
    assert_eq!(world.cognito.targets(), ["GlobalSignOut", "RevokeToken"]);
    let sent = world.cognito.only("GlobalSignOut");
    assert_eq!(sent.field("AccessToken").unwrap(), session.access);
    assert!(sent.is_keepalive());
    assert_eq!(sent.text("credentials"), "omit");
}

#[wasm_bindgen_test]
async fn an_expired_access_token_is_refreshed_first_and_never_written() {
    let world = World::new();
    let old = world.session().expired();
    let mut fresh = old.clone();
    fresh.renew(3600.0);
    fresh.rotate();
    let answer = fresh.refreshed();
    world.cognito.script(move |target, _| match target {
        "GetTokensFromRefreshToken" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&old).await;
    let written: Rc<RefCell<Vec<String>>> = Rc::default();
    let seen = written.clone();
    let original = get(&get(&global("Storage"), "prototype"), "setItem");
    let patch = patch_storages("setItem", move |key, value| {
        seen.borrow_mut().extend(value.as_string());
        let args: js_sys::Array = [key, value].iter().collect();
        apply(&original, &global("localStorage"), &args)
    });
    complete(run(&client, everywhere()).await);
    drop(patch);

    assert_eq!(
        world.cognito.targets(),
        ["GetTokensFromRefreshToken", "GlobalSignOut", "RevokeToken"]
    );
    let refresh = world.cognito.only("GetTokensFromRefreshToken");
    assert_eq!(refresh.field("RefreshToken").unwrap(), old.refresh);
    assert_eq!(refresh.field("ClientId").unwrap(), world.id);
    let global = world.cognito.only("GlobalSignOut");
    assert_eq!(global.field("AccessToken").unwrap(), fresh.access);
    // Rotation: the old refresh token is dead, the new one is what has to be revoked.
    assert_eq!(world.cognito.revoked(), [fresh.refresh.clone()]);
    assert!(world.is_signed_out());
    assert!(!written.borrow().is_empty());
    for text in &*written.borrow() {
        fresh.is_not_in(text);
        old.is_not_in(text);
    }
}

#[wasm_bindgen_test]
async fn told_expired_refreshes_once_and_tries_once_more() {
    let world = World::new();
    let session = world.session();
    let mut fresh = session.clone();
    fresh.renew(3600.0);
    let answer = fresh.refreshed();
    world.cognito.script(move |target, count| match target {
        "GlobalSignOut" if count == 1 => EXPIRED,
        "GetTokensFromRefreshToken" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&session).await;
    complete(run(&client, everywhere()).await);
    assert_eq!(
        world.cognito.targets(),
        [
            "GlobalSignOut",
            "GetTokensFromRefreshToken",
            "GlobalSignOut",
            "RevokeToken"
        ]
    );
}

#[wasm_bindgen_test]
async fn told_expired_again_it_gives_up_and_revokes() {
    let world = World::new();
    let session = world.session();
    let answer = session.refreshed();
    world.cognito.script(move |target, _| match target {
        "GlobalSignOut" => EXPIRED,
        "GetTokensFromRefreshToken" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, everywhere()).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::TokenExpired));
    assert_eq!(revoke_code(&result), None);
    assert_eq!(world.cognito.revoked(), [session.refresh]);
}

#[wasm_bindgen_test]
async fn a_pool_that_does_not_know_the_new_refresh_is_asked_the_old_way() {
    let world = World::new();
    let session = world.session().expired();
    let answer = session.refreshed();
    world.cognito.script(move |target, _| match target {
        "GetTokensFromRefreshToken" => Reply::Fault(400, "UnknownOperationException", ""),
        "InitiateAuth" => Reply::Answer(200, answer.clone()),
        _ => Reply::Success,
    });
    let client = world.signed_in(&session).await;
    complete(run(&client, everywhere()).await);
    let sent = world.cognito.only("InitiateAuth");
    assert_eq!(sent.field("AuthFlow").unwrap(), "REFRESH_TOKEN_AUTH");
}

#[wasm_bindgen_test]
async fn a_throttled_global_sign_out_holds_the_revocation_back_for_the_retry() {
    let world = World::new();
    let _now = no_pauses();
    world.cognito.script(|target, count| match target {
        "GlobalSignOut" if count <= 3 => THROTTLED,
        _ => Reply::Success,
    });
    let session = world.session();
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, everywhere()).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::Throttled));
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Deferred));
    let access = result.global_sign_out_error.as_ref().unwrap();
    assert_eq!(
        access.access_token.as_ref().unwrap().expose(),
        session.access
    );
    let refresh = result.revoke_token_error.as_ref().unwrap();
    assert_eq!(
        refresh.refresh_token.as_ref().unwrap().expose(),
        session.refresh
    );
    assert_eq!(world.cognito.targets(), ["GlobalSignOut"; 3]);

    complete(again(&result).await);
    assert_eq!(
        world.cognito.targets()[3..],
        ["GlobalSignOut", "RevokeToken"]
    );
}

#[wasm_bindgen_test]
async fn a_refused_global_sign_out_revokes_all_the_same() {
    let world = World::new();
    let message = "Access Token does not have required scopes";
    let refused = Reply::Fault(400, "NotAuthorizedException", message);
    world.cognito.reply("GlobalSignOut", refused);
    let client = world.signed_in(&world.session()).await;
    let result = partial(run(&client, everywhere()).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::MissingScope));
    assert_eq!(revoke_code(&result), None);
    assert_eq!(world.cognito.targets(), ["GlobalSignOut", "RevokeToken"]);
}

// ---- time

#[wasm_bindgen_test]
async fn silence_ends_in_a_timeout_and_the_request_goes_on() {
    let world = World::new();
    let answer = Gate::new();
    let behind = Reply::Behind(answer.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, within(20.0)).await);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Timeout));
    let signal = get(&world.cognito.only("RevokeToken").request, "signal");
    assert_eq!(get(&signal, "aborted"), JsValue::FALSE);
    // An answer that comes too late disturbs nothing.
    answer.open();
    world.is_quiet().await;
    assert!(!client.is_signing_out());
}

#[wasm_bindgen_test]
async fn a_timeout_of_nothing_sends_one_request() {
    let world = World::new();
    world.cognito.script(|_, _| Reply::Silence);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let result = partial(run(&client, within(0.0)).await);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Unconfirmed));
    until("the body is read", || {
        world.cognito.revoked() == [session.refresh.clone()]
    })
    .await;

    for (session, expected) in [
        (world.session(), "GlobalSignOut"),
        // There is no request to spare for the refresh.
        (world.session().expired(), "RevokeToken"),
    ] {
        let before = world.cognito.sent().len();
        client.store_tokens(session.tokens()).await.unwrap();
        let options = Options {
            global: true,
            ..within(0.0)
        };
        let result = partial(run(&client, options).await);
        assert!(global_code(&result).is_some(), "{expected}");
        assert_eq!(world.cognito.targets()[before..], [expected]);
    }
}

#[wasm_bindgen_test]
async fn a_frozen_clock_is_no_panic() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let clock = global("performance");
    let _patch = Patch::value(&clock, "now", &function(|_, _| Err(js_error("no clock"))));
    complete(run(&client, Options::default()).await);
}

// ---- signal

fn controller() -> (JsValue, JsValue) {
    let controller = construct("AbortController", &[]);
    let signal = get(&controller, "signal");
    (controller, signal)
}

#[wasm_bindgen_test]
async fn aborted_before_nothing_is_touched() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let (controller, signal) = controller();
    call(&controller, "abort", &[]);
    let run = client.sign_out_with(Options::default(), hooks(&signal));
    let result = failed(settled("signOut", run).await);
    assert_eq!(result.error.code, AuthErrorCode::Aborted);
    assert!(world.cognito.sent().is_empty());
    assert!(!client.is_signing_out());
    let loaded = client.load_tokens().await.unwrap();
    assert_eq!(loaded, Some(session.tokens()));
    assert_eq!(world.mark(), "");
}

#[wasm_bindgen_test]
async fn aborted_after_the_clear_what_is_remote_ends() {
    let world = World::new();
    world.cognito.script(|_, _| Reply::Silence);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let (controller, signal) = controller();
    let run = client.sign_out_with(everywhere(), hooks(&signal));
    assert!(world.is_signed_out());
    call(&controller, "abort", &[]);
    let result = partial(settled("signOut", run).await);
    assert_eq!(global_code(&result), Some(AuthErrorCode::Aborted));
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Aborted));
    let sent = world.cognito.only("GlobalSignOut");
    let signal = get(&sent.request, "signal");
    assert_eq!(get(&signal, "aborted"), JsValue::TRUE);
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn one_of_two_callers_aborts_and_the_work_goes_on() {
    let world = World::new();
    let answer = Gate::new();
    let behind = Reply::Behind(answer.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    let client = world.signed_in(&world.session()).await;
    let (controller, signal) = controller();
    let first = client.sign_out_with(Options::default(), hooks(&signal));
    let second = client.sign_out(Options::default());
    call(&controller, "abort", &[]);
    let result = partial(settled("the first", first).await);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Aborted));
    answer.open();
    complete(settled("the second", second).await);
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
}

// ---- calls at the same time

#[wasm_bindgen_test]
async fn calls_join_and_one_request_is_sent() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    // The same configuration is the same client.
    let runs = [client.clone(), world.client(), client.clone()];
    let runs = runs.map(|client| client.sign_out(Options::default()));
    for run in runs {
        assert!(complete(settled("signOut", run).await).was_signed_in);
    }
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
}

#[wasm_bindgen_test]
async fn a_global_call_joins_late_and_still_signs_out_everywhere() {
    let world = World::new();
    let answer = Gate::new();
    let behind = Reply::Behind(answer.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let local = client.sign_out(Options::default());
    let global = client.sign_out(everywhere());
    assert_eq!(world.cognito.targets(), ["RevokeToken", "GlobalSignOut"]);
    answer.open();
    complete(settled("the global one", global).await);
    complete(settled("the local one", local).await);
    let sent = world.cognito.only("GlobalSignOut");
    assert_eq!(sent.field("AccessToken").unwrap(), session.access);
}

#[wasm_bindgen_test]
async fn a_new_session_meanwhile_is_signed_out_on_its_own() {
    let world = World::new();
    let answer = Gate::new();
    let gate = answer.clone();
    world.cognito.script(move |_, count| match count {
        1 => Reply::Behind(gate.clone(), Box::new(Reply::Success)),
        _ => Reply::Success,
    });
    let (old, new) = (world.session(), world.session());
    let client = world.signed_in(&old).await;
    let first = client.sign_out(Options::default());
    client.store_tokens(new.tokens()).await.unwrap();
    let second = client.sign_out(Options::default());
    assert!(world.is_signed_out());
    complete(settled("the second", second).await);
    answer.open();
    complete(settled("the first", first).await);
    assert_eq!(world.cognito.revoked(), [old.refresh, new.refresh]);
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
