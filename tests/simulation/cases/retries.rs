//! `retry()`, and what is sent again once the browser is online.

use cognito_signout::internals::engine::io::{Call, Reply, SignOutCall};
use cognito_signout::internals::engine::tables::Status;
use cognito_signout::{AuthErrorCode, SignOutOptions};

use crate::cognito::{captive_portal, throttled};
use crate::scene::{Forced, Scene, SignIn, everywhere, here, within};
use crate::setup::{Action, By, Kept};

#[test]
fn aborted_while_it_looks_whether_it_joins_nothing_is_touched() {
    let mut scene = Scene::with(|setup| {
        setup.kept = Kept::Listing;
        // Each operation takes half of that.
        setup.storage_ms = 20;
    });
    scene.sign_in(0);
    scene.pass(1000.0);
    scene.next("RevokeToken", Forced::Unanswered);
    scene.sign_out(0, here());
    scene.pass(300.0);
    // Another user signs in meanwhile, and the app aborts at once.
    let next = scene.sign_in(0);
    scene.pass(100.0);
    let signal = scene.signal(0);
    let asked = SignOutCall {
        signal: Some(signal),
        ..scene.asked(0, here())
    };
    let call = scene.call(0, Call::SignOut(Box::new(asked)));
    scene.abort(0, signal);
    scene.pass(20_000.0);
    let outcome = scene.outcome(call);
    let code = outcome.error.as_ref().map(|error| error.code);
    assert_eq!(
        (outcome.tag, code),
        (Status::Failed, Some(AuthErrorCode::Aborted))
    );
    assert!(scene.is_stored(0, next) && scene.is_alive(next));
    scene.end();
}

#[test]
fn a_retry_of_a_call_that_joined_what_online_began_settles() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.act(Action::Silence);
    let online = SignOutOptions {
        retry_when_online: true,
        ..within(300, here())
    };
    let first = scene.sign_out(0, online);
    scene.pass(1000.0);
    scene.act(Action::Offline);
    scene.act(Action::Online);
    let joined = scene.sign_out(0, within(0, here()));
    scene.pass(10_000.0);
    scene.act(Action::Silence);
    let again = scene.retry(joined);
    scene.pass(10_000.0);
    assert_eq!(scene.status(again), Status::Complete);
    assert!(!scene.is_alive(session));
    // It would send RevokeToken once more.
    scene.forget(first);
    scene.end();
}

#[test]
fn online_counts_for_all_callers_after_a_retry_too() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.act(Action::Offline);
    let first = scene.sign_out(0, here());
    let online = SignOutOptions {
        retry_when_online: true,
        ..here()
    };
    scene.sign_out(0, online);
    scene.pass(10_000.0);
    scene.retry(first);
    scene.pass(10_000.0);
    scene.act(Action::Online);
    scene.pass(10_000.0);
    assert!(!scene.is_alive(session));
    scene.end();
}

#[test]
fn no_retry_is_offered_where_one_has_left_the_tab() {
    for (ago, offered) in [(1.0, false), (599_000.0, false), (601_000.0, true)] {
        let mut scene = Scene::new();
        scene.sign_in(0);
        scene.pass(1000.0);
        scene.next("RevokeToken", Forced::Unanswered);
        let call = scene.sign_out(0, here());
        // Another engine of the page has written it.
        scene.retry_left(0, ago);
        scene.pass(10_000.0);
        let is_offered = scene.outcome(call).retry.is_some();
        assert_eq!(is_offered, offered, "{ago}");
        scene.end();
    }
}

#[test]
fn a_global_sign_out_that_was_answered_late_is_no_error_of_its_retry() {
    for is_unanswered in [true, false] {
        let mut scene = Scene::new();
        let session = scene.sign_in(0);
        scene.next("GlobalSignOut", Forced::Held);
        let call = scene.sign_out(0, within(0, everywhere()));
        scene.pass(1000.0);
        assert_eq!(scene.codes(call)[1], Some(AuthErrorCode::Unconfirmed));
        if is_unanswered {
            scene.next("GlobalSignOut", Forced::Unanswered);
        }
        let again = scene.retry(call);
        assert_eq!(scene.sent("GlobalSignOut").len(), 2);
        scene.pass(10.0);
        scene.let_go("GlobalSignOut");
        scene.pass(10_000.0);
        assert_eq!(scene.codes(again), [None; 4], "{is_unanswered}");
        assert_eq!(scene.status(again), Status::Complete);
        assert!(!scene.is_alive(session));
        scene.end();
    }
}

#[test]
fn an_answer_that_comes_after_a_retry_counts_for_the_next_one() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.next("GlobalSignOut", Forced::Held);
    let call = scene.sign_out(0, within(0, everywhere()));
    scene.pass(500.0);
    for _ in 0..3 {
        scene.next("GlobalSignOut", Forced::Lost);
    }
    let again = scene.retry(call);
    scene.pass(10_000.0);
    let network = Some(AuthErrorCode::Network);
    assert_eq!(scene.codes(again)[1], network);
    scene.let_go("GlobalSignOut");
    scene.pass(100.0);
    // Cognito would refuse it, for all sessions have ended.
    let last = scene.retry(again);
    scene.pass(10_000.0);
    assert_eq!(scene.status(last), Status::Complete);
    assert!(!scene.is_alive(session));
    scene.end();
}

