//! What a sign-out leaves behind for others: listeners, `isSigningOut`, the mark, and sessions that come back.
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
use browser_support::patch::faster;
use browser_support::wait::{Gate, macrotask, settled, until};
use browser_support::*;
use cognito_signout::config::StorageKind;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::flow::{Mark, MarkEntry};
use cognito_signout::outcome::{SignOutResult, StepName};
use cognito_signout::{Client, SignedOutEvent, SignedOutReason};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

async fn run(client: &Client, options: Options) -> SignOutResult {
    settled("signOut", client.sign_out(options)).await
}

type Told = Rc<RefCell<Vec<SignedOutEvent>>>;

fn listen(client: &Client) -> (u32, Told) {
    let told: Told = Rc::default();
    let seen = told.clone();
    let id = client.on_signed_out(move |event| seen.borrow_mut().push(event));
    (id, told)
}

fn event(reason: SignedOutReason, global: bool) -> SignedOutEvent {
    SignedOutEvent {
        reason,
        global,
        redirecting: false,
    }
}

/// A gate, and the script that holds RevokeToken behind it.
fn hold(world: &World) -> Gate {
    let gate = Gate::new();
    let behind = Reply::Behind(gate.clone(), Box::new(Reply::Success));
    world.cognito.reply("RevokeToken", behind);
    gate
}

// ---- listeners

#[wasm_bindgen_test]
async fn listeners_are_told_once_a_sign_out_before_the_caller_goes_on() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let (first, told) = listen(&client);
    let (second, told_twice) = listen(&client);
    let (_, other) = listen(&world.client());
    let [a, b] = [everywhere(), Options::default()].map(|options| client.sign_out(options));
    settled("the first", a).await;
    let expected = [event(SignedOutReason::SignOut, true)];
    assert_eq!(*told.borrow(), expected);
    settled("the second", b).await;
    client.off_signed_out(second);
    client.off_signed_out(second);

    client.store_tokens(world.session().tokens()).await.unwrap();
    run(&client, Options::default()).await;
    macrotask().await;
    let both = [expected[0], event(SignedOutReason::SignOut, false)];
    assert_eq!(*told.borrow(), both);
    assert_eq!(
        *other.borrow(),
        both,
        "the same configuration is the same client"
    );
    assert_eq!(*told_twice.borrow(), expected);
    client.off_signed_out(first);
}

#[wasm_bindgen_test]
async fn listeners_are_told_of_a_partial_one_too() {
    let world = World::new();
    world.cognito.reply("RevokeToken", Reply::Silence);
    let client = world.signed_in(&world.session()).await;
    let (_, told) = listen(&client);
    partial(run(&client, within(10.0)).await);
    assert_eq!(*told.borrow(), [event(SignedOutReason::SignOut, false)]);
}

#[wasm_bindgen_test]
async fn another_client_id_hears_nothing() {
    let (world, other) = (World::new(), World::new());
    let (_, told) = listen(&other.client());
    // The later world has the page's fetch.
    let client = world.signed_in(&world.session()).await;
    complete(run(&client, Options::default()).await);
    macrotask().await;
    assert!(told.borrow().is_empty());
}

// ---- isSigningOut and the mark

#[wasm_bindgen_test]
async fn signing_out_from_the_clear_until_it_settles() {
    let world = World::new();
    let gate = hold(&world);
    let session = world.session();
    let client = world.signed_in(&session).await;
    assert!(!client.is_signing_out() && world.mark().is_empty());
    let waits = client.sign_out(Options::default());
    assert!(client.is_signing_out());

    // Another tab reads it off the mark, in which there is no token.
    let mark = Mark::parse(&world.mark(), js_sys::Date::now());
    assert_eq!(mark.0.len(), 1);
    assert!(mark.is_signing_out(js_sys::Date::now()));
    session.is_not_in(&world.mark());

    gate.open();
    complete(settled("signOut", waits).await);
    assert!(!client.is_signing_out());
    let mark = Mark::parse(&world.mark(), js_sys::Date::now());
    assert!(!mark.is_signing_out(js_sys::Date::now()));
    assert_eq!(mark.0[0].codes, Some([None; 4]));
}

