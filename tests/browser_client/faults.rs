//! A network, and a `fetch`, that do what they should not: every sign-out settles and says what it knows.

use crate::support::cognito::{Reply, false_response, response};
use crate::support::patch::{Patch, function, no_pauses};
use crate::support::wait::settled;
use crate::support::*;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::Partial;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

/// Signs out while RevokeToken gets this reply: partial, the tokens gone, nothing left unhandled.
async fn sign_out(world: &World, reply: Reply) -> Partial {
    let _now = no_pauses();
    world.cognito.reply("RevokeToken", reply);
    let client = world.signed_in(&world.session()).await;
    let result = settled("signOut", client.sign_out(Options::default())).await;
    assert!(world.is_signed_out() && !client.is_signing_out());
    world.is_quiet().await;
    partial(result)
}

/// Every such reply is a network error, and is tried as often as one.
async fn is_network_error(name: &str, reply: Reply) -> Partial {
    let world = World::new();
    let result = sign_out(&world, reply).await;
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Network), "{name}");
    let steps = &result.steps;
    assert!(steps.iter().any(|step| step.attempts == 3), "{name}");
    result
}

fn cause(result: &Partial) -> (String, String) {
    let error = &result.revoke_token_error.as_ref().unwrap().error;
    let cause = error.cause.clone().unwrap();
    (cause.name, cause.message)
}

/// A `Response` with one thing changed.
fn changed(name: &str, value: JsValue) -> JsValue {
    let response = response(200, &[], "{}");
    std::mem::forget(Patch::value(&response, name, &value));
    response
}

/// A `Response` one of whose getters throws.
fn throwing(name: &str) -> JsValue {
    let response = response(200, &[], "{}");
    let getter = || Err(js_error("no such thing"));
    std::mem::forget(Patch::getter(&response, name, getter));
    response
}

#[wasm_bindgen_test]
async fn fetch_rejects_with_anything() {
    let error = js_error("Failed to fetch");
    let result = is_network_error("an error", Reply::Reject(error)).await;
    let expected = ("TypeError".to_owned(), "Failed to fetch".to_owned());
    assert_eq!(cause(&result), expected);

    let result = is_network_error("a string", Reply::Reject("offline".into())).await;
    assert_eq!(cause(&result).1, "offline");

    let bare = call(&global("Object"), "create", &[&JsValue::NULL]);
    let getters = object(&[]);
    let patch = Patch::getter(&getters, "message", || Err(js_error("no message")));
    for (name, value) in [
        ("undefined", JsValue::UNDEFINED),
        ("null", JsValue::NULL),
        ("a number", 7.into()),
        ("a symbol", js_sys::Symbol::for_("reason").into()),
        ("getters that throw", getters),
        ("no prototype", bare),
    ] {
        is_network_error(name, Reply::Reject(value)).await;
    }
    drop(patch);
}

#[wasm_bindgen_test]
async fn fetch_throws_at_once() {
    is_network_error("an error", Reply::Throw(js_error("blocked"))).await;
    is_network_error("a string", Reply::Throw("blocked".into())).await;
    is_network_error("undefined", Reply::Throw(JsValue::UNDEFINED)).await;
}

#[wasm_bindgen_test]
async fn fetch_is_not_a_function_or_not_there() {
    for value in [JsValue::UNDEFINED, JsValue::NULL, 5.into()] {
        let world = World::new();
        let _now = no_pauses();
        let client = world.signed_in(&world.session()).await;
        let patch = Patch::value(&js_sys::global(), "fetch", &value);
        let result = settled("signOut", client.sign_out(Options::default())).await;
        drop(patch);
        assert_eq!(revoke_code(&partial(result)), Some(AuthErrorCode::Network));
        assert!(world.is_signed_out());
    }
}

#[wasm_bindgen_test]
async fn fetch_returns_what_is_no_promise() {
    for (name, value) in [
        ("undefined", JsValue::UNDEFINED),
        ("null", JsValue::NULL),
        ("a string", "ok".into()),
        ("an object", object(&[("status", 200.into())])),
        ("a function", function(|_, _| Ok(JsValue::UNDEFINED))),
    ] {
        is_network_error(name, Reply::Return(value)).await;
    }
}

