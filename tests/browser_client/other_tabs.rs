//! What other tabs of the origin do, as far as one page can play them.

use crate::support::wait::until;
use crate::support::*;
use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::tables::{Mark, MarkEntry};
use wasm_bindgen_test::*;

fn entry(session: &cognito_signout::internals::session::Session, now: f64) -> MarkEntry {
    MarkEntry {
        id: session.identity().unwrap(),
        at: now,
        until: now + 10_000.0,
        global: false,
        user: None,
        ended_at: None,
        redirecting: false,
        leaving_since: None,
        codes: None,
        settled_at: None,
        current: true,
        name: None,
        forget_device: false,
        hosted_ui: false,
        popup: false,
    }
}

#[wasm_bindgen_test]
async fn another_tab_is_signing_out() {
    let world = World::new();
    let client = world.client();
    let session = cognito_signout::internals::session::Session {
        refresh_token: Some(cognito_signout::Secret::new("another")),
        ..Default::default()
    };
    let mut mark = Mark::default();
    let now = js_sys::Date::now();
    mark.put(entry(&session, now));
    set_item("localStorage", &world.own_key("ended"), &mark.to_text());
    assert!(client.is_signing_out());
    mark.0[0].until = now - 1.0;
    set_item("localStorage", &world.own_key("ended"), &mark.to_text());
    assert!(!client.is_signing_out());
}

/// What another tab of the origin would say on the channel.
fn post(world: &World, text: &str) {
    let name = world.own_key("tabs");
    let channel = construct("BroadcastChannel", &[&name.into()]);
    call(&channel, "postMessage", &[&text.into()]);
    call(&channel, "close", &[]);
}

fn stored_session(session: &Session) -> cognito_signout::internals::session::Session {
    let tokens = session.tokens();
    cognito_signout::internals::session::Session {
        access_token: Some(tokens.access_token),
        refresh_token: tokens.refresh_token,
        ..Default::default()
    }
}

#[wasm_bindgen_test]
async fn what_another_tab_is_at_is_removed_here_and_revoked_there() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    // The mark is seen here before the other tab's removal is.
    let mut mark = Mark::default();
    mark.put(entry(&stored_session(&session), js_sys::Date::now()));
    set_item("localStorage", &world.own_key("ended"), &mark.to_text());
    assert_eq!(client.load_tokens().await.unwrap(), None);
    assert!(world.is_signed_out());
    assert!(world.cognito.sent().is_empty());

    // Once that tab is through, what comes back is nobody's but ours.
    mark.0[0].codes = Some(Default::default());
    set_item("localStorage", &world.own_key("ended"), &mark.to_text());
    world.write(&session);
    assert_eq!(client.load_tokens().await.unwrap(), None);
    assert!(world.is_signed_out());
    until("it is revoked", || !world.cognito.revoked().is_empty()).await;
}

#[wasm_bindgen_test]
async fn what_a_tab_has_heard_counts_before_the_storage_shows_it() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let (_listens, told) = listen(&client);
    let mut mark = Mark::default();
    mark.put(entry(&stored_session(&session), js_sys::Date::now()));
    post(&world, &mark.to_text());
    until("it is told", || !told.borrow().is_empty()).await;
    assert!(client.is_signing_out());
    // As a listener would ask.
    assert_eq!(client.load_tokens().await.unwrap(), None);
    assert!(world.is_signed_out() && world.cognito.sent().is_empty());
    let error = client.store_tokens(session.tokens()).await.unwrap_err();
    assert_eq!(error.code, AuthErrorCode::TokenRevoked);
}

#[wasm_bindgen_test]
async fn an_overtaking_tab_that_says_nothing_leaves_it_unconfirmed() {
    let world = World::new();
    let client = world.client();
    let mut mark = Mark::default();
    let other = stored_session(&world.session());
    mark.put(entry(&other, js_sys::Date::now()));
    set_item("localStorage", &world.own_key("ended"), &mark.to_text());
    let result = partial(run(&client, within(20)).await);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Unconfirmed));
    assert!(result.was_signed_in);
}