#[test]
fn the_retry_of_what_was_completed_meanwhile_removes_what_was_written_back() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.next("RevokeToken", Forced::Held);
    let call = scene.sign_out(0, within(0, here()));
    scene.pass(100.0);
    assert_eq!(scene.codes(call)[0], Some(AuthErrorCode::Unconfirmed));
    scene.let_go("RevokeToken");
    // The sign-out has read back for the last time.
    scene.pass(5000.0);
    scene.library_stores(0, session);
    let again = scene.retry(call);
    scene.pass(10.0);
    assert_eq!(scene.status(again), Status::Complete);
    assert!(!scene.is_stored(0, session));
    scene.end();
}

#[test]
fn after_a_captive_portal_a_global_sign_out_can_be_retried() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    for _ in 0..3 {
        scene.next("GlobalSignOut", Forced::Answered(captive_portal));
    }
    let call = scene.sign_out(0, everywhere());
    scene.pass(10_000.0);
    assert_eq!(scene.status(call), Status::Partial);
    // It would end the access token that the retry needs.
    assert_eq!(scene.targets(), ["GlobalSignOut"; 3]);
    let again = scene.retry(call);
    scene.pass(10_000.0);
    assert_eq!(scene.status(again), Status::Complete);
    assert!(!scene.is_alive(session));
    scene.end();
}

#[test]
fn a_retry_whose_refresh_is_refused_says_so() {
    let mut scene = Scene::with(|setup| setup.access_valid_ms = 4000.0);
    let remembered = SignIn {
        device: true,
        by: By::Library,
        ..SignIn::default()
    };
    let session = scene.sign_in_as(0, remembered);
    // By the clock of this device the access token has not expired yet.
    scene.act(Action::Clock(-60_000));
    scene.pass(5000.0);
    scene.next("ForgetDevice", Forced::Held);
    for _ in 0..3 {
        scene.next("GlobalSignOut", Forced::Answered(throttled));
        scene.next("GetTokensFromRefreshToken", Forced::Lost);
    }
    let options = SignOutOptions {
        forget_device: true,
        ..within(20_000, everywhere())
    };
    let call = scene.sign_out(0, options);
    scene.pass(5000.0);
    // Only now it says that the access token has expired.
    scene.let_go("ForgetDevice");
    scene.pass(20_000.0);
    let error = scene.outcome(call).global_sign_out_error.as_ref();
    let error = &error.unwrap().error;
    assert_eq!(error.code, AuthErrorCode::Throttled);
    scene.revoke_elsewhere(session);
    let again = scene.retry(call);
    scene.pass(10_000.0);
    let error = scene.outcome(again).global_sign_out_error.as_ref();
    let error = &error.unwrap().error;
    assert_eq!(error.code, AuthErrorCode::TokenRevoked);
    assert!(!error.retryable);
    scene.end();
}

#[test]
fn a_result_whose_retry_is_gone_is_not_handed_out() {
    for is_quicker in [true, false] {
        let mut scene = Scene::with(|setup| {
            setup.kept = Kept::Listing;
            setup.storage_ms = 200;
        });
        let hosted = SignIn {
            hosted: true,
            ..SignIn::default()
        };
        scene.sign_in_as(0, hosted);
        scene.pass(3000.0);
        scene.sign_out(0, SignOutOptions::default());
        scene.until(|scene| !scene.left().is_empty());
        scene.act(Action::Offline);
        scene.pass(10_000.0);
        // From the browser's error page back into the app.
        scene.act(Action::Online);
        scene.act(Action::Link(0));
        scene.pass(1000.0);
        scene.act(Action::Configure(0));
        scene.pass(3000.0);
        let take = scene.call(0, Call::TakeSignOutResult);
        if is_quicker {
            // The storage is still being read for it.
            scene.world.setup.storage_ms = 20;
            let call = scene.sign_out(0, here());
            scene.pass(100.0);
            assert!(scene.is_settled(call) && !scene.is_settled(take));
        }
        scene.pass(20_000.0);
        let Reply::Returned(returned) = scene.reply(take) else {
            panic!("it is handed out, or nothing is");
        };
        let retry = returned.as_ref().map(|returned| returned.retry.is_some());
        let expected = (!is_quicker).then_some(true);
        assert_eq!(retry, expected);
        scene.end();
    }
}

#[test]
fn a_retry_that_joins_and_leaves_the_page_is_the_last_one_offered() {
    let mut scene = Scene::new();
    let hosted = SignIn {
        hosted: true,
        ..SignIn::default()
    };
    scene.sign_in_as(0, hosted);
    scene.next("RevokeToken", Forced::Unanswered);
    let signal = scene.signal(0);
    let asked = SignOutCall {
        signal: Some(signal),
        ..scene.asked(0, SignOutOptions::default())
    };
    let leaves = scene.call(0, Call::SignOut(Box::new(asked)));
    let stays = scene.sign_out(0, here());
    scene.pass(10.0);
    scene.abort(0, signal);
    let again = scene.retry(leaves);
    scene.until(|scene| scene.is_settled(again));
    assert_eq!(scene.left().len(), 1);
    for call in [stays, again] {
        assert_eq!(scene.status(call), Status::Partial);
        assert_eq!(scene.outcome(call).retry, None);
    }
    scene.end();
}

#[test]
fn what_online_has_sent_is_sent_again_when_the_browser_is_online_once_more() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.act(Action::Offline);
    let online = SignOutOptions {
        retry_when_online: true,
        ..here()
    };
    let call = scene.sign_out(0, online);
    scene.until(|scene| scene.is_settled(call));
    scene.next("RevokeToken", Forced::Unanswered);
    scene.act(Action::Online);
    scene.pass(100.0);
    scene.act(Action::Offline);
    scene.pass(100.0);
    scene.act(Action::Online);
    scene.pass(10_000.0);
    assert!(!scene.is_alive(session));
    scene.end();
}