#[wasm_bindgen_test]
async fn a_thenable_that_throws_or_settles_twice() {
    let throws = object(&[("then", function(|_, _| Err("no then".into())))]);
    is_network_error("throws", Reply::Return(throws)).await;

    let patch = object(&[]);
    let getter = Patch::getter(&patch, "then", || Err(js_error("no then")));
    is_network_error("its getter throws", Reply::Return(patch)).await;
    drop(getter);

    let twice = function(|resolve, reject| {
        let resolve: js_sys::Function = resolve.unchecked_into();
        let reject: js_sys::Function = reject.unchecked_into();
        resolve.call1(&JsValue::UNDEFINED, &response(200, &[], "{}"))?;
        reject.call1(&JsValue::UNDEFINED, &"too late".into())?;
        resolve.call1(&JsValue::UNDEFINED, &JsValue::NULL)
    });
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let twice = Reply::Return(object(&[("then", twice)]));
    world.cognito.reply("RevokeToken", twice);
    complete(settled("signOut", client.sign_out(Options::default())).await);
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn fetch_resolves_to_what_is_no_response() {
    let plain = [
        ("status", 200.into()),
        ("headers", object(&[])),
        ("text", function(|_, _| Ok("{}".into()))),
    ];
    for (name, value) in [
        ("undefined", JsValue::UNDEFINED),
        ("a string", "{}".into()),
        ("a look-alike", object(&plain)),
        ("an object of its class", false_response()),
        ("a status that throws", throwing("status")),
        ("headers that throw", throwing("headers")),
        ("a text that throws", throwing("text")),
        ("no text", changed("text", JsValue::UNDEFINED)),
    ] {
        is_network_error(name, Reply::Resolve(value)).await;
    }
}

#[wasm_bindgen_test]
async fn a_body_that_fails() {
    let rejects = |reason: JsValue| {
        let text = function(move |_, _| Ok(Promise::reject(&reason).into()));
        changed("text", text)
    };
    let broken = js_error("network error");
    let result = is_network_error("it rejects", Reply::Resolve(rejects(broken))).await;
    assert_eq!(cause(&result).1, "network error");
    is_network_error("a string", Reply::Resolve(rejects("gone".into()))).await;
    let throws = changed("text", function(|_, _| Err("gone".into())));
    is_network_error("it throws", Reply::Resolve(throws)).await;

    let used = response(200, &[], "{}");
    wasm_bindgen_futures::JsFuture::from(Promise::resolve(&call(&used, "text", &[])))
        .await
        .unwrap();
    is_network_error("it was read", Reply::Resolve(used)).await;
}

#[wasm_bindgen_test]
async fn a_body_that_never_ends() {
    let world = World::new();
    let text = function(|_, _| Ok(Promise::new(&mut |_, _| {}).into()));
    world
        .cognito
        .reply("RevokeToken", Reply::Resolve(changed("text", text)));
    let client = world.signed_in(&world.session()).await;
    let result = settled("signOut", client.sign_out(within(20.0))).await;
    assert_eq!(revoke_code(&partial(result)), Some(AuthErrorCode::Timeout));
}

#[wasm_bindgen_test]
async fn headers_that_are_odd_are_no_answer_to_miss() {
    let odd = [
        JsValue::NULL,
        object(&[("get", function(|_, _| Err("no".into())))]),
        object(&[("get", function(|_, _| Ok(5.into())))]),
    ];
    for headers in odd {
        let world = World::new();
        let reply = Reply::Resolve(changed("headers", headers));
        world.cognito.reply("RevokeToken", reply);
        let client = world.signed_in(&world.session()).await;
        // Settled, and never a panic; an answer without headers may count as one or not.
        let _now = no_pauses();
        let result = settled("signOut", client.sign_out(Options::default())).await;
        assert!(result.signed_out_locally());
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn an_answer_of_something_between_is_never_success() {
    for body in ["<html>Sign in to the Wi-Fi</html>", "[]", "\"ok\"", "1"] {
        let world = World::new();
        let result = sign_out(&world, Reply::Answer(200, body.to_owned())).await;
        assert_eq!(revoke_code(&result), Some(AuthErrorCode::Service), "{body}");
        let error = &result.revoke_token_error.as_ref().unwrap().error;
        assert!(error.retryable);
    }
    for status in [204, 299] {
        let world = World::new();
        let reply = match status {
            // A status that has no body.
            204 => Reply::Resolve(construct(
                "Response",
                &[&JsValue::NULL, &object(&[("status", 204.into())])],
            )),
            _ => Reply::Answer(status, "{}".to_owned()),
        };
        let result = sign_out(&world, reply).await;
        assert_eq!(revoke_code(&result), Some(AuthErrorCode::Service));
    }
}

#[wasm_bindgen_test]
async fn an_opaque_answer_is_never_success() {
    let world = World::new();
    // What `mode: "no-cors"` or a service worker may give: status 0, no body.
    let opaque = call(&global("Response"), "error", &[]);
    let result = sign_out(&world, Reply::Resolve(opaque)).await;
    assert!(revoke_code(&result).is_some());
}

#[wasm_bindgen_test]
async fn a_keepalive_that_is_refused_goes_out_without() {
    let refusals = [
        // At once, or by the promise: the 64 KB of the page are used up.
        Reply::Throw(js_error("too much")),
        Reply::Reject(js_error("too much")),
    ];
    for refusal in refusals {
        let world = World::new();
        world.cognito.script(move |_, count| match count {
            1 => refusal.clone(),
            _ => Reply::Success,
        });
        let session = world.session();
        let client = world.signed_in(&session).await;
        let done = settled("signOut", client.sign_out(Options::default())).await;
        let done = complete(done);
        let sent = world.cognito.sent();
        let keepalive: Vec<bool> = sent.iter().map(|sent| sent.is_keepalive()).collect();
        assert_eq!(keepalive, [true, false]);
        assert_eq!(world.cognito.revoked(), [&*session.refresh; 2]);
        // To the caller it is one try.
        assert!(done.steps.iter().all(|step| step.attempts <= 1));
    }
}

#[wasm_bindgen_test]
async fn offline_it_is_tried_once() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let failure = Reply::Reject(js_error("offline"));
    world.cognito.reply("RevokeToken", failure);
    let offline = Patch::value(&global("navigator"), "onLine", &JsValue::FALSE);
    let result = settled("signOut", client.sign_out(Options::default())).await;
    drop(offline);
    assert_eq!(revoke_code(&partial(result)), Some(AuthErrorCode::Network));
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
}

#[wasm_bindgen_test]
async fn a_page_without_abort_controller_settles() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let broken = function(move |_, _| Err(js_error("no such class")));
    let now = no_pauses();
    let patch = Patch::value(&js_sys::global(), "AbortController", &broken);
    if web_sys::AbortController::new().is_ok() {
        // WebKit goes on using a class of the page that was replaced later.
        let agent = text_of(&global("navigator"), "userAgent");
        assert!(!agent.contains("Chrome/") && !agent.contains("Firefox/"));
        return;
    }
    let result = settled("signOut", client.sign_out(Options::default())).await;
    drop((patch, now));
    assert!(revoke_code(&partial(result)).is_some());
    assert!(world.is_signed_out());
}

#[wasm_bindgen_test]
async fn a_page_with_broken_headers_signs_out_completely() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let broken = function(move |_, _| Err(js_error("no such class")));
    let patch = Patch::value(&js_sys::global(), "Headers", &broken);
    let result = settled("signOut", client.sign_out(Options::default())).await;
    drop(patch);
    complete(result);
    assert!(world.is_signed_out());
    assert_eq!(world.cognito.targets(), ["RevokeToken"]);
}

