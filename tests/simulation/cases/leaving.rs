//! Pages that leave for the hosted UI, and calls that stay.

use cognito_signout::HostedUiMode;
use cognito_signout::SignOutOptions;
use cognito_signout::internals::engine::io::{Call, CallId, Reply, SignOutCall};
use cognito_signout::internals::engine::tables::Status;
use cognito_signout::internals::json::Json;

use crate::scene::{Forced, Scene, SignIn, by, here, within};
use crate::setup::{Action, Navigate};

#[test]
fn what_is_written_back_while_the_page_leaves_is_removed_and_revoked() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(10_000.0));
    let hosted = SignIn {
        hosted: true,
        ..SignIn::default()
    };
    let session = scene.sign_in_as(0, hosted);
    let first = scene.refresh_token(session);
    scene.library_asks(session);
    let newer = scene.refresh_token(session);
    let call = scene.sign_out(0, SignOutOptions::default());
    scene.until(|scene| scene.left().len() == 1);
    assert_eq!(scene.revoked(), [&*first]);
    scene.library_stores(0, session);
    scene.pass(50.0);
    assert!(scene.is_stored(1, session));
    // `pagehide`
    scene.until(|scene| scene.is_settled(call));
    scene.pass(50.0);
    assert!(!scene.is_stored(1, session));
    assert_eq!(scene.revoked(), [first, newer]);
    assert_eq!(scene.status(call), Status::Partial);
    scene.pass(5000.0);
    let taken = scene.call(0, Call::TakeSignOutResult);
    scene.pass(10.0);
    let Reply::Returned(Some(returned)) = scene.reply(taken) else {
        panic!("the page after has the result");
    };
    let status = returned.result.get("status").and_then(Json::as_str);
    assert_eq!(status, Some("partial"));
    scene.end();
}

/// A page that can't leave: the app's own `navigate` hangs, or the user stops each navigation.
fn leaves_in_vain(scene: &mut Scene, by_app: bool) -> CallId {
    let navigate = by_app.then(|| scene.navigate(0, Navigate::Hangs));
    let asked = SignOutCall {
        navigate,
        ..scene.asked(0, by(HostedUiMode::Redirect, here()))
    };
    scene.call(0, Call::SignOut(Box::new(asked)))
}

/// Lets time pass, in which no navigation gets anywhere.
fn pass(scene: &mut Scene, ms: f64) {
    let end = scene.world.now + ms;
    while scene.world.now < end {
        scene.pass(1.0);
        scene.stop_loading();
    }
}

#[test]
fn who_stays_does_not_wait_for_who_can_t_leave() {
    for by_app in [true, false] {
        for is_answered in [true, false] {
            for joins_at in [0.0, 500.0, 2000.0] {
                for timeout_ms in [300, 5000, 7000] {
                    let what = format!("{by_app} {is_answered} {joins_at} {timeout_ms}");
                    let mut scene = Scene::new();
                    scene.sign_in(0);
                    if !is_answered {
                        scene.next("RevokeToken", Forced::Unanswered);
                    }
                    let leaver = leaves_in_vain(&mut scene, by_app);
                    pass(&mut scene, joins_at);
                    let began = scene.world.now;
                    let stays = scene.sign_out(0, within(timeout_ms, here()));
                    pass(&mut scene, 8000.0);
                    assert!(!scene.is_settled(leaver), "{what}");
                    assert!(scene.is_settled(stays), "{what}");
                    let took = scene.settled_at(stays) - began;
                    assert!(took < timeout_ms as f64 + 10.0, "{what}: {took} ms");
                    assert_eq!(scene.status(stays) == Status::Complete, is_answered);
                    pass(&mut scene, 30_000.0);
                    scene.end();
                }
            }
        }
    }
}

#[test]
fn who_stays_does_not_wait_for_who_can_t_leave_though_the_page_was_frozen() {
    for by_app in [true, false] {
        for is_answered in [true, false] {
            for timeout_ms in [300, 5000, 7000] {
                let what = format!("{by_app} {is_answered} {timeout_ms}");
                let mut scene = Scene::new();
                scene.sign_in(0);
                if !is_answered {
                    scene.next("RevokeToken", Forced::Unanswered);
                }
                let leaver = leaves_in_vain(&mut scene, by_app);
                let stays = scene.sign_out(0, within(timeout_ms, here()));
                scene.pass(50.0);
                scene.act(Action::Freeze(0));
                scene.pass(10_000.0);
                scene.act(Action::Resume(0));
                pass(&mut scene, 10.0);
                assert!(!scene.is_settled(leaver), "{what}");
                assert!(scene.is_settled(stays), "{what}");
                assert!(scene.status(stays) != Status::Failed, "{what}");
                pass(&mut scene, 30_000.0);
                scene.end();
            }
        }
    }
}

#[test]
fn what_was_written_back_is_gone_for_who_stays_though_the_page_never_gets_away() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.next("RevokeToken", Forced::Held);
    let stays = scene.sign_out(0, within(8000, here()));
    leaves_in_vain(&mut scene, true);
    scene.library_asks(session);
    scene.until(|scene| scene.left().len() == 1);
    scene.let_go("RevokeToken");
    scene.pass(500.0);
    scene.library_stores(0, session);
    scene.until(|scene| scene.is_settled(stays));
    assert_eq!(scene.status(stays), Status::Complete);
    assert!(!scene.is_stored(0, session));
    scene.end();
}

#[test]
fn what_was_written_back_is_gone_when_the_page_fails_to_leave() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.library_asks(session);
    let asked = SignOutCall {
        navigate: Some(scene.navigate(0, Navigate::Hangs)),
        ..scene.asked(0, by(HostedUiMode::Redirect, here()))
    };
    let call = scene.call(0, Call::SignOut(Box::new(asked)));
    scene.until(|scene| scene.left().len() == 1);
    scene.pass(5000.0);
    scene.library_stores(0, session);
    pass(&mut scene, 20_000.0);
    assert!(!scene.is_settled(call));
    scene.until(|scene| scene.is_settled(call));
    assert!(!scene.is_stored(0, session));
    scene.end();
}
