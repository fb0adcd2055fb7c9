//! Calls that follow the sign-out of another tab, and pages that are told of it.

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::io::Call;
use cognito_signout::internals::engine::tables::Status;

use crate::scene::{Forced, Scene, SignIn, everywhere, here, within};
use crate::setup::{Action, By, Kept};

#[test]
fn the_retry_of_a_follower_without_tokens_is_not_offered_for_ever() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.pass(10.0);
    scene.call(1, Call::LoadTokens);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.sign_out(0, within(1000, here()));
    scene.pass(10.0);
    let follows = scene.sign_out(1, here());
    scene.pass(10_000.0);
    let codes = [Some(AuthErrorCode::Timeout), None, None, None];
    assert_eq!(scene.codes(follows), codes);
    let again = scene.retry(follows);
    scene.pass(10_000.0);
    assert_eq!(scene.codes(again), codes);
    assert_eq!(scene.outcome(again).retry, None);
    assert_eq!(scene.targets(), ["RevokeToken"]);
    scene.end();
}

#[test]
fn without_time_to_wait_a_follower_says_what_is_known_already() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.pass(10.0);
    scene.call(1, Call::LoadTokens);
    let first = scene.sign_out(0, here());
    scene.pass(1000.0);
    assert_eq!(scene.status(first), Status::Complete);
    let follows = scene.sign_out(1, within(0, here()));
    scene.pass(10.0);
    assert!(scene.outcome(follows).was_signed_in);
    assert_eq!(scene.codes(follows), [None; 4]);
    assert_eq!(scene.status(follows), Status::Complete);
    scene.end();
}

#[test]
fn an_answer_that_comes_late_counts_for_those_who_follow() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.pass(10.0);
    scene.call(1, Call::LoadTokens);
    scene.next("RevokeToken", Forced::Held);
    let first = scene.sign_out(0, within(300, here()));
    scene.pass(1000.0);
    let timeout = Some(AuthErrorCode::Timeout);
    assert_eq!(scene.codes(first), [timeout, None, None, None]);
    scene.let_go("RevokeToken");
    scene.pass(100.0);
    let follows = scene.sign_out(1, here());
    scene.pass(1000.0);
    assert!(scene.outcome(follows).was_signed_in);
    assert_eq!(scene.codes(follows), [None; 4]);
    assert_eq!(scene.status(follows), Status::Complete);
    scene.end();
}

#[test]
fn a_new_sign_in_by_the_hosted_ui_stays_after_a_global_sign_out_in_another_tab() {
    let mut scene = Scene::with(|setup| setup.kept = Kept::Session);
    let hosted = SignIn {
        hosted: true,
        ..SignIn::default()
    };
    scene.sign_in_as(0, hosted);
    scene.pass(3000.0);
    let global = scene.sign_out(0, everywhere());
    scene.pass(3000.0);
    assert_eq!(scene.status(global), Status::Complete);
    // The hosted UI's own session is older than that, and signs in without a password.
    let next = scene.sign_in_as(1, hosted);
    scene.pass(1000.0);
    // The record is said once more.
    scene.sign_in(0);
    scene.sign_out(0, here());
    scene.pass(5000.0);
    assert!(scene.is_stored(1, next) && scene.is_alive(next));
    assert_eq!(scene.told(1), 0);
    scene.end();
}

#[test]
fn a_page_hears_of_the_end_of_the_user_whom_it_shows_though_another_is_current() {
    for is_configured_again in [true, false] {
        let mut scene = Scene::with(|setup| setup.one_process = true);
        scene.sign_in(1);
        scene.pass(10.0);
        scene.call(0, Call::LoadTokens);
        scene.pass(100.0);
        scene.sign_out(1, here());
        let other = SignIn {
            user: 1,
            ..SignIn::default()
        };
        let next = scene.sign_in_as(1, other);
        // Before it has heard of the sign-out.
        match is_configured_again {
            true => scene.act(Action::Configure(0)),
            false => {
                scene.call(0, Call::TakeSignOutResult);
            }
        }
        assert_eq!(scene.told(0), 0);
        scene.pass(5000.0);
        assert_eq!(scene.told(0), 1, "{is_configured_again}");
        assert!(scene.is_alive(next));
        scene.end();
    }
}