#[wasm_bindgen_test]
async fn another_tab_is_signing_out() {
    let world = World::new();
    let client = world.client();
    let session = cognito_signout::session::Session {
        refresh_token: Some(cognito_signout::session::Secret::new("another")),
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

fn entry(session: &cognito_signout::session::Session, now: f64) -> MarkEntry {
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
    }
}

#[wasm_bindgen_test]
async fn a_session_that_has_ended_is_not_stored_again() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    complete(run(&client, Options::default()).await);
    let mut refreshed = session.clone();
    refreshed.renew(3600.0);
    refreshed.rotate();
    for tokens in [session.tokens(), refreshed.tokens()] {
        let error = client.store_tokens(tokens).await.unwrap_err();
        assert_eq!(error.code, AuthErrorCode::TokenRevoked);
        session.is_not_in(&format!("{error:?}"));
    }
    assert!(world.is_signed_out());
    let new = world.session();
    client.store_tokens(new.tokens()).await.unwrap();
    assert_eq!(client.load_tokens().await.unwrap(), Some(new.tokens()));
}

#[wasm_bindgen_test]
async fn the_mark_keeps_the_last_eight() {
    let world = World::new();
    let client = world.client();
    for _ in 0..10 {
        client.store_tokens(world.session().tokens()).await.unwrap();
        complete(run(&client, Options::default()).await);
    }
    let mark = Mark::parse(&world.mark(), js_sys::Date::now());
    assert_eq!(mark.0.len(), 8);
}

// ---- a session that comes back

#[wasm_bindgen_test]
async fn a_session_written_back_within_the_run_is_removed_and_revoked() {
    let world = World::new();
    let gate = hold(&world);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let waits = client.sign_out(Options::default());
    // A refresh of another library was in flight.
    let mut back = session.clone();
    back.renew(3600.0);
    back.rotate();
    world.write(&back);
    gate.open();
    let result = settled("signOut", waits).await;
    let steps = result.steps();
    let read_back = steps.iter().find(|s| s.step == StepName::ReadBack).unwrap();
    let expected = "the session had been written back";
    assert_eq!(read_back.reason.as_deref(), Some(expected));
    complete(result);
    assert!(
        !world
            .stored("localStorage")
            .iter()
            .any(|e| e.0.ends_with("Token"))
    );
    assert_eq!(world.cognito.revoked(), [session.refresh, back.refresh]);
}

#[wasm_bindgen_test]
async fn a_new_session_written_within_the_run_stays() {
    let world = World::new();
    let gate = hold(&world);
    let (old, new) = (world.session(), world.session());
    let client = world.signed_in(&old).await;
    let waits = client.sign_out(Options::default());
    client.store_tokens(new.tokens()).await.unwrap();
    gate.open();
    complete(settled("signOut", waits).await);
    assert_eq!(client.load_tokens().await.unwrap(), Some(new.tokens()));
    assert_eq!(world.cognito.revoked(), [old.refresh]);
}

#[wasm_bindgen_test]
async fn a_session_written_back_soon_after_goes_by_itself() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let time = faster(50.0);
    complete(run(&client, Options::default()).await);
    let mut back = session.clone();
    back.rotate();
    world.write(&back);
    let user = world.key("jane.doe.refreshToken");
    until("it is removed", || item("localStorage", &user).is_none()).await;
    let both = [session.refresh, back.refresh];
    until("it is revoked", || world.cognito.revoked() == both).await;
    drop(time);
}

#[wasm_bindgen_test]
async fn a_session_written_back_later_goes_when_it_is_looked_for() {
    for look in ["load", "open", "take"] {
        let world = World::new();
        let session = world.session();
        let client = world.signed_in(&session).await;
        complete(run(&client, Options::default()).await);
        let mut back = session.clone();
        back.rotate();
        world.write(&back);
        match look {
            "load" => assert_eq!(client.load_tokens().await.unwrap(), None),
            "open" => client.open().await.unwrap(),
            _ => assert!(client.take_sign_out_result().await.is_none()),
        }
        let user = world.key("jane.doe.refreshToken");
        assert_eq!(item("localStorage", &user), None, "{look}");
    }
}

#[wasm_bindgen_test]
async fn a_refresh_in_flight_writes_nothing_after_the_sign_out() {
    let world = World::new();
    let gate = Gate::new();
    let session = world.session();
    let mut fresh = session.clone();
    fresh.renew(3600.0);
    fresh.rotate();
    let answer = Reply::Behind(
        gate.clone(),
        Box::new(Reply::Answer(200, fresh.refreshed())),
    );
    world.cognito.reply("GetTokensFromRefreshToken", answer);
    let client = world.signed_in(&session).await;
    let refreshing = client.clone();
    let refreshed = wasm_bindgen_futures::future_to_promise(async move {
        match refreshing.refresh_tokens().await {
            Ok(_) => Ok(true.into()),
            Err(error) => Err(error.code.as_str().into()),
        }
    });
    until("the refresh is out", || !world.cognito.sent().is_empty()).await;
    complete(run(&client, Options::default()).await);
    gate.open();
    let refreshed = wasm_bindgen_futures::JsFuture::from(refreshed);
    let refused = settled("refreshTokens", refreshed).await.unwrap_err();
    assert_eq!(refused, "invalidState");
    assert!(world.is_signed_out());
    // What Cognito gave meanwhile must not live on.
    let both = [session.refresh, fresh.refresh];
    until("both are revoked", || world.cognito.revoked() == both).await;
}

