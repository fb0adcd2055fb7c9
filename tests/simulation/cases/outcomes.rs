//! What callers are told of tokens and users that their own sign-out did not see.

use cognito_signout::HostedUiMode;
use cognito_signout::internals::engine::io::{Call, CallId, Reply, SignOutCall};
use cognito_signout::internals::engine::tables::Status;

use crate::scene::{Forced, Scene, SignIn, by, everywhere, here, within};
use crate::setup::{By, Navigate};

fn library(user: usize) -> SignIn {
    SignIn {
        user,
        by: By::Library,
        ..SignIn::default()
    }
}

fn leaves(scene: &mut Scene, how: Navigate) -> CallId {
    let asked = SignOutCall {
        navigate: Some(scene.navigate(0, how)),
        ..scene.asked(0, by(HostedUiMode::Redirect, here()))
    };
    scene.call(0, Call::SignOut(Box::new(asked)))
}

#[test]
fn a_follower_of_a_further_session_is_not_told_that_its_user_is_out_everywhere() {
    let mut scene = Scene::with(|setup| (setup.oidc, setup.elsewhere) = (true, true));
    let elsewhere = 0;
    scene.sign_in_as(0, library(0));
    scene.pass(100.0);
    let load = scene.call(1, Call::LoadTokens);
    scene.pass(10.0);
    assert!(matches!(scene.reply(load), Reply::Tokens(Some(_))));
    scene.sign_in_as(
        0,
        SignIn {
            user: 1,
            ..SignIn::default()
        },
    );
    let both = scene.sign_out(0, everywhere());
    scene.until(|scene| scene.is_settled(both));
    scene.pass(100.0);
    let follows = scene.sign_out(1, everywhere());
    scene.until(|scene| scene.is_settled(follows));
    assert_eq!(
        scene.codes(follows)[1].is_none(),
        !scene.is_alive(elsewhere)
    );
    scene.end();
}

#[test]
fn a_follower_says_what_came_of_its_own_session_though_a_later_one_is_complete() {
    let mut scene = Scene::new();
    let own = scene.sign_in(0);
    scene.pass(100.0);
    scene.call(1, Call::LoadTokens);
    scene.pass(10.0);
    scene.next("RevokeToken", Forced::Unanswered);
    let first = scene.sign_out(0, within(300, here()));
    scene.until(|scene| scene.is_settled(first));
    scene.sign_in(0);
    let second = scene.sign_out(0, here());
    scene.until(|scene| scene.is_settled(second));
    scene.pass(100.0);
    let follows = scene.sign_out(1, here());
    scene.until(|scene| scene.is_settled(follows));
    assert_eq!(
        scene.status(follows) == Status::Complete,
        !scene.is_alive(own)
    );
    scene.end();
}

#[test]
fn who_stays_is_not_complete_while_a_newer_token_lives() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(0.0));
    let session = scene.sign_in(0);
    scene.library_asks(session);
    scene.next("RevokeToken", Forced::Held);
    let stays = scene.sign_out(0, within(8000, here()));
    leaves(&mut scene, Navigate::Hangs);
    scene.until(|scene| scene.left().len() == 1);
    scene.let_go("RevokeToken");
    scene.pass(500.0);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.library_stores(0, session);
    scene.until(|scene| scene.is_settled(stays));
    let complete = scene.status(stays) == Status::Complete;
    scene.pass(30_000.0);
    assert!(!complete || !scene.is_alive(session));
    scene.end();
}

#[test]
fn who_fails_to_leave_is_told_of_a_newer_token_that_lives() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(0.0));
    let session = scene.sign_in(0);
    scene.library_asks(session);
    let call = leaves(&mut scene, Navigate::Hangs);
    scene.until(|scene| scene.left().len() == 1);
    scene.pass(5000.0);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.library_stores(0, session);
    while !scene.is_settled(call) {
        scene.pass(1.0);
    }
    let error = scene.codes(call)[0];
    scene.pass(10_000.0);
    assert!(error.is_some() || !scene.is_alive(session));
    scene.end();
}

#[test]
fn who_is_on_its_way_is_not_complete_while_a_newer_token_lives() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(0.0));
    let session = scene.sign_in(0);
    scene.library_asks(session);
    let call = leaves(&mut scene, Navigate::Follows);
    scene.until(|scene| scene.left().len() == 1);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.library_stores(0, session);
    scene.until(|scene| scene.is_settled(call));
    assert!(scene.status(call) != Status::Complete || !scene.is_alive(session));
    scene.end();
}

