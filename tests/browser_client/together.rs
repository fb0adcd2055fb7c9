//! Time-outs, signals, and calls at the same time.

use crate::support::cognito::Reply;
use crate::support::patch::{Patch, function};
use crate::support::wait::{Gate, settled, until};
use crate::support::*;
use cognito_signout::Hooks;
use cognito_signout::error::AuthErrorCode;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

fn hooks(signal: &JsValue) -> Hooks {
    Hooks {
        signal: Some(signal.clone()),
        ..Hooks::default()
    }
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