#[test]
fn a_client_that_is_configured_again_during_a_sign_out_hears_of_it_once() {
    let mut scene = Scene::with(|setup| {
        setup.kept = Kept::Listing;
        setup.storage_ms = 200;
        setup.tabs = 1;
    });
    scene.sign_in(0);
    scene.pass(10_000.0);
    scene.call(0, Call::LoadTokens);
    scene.pass(1000.0);
    let (page, slot) = scene.at(0);
    let sign_out = scene.sign_out(0, here());
    // Nothing is read yet, and the storage is another object now.
    scene.world.configure_anew(page, slot, true);
    scene.pass(5000.0);
    assert_eq!(scene.status(sign_out), Status::Complete);
    assert_eq!(scene.told(0), 1);
    scene.end();
}

#[test]
fn a_follower_waits_for_the_sign_out_of_its_own_session_though_a_later_one_is_over() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.pass(100.0);
    scene.call(1, Call::LoadTokens);
    scene.pass(10.0);
    scene.next("RevokeToken", Forced::Held);
    let first = scene.sign_out(0, here());
    scene.pass(200.0);
    scene.sign_in(0);
    let second = scene.sign_out(0, here());
    scene.until(|scene| scene.is_settled(second));
    let follows = scene.sign_out(1, here());
    scene.pass(50.0);
    assert!(!scene.is_settled(follows) && !scene.is_settled(first));
    scene.let_go("RevokeToken");
    scene.until(|scene| scene.is_settled(follows));
    assert_eq!(scene.status(follows), Status::Complete);
    scene.end();
}

#[test]
fn a_global_call_for_another_user_than_the_running_one_s_is_one_of_its_own() {
    let mut scene = Scene::with(|setup| (setup.oidc, setup.elsewhere) = (true, true));
    let elsewhere = 0;
    let jane = scene.sign_in_as(
        0,
        SignIn {
            by: By::Library,
            ..SignIn::default()
        },
    );
    scene.sign_in_as(
        0,
        SignIn {
            user: 1,
            ..SignIn::default()
        },
    );
    scene.library_asks(jane);
    scene.next("GlobalSignOut", Forced::Held);
    let both = scene.sign_out(0, everywhere());
    scene.pass(500.0);
    scene.library_stores(0, jane);
    let again = scene.sign_out(0, everywhere());
    scene.pass(500.0);
    scene.let_go("GlobalSignOut");
    scene.until(|scene| scene.is_settled(both) && scene.is_settled(again));
    assert_eq!(scene.codes(again)[1].is_none(), !scene.is_alive(elsewhere));
    scene.end();
}

#[test]
fn two_calls_at_once_share_one_sign_out_though_each_looks_whether_it_joins_an_older_one() {
    let mut scene = Scene::with(|setup| (setup.kept, setup.storage_ms) = (Kept::Listing, 100));
    scene.sign_in(0);
    scene.pass(3000.0);
    scene.next("RevokeToken", Forced::Held);
    let older = scene.sign_out(0, here());
    scene.pass(1500.0);
    let session = scene.sign_in(0);
    scene.pass(1500.0);
    let calls = [scene.sign_out(0, here()), scene.sign_out(0, here())];
    scene.until(|scene| calls.iter().any(|call| scene.is_settled(*call)));
    assert!(!scene.is_alive(session));
    scene.until(|scene| calls.iter().all(|call| scene.is_settled(*call)));
    assert_eq!(scene.sent("RevokeToken").len(), 2);
    scene.let_go("RevokeToken");
    scene.until(|scene| scene.is_settled(older));
    scene.end();
}