#[test]
fn a_global_follower_is_not_told_of_another_user_s_global_sign_out() {
    let mut scene = Scene::with(|setup| setup.elsewhere = true);
    scene.sign_in(0);
    scene.pass(100.0);
    scene.call(1, Call::LoadTokens);
    scene.pass(10.0);
    let first = scene.sign_out(0, here());
    scene.until(|scene| scene.is_settled(first));
    scene.sign_in_as(
        0,
        SignIn {
            user: 1,
            ..SignIn::default()
        },
    );
    let second = scene.sign_out(0, everywhere());
    scene.until(|scene| scene.is_settled(second));
    scene.pass(100.0);
    let follows = scene.sign_out(1, everywhere());
    scene.until(|scene| scene.is_settled(follows));
    assert_eq!(scene.codes(follows)[1].is_none(), !scene.is_alive(0));
    scene.end();
}

#[test]
fn what_a_tab_removes_as_it_hears_of_the_end_is_revoked() {
    let mut lives = 0;
    for seed in 1..40 {
        for load in [false, true] {
            let mut scene = Scene::with(|setup| {
                (setup.seed, setup.spread_ms) = (seed, 60);
                setup.rotation_grace_ms = Some(0.0);
            });
            let session = scene.sign_in(0);
            scene.pass(1000.0);
            scene.call(1, Call::LoadTokens);
            scene.pass(10.0);
            scene.library_asks(session);
            scene.next("RevokeToken", Forced::Delayed);
            let call = scene.sign_out(0, here());
            scene.library_stores(1, session);
            if load {
                scene.pass(1.0);
                scene.call(1, Call::LoadTokens);
            }
            scene.pass(1000.0);
            scene.let_go("RevokeToken");
            scene.until(|scene| scene.is_settled(call));
            scene.pass(5000.0);
            if scene.is_alive(session) && scene.status(call) == Status::Complete {
                lives += 1;
            }
        }
    }
    assert_eq!(lives, 0);
}

#[test]
fn a_popup_s_call_revokes_what_its_page_removed_as_it_heard_of_another_tab_s_sign_out() {
    let mut lives = 0;
    for seed in 1..20 {
        let mut scene = Scene::with(|setup| {
            (setup.seed, setup.spread_ms) = (seed, 2500);
            setup.rotation_grace_ms = Some(0.0);
        });
        scene.sign_in(0);
        scene.pass(3000.0);
        let refresh = scene.call(1, Call::RefreshTokens);
        scene.until(|scene| scene.is_settled(refresh));
        let popup = scene.sign_out(1, by(HostedUiMode::Popup, here()));
        scene.pass(1.0);
        let call = scene.sign_out(0, here());
        scene.until(|scene| scene.is_settled(call) && scene.is_settled(popup));
        scene.pass(5000.0);
        let complete =
            scene.status(call) == Status::Complete && scene.status(popup) == Status::Complete;
        lives += i32::from(scene.is_alive(0) && complete);
    }
    assert_eq!(lives, 0);
}

#[test]
fn a_retry_is_not_complete_while_a_newer_token_that_its_call_found_late_lives() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(0.0));
    let session = scene.sign_in(0);
    scene.library_asks(session);
    scene.next("RevokeToken", Forced::Unanswered);
    let call = scene.sign_out(0, within(0, here()));
    assert!(scene.is_settled(call));
    scene.pass(500.0);
    scene.next("RevokeToken", Forced::Held);
    let again = scene.retry(call);
    scene.pass(500.0);
    scene.library_stores(0, session);
    scene.next("RevokeToken", Forced::Lost);
    // Two seconds after the end.
    scene.pass(2000.0);
    scene.let_go("RevokeToken");
    scene.until(|scene| scene.is_settled(again));
    assert!(scene.status(again) != Status::Complete || !scene.is_alive(session));
    scene.end();
}

#[test]
fn a_refresh_under_way_does_not_spoil_another_tab_s_global_sign_out() {
    let mut scene = Scene::with(|setup| {
        setup.elsewhere = true;
        setup.rotation_grace_ms = Some(10_000.0);
    });
    scene.sign_in(0);
    scene.pass(1000.0);
    scene.next("GetTokensFromRefreshToken", Forced::Held);
    let refresh = scene.call(1, Call::RefreshTokens);
    scene.pass(500.0);
    scene.next("GlobalSignOut", Forced::Delayed);
    let global = scene.sign_out(0, everywhere());
    scene.pass(500.0);
    scene.let_go("GetTokensFromRefreshToken");
    scene.until(|scene| scene.is_settled(refresh));
    scene.pass(500.0);
    scene.let_go("GlobalSignOut");
    scene.until(|scene| scene.is_settled(global));
    assert!(!scene.is_alive(0));
    scene.end();
}
