//! The record of ended sessions that all tabs share.

use cognito_signout::SignOutOptions;
use cognito_signout::internals::engine::io::{Call, Reply};
use cognito_signout::internals::engine::tables::Status;

use crate::scene::{Forced, Scene, SignIn, everywhere, here, within};
use crate::setup::{Action, Kept};

#[test]
fn two_tabs_that_sign_out_at_once_both_stay_signed_out() {
    let mut scene = Scene::with(|setup| setup.kept = Kept::Session);
    let sessions = [scene.sign_in(0), scene.sign_in(1)];
    scene.pass(100.0);
    for tab in [0, 1] {
        scene.sign_out(tab, here());
    }
    scene.pass(10.0);
    // Each has overwritten what the other one wrote.
    scene.pass(5000.0);
    for tab in [0, 1] {
        let record = scene.record(tab);
        for session in sessions {
            let id = scene.world.sessions[session].id;
            assert!(record.has_ended(id), "{tab} {session}");
        }
    }
    for tab in [0, 1] {
        scene.act(Action::Reload(tab));
    }
    scene.pass(2000.0);
    // A library stores what it had got before.
    for (tab, session) in sessions.into_iter().enumerate() {
        scene.library_stores(tab, session);
        let load = scene.call(tab, Call::LoadTokens);
        assert!(matches!(scene.reply(load), Reply::Tokens(None)), "{tab}");
        assert!(!scene.is_stored(tab, session));
    }
    scene.end();
}

#[test]
fn two_tabs_with_one_session_that_sign_out_globally_at_once_both_complete() {
    let mut scene = Scene::with(|setup| {
        setup.kept = Kept::Session;
        setup.tabs = 1;
    });
    let session = scene.sign_in(0);
    scene.act(Action::Duplicate(0));
    scene.pass(1000.0);
    assert!(scene.is_stored(1, session));
    let first = scene.sign_out(0, everywhere());
    // Cognito refuses the second one, for the access token has been revoked.
    scene.next("GlobalSignOut", Forced::Held);
    let second = scene.sign_out(1, everywhere());
    scene.pass(1000.0);
    assert_eq!(scene.sent("GlobalSignOut").len(), 2);
    scene.let_go("GlobalSignOut");
    scene.pass(10_000.0);
    for call in [first, second] {
        assert_eq!(scene.codes(call), [None; 4]);
        assert_eq!(scene.status(call), Status::Complete);
    }
    scene.end();
}

#[test]
fn no_tab_is_signing_out_for_hours_after_the_clock_was_set_back() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.sign_out(0, here());
    scene.pass(100.0);
    assert!(scene.is_signing_out(1));
    scene.act(Action::Crash(0));
    scene.act(Action::Clock(-7_200_000));
    scene.pass(1000.0);
    assert!(!scene.is_signing_out(0) && !scene.is_signing_out(1));
    scene.end();
}

#[test]
fn what_another_tab_has_overwritten_is_written_again() {
    let mut scene = Scene::with(|setup| {
        setup.kept = Kept::Session;
        setup.spread_ms = 60;
    });
    let sessions = [scene.sign_in(0), scene.sign_in(1)];
    scene.pass(1000.0);
    for tab in [0, 1] {
        // Nothing comes later that would write the record.
        scene.next("RevokeToken", Forced::Unanswered);
        let call = scene.sign_out(tab, within(0, here()));
        assert!(scene.is_settled(call));
    }
    scene.pass(500.0);
    for tab in [0, 1] {
        let record = scene.record(tab);
        for session in sessions {
            let id = scene.world.sessions[session].id;
            assert!(record.has_ended(id), "{tab} {session}");
        }
    }
    scene.end();
}

#[test]
fn no_tab_is_leaving_for_hours_after_the_clock_was_set_back() {
    let mut scene = Scene::new();
    let hosted = SignIn {
        hosted: true,
        ..SignIn::default()
    };
    scene.sign_in_as(0, hosted);
    scene.act(Action::ErrorPage);
    scene.sign_out(0, SignOutOptions::default());
    scene.act(Action::Clock(7_200_000));
    scene.until(|scene| !scene.left().is_empty());
    scene.pass(1000.0);
    // The page is gone, and Cognito's error page shows.
    scene.act(Action::Clock(-7_200_000));
    scene.pass(40_000.0);
    assert!(!scene.is_signing_out(1));
    scene.end();
}

#[test]
fn the_outcome_of_a_local_sign_out_is_not_that_of_a_global_one_that_began_at_once() {
    let mut scene = Scene::with(|setup| setup.tabs = 3);
    scene.sign_in(0);
    scene.pass(100.0);
    scene.call(2, Call::LoadTokens);
    scene.next("RevokeToken", Forced::Held);
    let local = scene.sign_out(0, here());
    scene.next("GlobalSignOut", Forced::Unanswered);
    let global = scene.sign_out(1, within(600, everywhere()));
    scene.until(|scene| scene.is_settled(global));
    scene.let_go("RevokeToken");
    scene.until(|scene| scene.is_settled(local));
    scene.pass(100.0);
    let follows = scene.sign_out(2, everywhere());
    scene.until(|scene| scene.is_settled(follows));
    assert!(scene.codes(global)[1].is_some());
    assert!(scene.codes(follows)[1].is_some());
    scene.end();
}
