//! Sign-outs by popup, and the calls that come while one is open.

use std::time::Duration;

use cognito_signout::internals::engine::io::{Call, CallId, SignOutCall};
use cognito_signout::internals::engine::tables::Status;
use cognito_signout::{AuthErrorCode, HostedUiMode, SignOutOptions};

use crate::scene::{Forced, Scene, SignIn, by, everywhere, here, within};
use crate::setup::{Action, Navigate};

fn by_popup() -> SignOutOptions {
    by(HostedUiMode::Popup, here())
}

/// The page begins to leave, and never gets away.
fn leaves_in_vain(scene: &mut Scene) -> CallId {
    let asked = SignOutCall {
        navigate: Some(scene.navigate(0, Navigate::Hangs)),
        ..scene.asked(0, by(HostedUiMode::Redirect, here()))
    };
    let call = scene.call(0, Call::SignOut(Box::new(asked)));
    scene.until(|scene| scene.left().len() == 1);
    call
}

#[test]
fn a_popup_s_call_says_what_came_of_the_call_that_ended_the_session() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    let call = scene.sign_out(0, by_popup());
    scene.next("RevokeToken", Forced::Unanswered);
    let ended = scene.sign_out(0, within(50, here()));
    scene.pass(100.0);
    assert_eq!(scene.status(ended), Status::Partial);
    let found_nobody = scene.sign_out(0, here());
    scene.pass(10.0);
    assert!(!scene.outcome(found_nobody).was_signed_in);
    assert!(!scene.is_settled(call));
    scene.until(|scene| scene.is_settled(call));
    assert!(scene.outcome(call).was_signed_in);
    let timeout = Some(AuthErrorCode::Timeout);
    assert_eq!(scene.codes(call), [timeout, None, None, None]);
    scene.end();
}

#[test]
fn a_call_that_follows_another_of_its_page_is_given_the_refresh_token_too() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    let token = scene.refresh_token(session);
    let call = scene.sign_out(0, by_popup());
    scene.next("RevokeToken", Forced::Unanswered);
    let ended = scene.sign_out(0, within(50, here()));
    scene.until(|scene| scene.is_settled(call));
    for call in [ended, call] {
        let error = scene.outcome(call).revoke_token_error.as_ref();
        let given = error.and_then(|error| error.refresh_token.as_ref());
        assert_eq!(given.map(|token| token.expose()), Some(&*token));
    }
    scene.end();
}

#[test]
fn a_popup_s_call_does_not_wait_for_a_page_that_can_t_leave() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    let began = scene.world.now;
    let call = scene.sign_out(0, by_popup());
    leaves_in_vain(&mut scene);
    scene.until(|scene| scene.is_settled(call));
    assert!(scene.settled_at(call) - began < 1500.0);
    assert!(scene.outcome(call).was_signed_in);
    assert_eq!(scene.codes(call), [None; 4]);
    scene.end();
}

#[test]
fn a_global_call_that_joins_a_page_that_can_t_leave_is_not_taken_for_done() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    let call = scene.sign_out(0, by(HostedUiMode::Popup, everywhere()));
    leaves_in_vain(&mut scene);
    scene.next("GlobalSignOut", Forced::Unanswered);
    let joins = scene.sign_out(0, everywhere());
    scene.until(|scene| scene.is_settled(call));
    assert!(!scene.is_settled(joins));
    let unconfirmed = Some(AuthErrorCode::Unconfirmed);
    assert_eq!(scene.codes(call), [None, unconfirmed, None, None]);
    scene.end();
}

#[test]
fn a_popup_s_call_during_a_retry_s_popup_ends_the_session_of_now() {
    let mut scene = Scene::new();
    let first = scene.sign_in(0);
    let options = SignOutOptions {
        popup_timeout: Duration::from_secs(1),
        ..by_popup()
    };
    let call = scene.sign_out(0, options);
    scene.stop_loading();
    scene.until(|scene| scene.is_settled(call));
    let timeout = Some(AuthErrorCode::Timeout);
    assert_eq!(scene.codes(call), [None, None, timeout, None]);
    assert!(!scene.is_alive(first));
    let second = scene.sign_in_as(0, SignIn::default());
    let again = scene.retry(call);
    scene.pass(10.0);
    let next = scene.sign_out(0, by_popup());
    scene.until(|scene| scene.is_settled(again) && scene.is_settled(next));
    assert!(!scene.is_stored(0, second));
    assert!(!scene.is_alive(second));
    assert_eq!(scene.status(next), Status::Complete);
    scene.end();
}

#[test]
fn a_popup_s_call_joins_the_popup_that_is_open_though_a_retry_began_later() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.next("RevokeToken", Forced::Unanswered);
    let before = scene.sign_out(0, within(0, here()));
    scene.pass(3000.0);
    let second = scene.sign_in(0);
    let options = SignOutOptions {
        popup_timeout: Duration::from_secs(1),
        ..by_popup()
    };
    let open = scene.sign_out(0, options.clone());
    scene.stop_loading();
    // It has the time of a retry.
    scene.next("RevokeToken", Forced::Unanswered);
    scene.retry(before);
    scene.pass(10.0);
    let joins = scene.sign_out(0, options);
    scene.stop_loading();
    scene.next("RevokeToken", Forced::Unanswered);
    scene.until(|scene| scene.is_settled(open) && scene.is_settled(joins));
    assert!(!scene.is_stored(0, second));
    let timeout = Some(AuthErrorCode::Timeout);
    for call in [open, joins] {
        assert_eq!(scene.codes(call), [timeout, None, timeout, None]);
    }
    scene.end();
}

#[test]
fn a_popup_s_call_does_not_join_what_online_has_sent() {
    let mut scene = Scene::new();
    scene.sign_in_as(
        0,
        SignIn {
            hosted: true,
            ..SignIn::default()
        },
    );
    scene.act(Action::Offline);
    let blocked = SignOutCall {
        options: SignOutOptions {
            retry_when_online: true,
            ..within(0, by_popup())
        },
        popup: Some(None),
        ..scene.asked(0, here())
    };
    let blocked = scene.call(0, Call::SignOut(Box::new(blocked)));
    scene.until(|scene| scene.is_settled(blocked));
    scene.next("RevokeToken", Forced::Unanswered);
    scene.act(Action::Online);
    scene.pass(1000.0);
    let call = scene.sign_out(0, by_popup());
    scene.until(|scene| scene.is_settled(call));
    let (cookie, wall) = (scene.world.browser.hosted, scene.world.wall());
    let lives = cookie.is_some_and(|it| scene.world.cognito.hosted_is_alive(wall, it));
    assert!(!lives && scene.codes(call)[2].is_none());
    scene.end();
}

#[test]
fn a_popup_s_call_tells_of_the_call_that_ended_the_session_and_not_of_one_that_followed() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.pass(100.0);
    let other_tab = scene.sign_out(1, everywhere());
    scene.until(|scene| scene.is_settled(other_tab));
    scene.pass(100.0);
    let session = scene.sign_in(0);
    let options = SignOutOptions {
        global: true,
        ..by_popup()
    };
    let call = scene.sign_out(0, options);
    scene.next("RevokeToken", Forced::Unanswered);
    let ended = scene.sign_out(0, within(50, here()));
    scene.until(|scene| scene.is_settled(ended));
    let found_nobody = scene.sign_out(0, within(50, everywhere()));
    scene.until(|scene| scene.is_settled(found_nobody) && scene.is_settled(call));
    assert!(scene.is_alive(session));
    assert!(scene.codes(call)[1].is_some());
    scene.end();
}