#[wasm_bindgen_test]
async fn a_refresh_that_is_answered_in_time_is_stored() {
    let world = World::new();
    let session = world.session();
    let mut fresh = session.clone();
    fresh.renew(3600.0);
    fresh.rotate();
    let answer = Reply::Answer(200, fresh.refreshed());
    world.cognito.reply("GetTokensFromRefreshToken", answer);
    let client = world.signed_in(&session).await;
    let refreshed = settled("refreshTokens", client.refresh_tokens()).await;
    assert_eq!(refreshed.unwrap(), fresh.tokens());
    assert_eq!(client.load_tokens().await.unwrap(), Some(fresh.tokens()));
    // It is the same session: its end is known by the origin, not by the token.
    complete(run(&client, Options::default()).await);
    assert_eq!(world.cognito.revoked(), [fresh.refresh]);
    assert!(client.store_tokens(session.tokens()).await.is_err());
    let error = settled("refreshTokens", client.refresh_tokens()).await;
    assert_eq!(error.unwrap_err().code, AuthErrorCode::InvalidState);
}

// ---- other tabs

/// What another tab of the origin would say on the channel.
fn post(world: &World, text: &str) {
    let name = world.own_key("tabs");
    let channel = construct("BroadcastChannel", &[&name.into()]);
    call(&channel, "postMessage", &[&text.into()]);
    call(&channel, "close", &[]);
}

fn stored_session(session: &Session) -> cognito_signout::session::Session {
    let tokens = session.tokens();
    cognito_signout::session::Session {
        access_token: Some(tokens.access_token),
        refresh_token: tokens.refresh_token,
        ..Default::default()
    }
}

#[wasm_bindgen_test]
async fn a_tab_with_its_own_copy_of_the_session_drops_it_and_tells() {
    for kind in [StorageKind::Session, StorageKind::Memory] {
        let world = World::new();
        let (session, other) = (world.session(), world.session());
        let client = Client::new(world.config_of(kind));
        client.store_tokens(session.tokens()).await.unwrap();
        let (_, told) = listen(&client);
        let now = js_sys::Date::now();

        // Another session's end is not this tab's business.
        let mut mark = Mark::default();
        mark.put(entry(&stored_session(&other), now));
        post(&world, &mark.to_text());
        mark.put(entry(&stored_session(&session), now));
        post(&world, &mark.to_text());
        until("it is told", || !told.borrow().is_empty()).await;
        post(&world, &mark.to_text());
        post(&world, "no mark at all");
        macrotask().await;
        macrotask().await;
        assert_eq!(*told.borrow(), [event(SignedOutReason::OtherTab, false)]);
        assert_eq!(client.load_tokens().await.unwrap(), None);
        assert!(world.cognito.sent().is_empty());
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn a_call_that_another_tab_overtook_gives_that_tabs_outcome() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    client.load_tokens().await.unwrap();
    // The other tab marks the session and removes it, then calls on Cognito.
    let now = js_sys::Date::now();
    let mut mark = Mark::default();
    mark.put(entry(&stored_session(&session), now));
    let mark_key = world.own_key("ended");
    set_item("localStorage", &mark_key, &mark.to_text());
    for (what, _) in world.stored("localStorage") {
        let key = world.key(&what).into();
        call(&global("localStorage"), "removeItem", &[&key]);
    }

    let waits = client.sign_out(Options::default());
    assert!(world.cognito.sent().is_empty());
    mark.0[0].codes = Some([Some(AuthErrorCode::Throttled), None, None, None]);
    set_item("localStorage", &mark_key, &mark.to_text());
    post(&world, &mark.to_text());
    let result = partial(settled("signOut", waits).await);
    assert!(result.was_signed_in);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Throttled));
    let error = result.revoke_token_error.unwrap();
    // This tab never held the token in this call.
    assert!(error.refresh_token.is_none());
}

#[wasm_bindgen_test]
async fn an_overtaking_tab_that_says_nothing_leaves_it_unconfirmed() {
    let world = World::new();
    let client = world.client();
    let mut mark = Mark::default();
    let other = stored_session(&world.session());
    mark.put(entry(&other, js_sys::Date::now()));
    set_item("localStorage", &world.own_key("ended"), &mark.to_text());
    let result = partial(run(&client, within(20.0)).await);
    assert_eq!(revoke_code(&result), Some(AuthErrorCode::Unconfirmed));
    assert!(result.was_signed_in);
}