#[wasm_bindgen_test]
async fn every_operation_settles_on_every_fault() {
    let faults = [
        Reply::Throw("thrown".into()),
        Reply::Reject(JsValue::NULL),
        Reply::Return(JsValue::UNDEFINED),
        Reply::Resolve(false_response()),
        Reply::Answer(500, "x".to_owned()),
        Reply::Answer(200, "{}".to_owned()),
        Reply::Answer(
            200,
            "{\"AuthenticationResult\":{\"AccessToken\":5}}".to_owned(),
        ),
    ];
    for fault in faults {
        let world = World::new();
        let _now = no_pauses();
        let client = world.client();
        let session = world.session().expired();
        for operation in ["GetTokensFromRefreshToken", "GlobalSignOut", "RevokeToken"] {
            let session = Session::new(&world.id, "jane.doe").expired();
            client.store_tokens(session.tokens()).await.unwrap();
            world.cognito.reply(operation, fault.clone());
            let result = settled(operation, client.sign_out(everywhere())).await;
            assert!(result.signed_out_locally());
            assert!(world.is_signed_out());
        }
        world.cognito.script(move |_, _| fault.clone());
        client.store_tokens(session.tokens()).await.unwrap();
        let _ = settled("refreshTokens", client.refresh_tokens()).await;
        assert_eq!(
            client.load_tokens().await.unwrap(),
            Some(session.tokens()),
            "a refresh that fails leaves the session"
        );
        world.is_quiet().await;
    }
}
