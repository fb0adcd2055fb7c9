//! Refreshes that run beside a sign-out: of the engine, and of other libraries, which write back.

use cognito_signout::internals::engine::io::{Call, Reply};
use cognito_signout::internals::engine::tables::Status;
use cognito_signout::{AuthErrorCode, SignOutOptions};

use crate::cognito::throttled;
use crate::scene::{Forced, Scene, SignIn, everywhere, here};
use crate::setup::{Action, By};

#[test]
fn what_was_written_back_is_gone_when_refresh_tokens_rejects() {
    for is_lost in [true, false] {
        let mut scene = Scene::new();
        let session = scene.sign_in(0);
        scene.next("GetTokensFromRefreshToken", Forced::Held);
        let refresh = scene.call(0, Call::RefreshTokens);
        scene.until(|scene| scene.targets().len() == 1);
        scene.sign_out(0, here());
        // The sign-out has read back for the last time.
        scene.pass(3000.0);
        scene.library_stores(0, session);
        if is_lost {
            scene.lose("GetTokensFromRefreshToken");
        }
        // Or it has had its time.
        scene.until(|scene| scene.is_settled(refresh));
        assert!(matches!(scene.reply(refresh), Reply::Failed(_)));
        assert!(!scene.is_stored(0, session), "{is_lost}");
        scene.end();
    }
}

#[test]
fn what_was_written_back_is_gone_when_a_call_that_joins_returns() {
    let mut scene = Scene::new();
    let session = scene.sign_in(0);
    scene.next("RevokeToken", Forced::Held);
    let first = scene.sign_out(0, here());
    scene.pass(200.0);
    scene.library_stores(0, session);
    assert!(scene.is_stored(0, session));
    let second = scene.sign_out(0, here());
    assert!(!scene.is_stored(0, session));
    scene.let_go("RevokeToken");
    scene.pass(5000.0);
    for call in [first, second] {
        assert_eq!(scene.status(call), Status::Complete);
    }
    scene.end();
}

#[test]
fn what_was_written_back_after_the_end_is_revoked_by_the_call_that_removes_it() {
    for is_configured_again in [true, false] {
        let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(10_000.0));
        let session = scene.sign_in(0);
        let first = scene.refresh_token(session);
        scene.library_asks(session);
        let newer = scene.refresh_token(session);
        let call = scene.sign_out(0, here());
        scene.until(|scene| scene.is_settled(call));
        scene.library_stores(0, session);
        match is_configured_again {
            true => scene.act(Action::Configure(0)),
            false => {
                let load = scene.call(0, Call::LoadTokens);
                assert!(matches!(scene.reply(load), Reply::Tokens(None)));
            }
        }
        assert!(!scene.is_stored(0, session), "{is_configured_again}");
        scene.pass(5000.0);
        assert_eq!(scene.revoked(), [first, newer], "{is_configured_again}");
        scene.end();
    }
}

#[test]
fn a_refresh_that_brings_no_new_refresh_token_does_not_revoke_again() {
    let mut scene = Scene::with(|setup| setup.access_valid_ms = 4000.0);
    let session = scene.sign_in(0);
    scene.pass(5000.0);
    scene.next("RevokeToken", Forced::Delayed);
    let first = scene.sign_out(0, here());
    scene.pass(10.0);
    // It needs a valid access token.
    let global = scene.sign_out(0, everywhere());
    scene.pass(1000.0);
    assert_eq!(scene.sent("GlobalSignOut").len(), 1);
    scene.let_go("RevokeToken");
    scene.pass(5000.0);
    for call in [first, global] {
        assert_eq!(scene.status(call), Status::Complete);
    }
    assert_eq!(scene.revoked(), [scene.refresh_token(session)]);
    scene.end();
}

/// Each library keeps a user whom nobody signed out: a further session.
fn two_users() -> (Scene, impl Fn(&mut Scene, usize) -> usize) {
    let scene = Scene::with(|setup| setup.rotation_grace_ms = Some(10_000.0));
    let signs_in = |scene: &mut Scene, user: usize| {
        let by_library = SignIn {
            user,
            by: By::Library,
            ..SignIn::default()
        };
        scene.sign_in_as(0, by_library)
    };
    (scene, signs_in)
}

#[test]
fn a_newer_token_of_a_further_session_takes_no_other_s_place() {
    for is_refreshed_here in [true, false] {
        let (mut scene, signs_in) = two_users();
        let further = signs_in(&mut scene, 0);
        let old = scene.refresh_token(further);
        scene.next("GetTokensFromRefreshToken", Forced::Held);
        if is_refreshed_here {
            scene.call(0, Call::RefreshTokens);
            scene.pass(1000.0);
        } else {
            scene.library_asks(further);
        }
        let current = signs_in(&mut scene, 1);
        // That of the current session is sent first.
        scene.next("RevokeToken", Forced::Lost);
        let call = scene.sign_out(0, here());
        scene.pass(50.0);
        match is_refreshed_here {
            true => scene.let_go("GetTokensFromRefreshToken"),
            false => scene.library_stores(0, further),
        }
        scene.until(|scene| scene.is_settled(call));
        let newer = scene.refresh_token(further);
        assert_ne!(newer, old);
        assert_eq!(scene.codes(call), [None; 4], "{is_refreshed_here}");
        assert!(!scene.is_alive(current), "{is_refreshed_here}");
        assert!(scene.revoked().contains(&&*newer), "{is_refreshed_here}");
        scene.end();
    }
}

#[test]
fn the_device_of_a_further_session_that_came_back_is_forgotten_where_a_call_asks_for_it() {
    let (mut scene, signs_in) = two_users();
    let remembered = SignIn {
        by: By::Library,
        device: true,
        ..SignIn::default()
    };
    let further = scene.sign_in_as(0, remembered);
    signs_in(&mut scene, 1);
    scene.next("RevokeToken", Forced::Held);
    scene.sign_out(0, here());
    scene.pass(500.0);
    scene.library_stores(0, further);
    let forgets = SignOutOptions {
        forget_device: true,
        ..here()
    };
    let call = scene.sign_out(0, forgets);
    scene.pass(1000.0);
    scene.let_go("RevokeToken");
    scene.until(|scene| scene.is_settled(call));
    assert_eq!(scene.sent("ForgetDevice").len(), 1);
    scene.end();
}

#[test]
fn what_another_call_removes_during_a_sign_out_is_revoked_by_that_one() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(10_000.0));
    let session = scene.sign_in(0);
    let first = scene.refresh_token(session);
    scene.library_asks(session);
    let newer = scene.refresh_token(session);
    scene.next("RevokeToken", Forced::Held);
    let call = scene.sign_out(0, here());
    scene.pass(500.0);
    scene.library_stores(0, session);
    let load = scene.call(0, Call::LoadTokens);
    assert!(matches!(scene.reply(load), Reply::Tokens(None)));
    assert!(!scene.is_stored(0, session));
    scene.let_go("RevokeToken");
    scene.until(|scene| scene.is_settled(call));
    assert_eq!(scene.revoked(), [first, newer]);
    assert_eq!(scene.status(call), Status::Complete);
    assert!(!scene.is_alive(session));
    scene.end();
}

#[test]
fn a_page_that_refreshes_is_told_of_the_end_of_the_user_whom_it_shows() {
    let mut scene = Scene::with(|setup| setup.one_process = true);
    scene.sign_in(0);
    scene.pass(100.0);
    scene.sign_out(1, here());
    let other = SignIn {
        user: 1,
        ..SignIn::default()
    };
    scene.sign_in_as(1, other);
    // Before it has heard of the sign-out, it finds the other user.
    scene.call(0, Call::RefreshTokens);
    assert_eq!(scene.told(0), 0);
    scene.pass(5000.0);
    assert_eq!(scene.told(0), 1);
    scene.end();
}

#[test]
fn what_was_written_back_is_gone_when_refresh_tokens_fails() {
    let mut scene = Scene::new();
    let ended = scene.sign_in(0);
    let call = scene.sign_out(0, here());
    scene.until(|scene| scene.is_settled(call));
    scene.pass(3000.0);
    scene.sign_in_as(
        0,
        SignIn {
            user: 1,
            ..SignIn::default()
        },
    );
    scene.next("GetTokensFromRefreshToken", Forced::Answered(throttled));
    let refresh = scene.call(0, Call::RefreshTokens);
    scene.pass(20.0);
    scene.library_stores(0, ended);
    scene.until(|scene| scene.is_settled(refresh));
    assert!(matches!(scene.reply(refresh), Reply::Failed(_)));
    assert!(!scene.is_stored(0, ended));
    scene.end();
}

#[test]
fn a_newer_sign_in_is_not_overwritten_by_a_refresh_under_way() {
    for (tab, by) in [(0, By::Library), (1, By::Library), (1, By::StoreTokens)] {
        let mut scene = Scene::new();
        let old = scene.sign_in(0);
        scene.pass(1000.0);
        scene.next("GetTokensFromRefreshToken", Forced::Held);
        let refresh = scene.call(0, Call::RefreshTokens);
        scene.pass(500.0);
        let how = SignIn {
            by,
            ..SignIn::default()
        };
        let new = scene.sign_in_as(tab, how);
        scene.pass(500.0);
        scene.let_go("GetTokensFromRefreshToken");
        scene.until(|scene| scene.is_settled(refresh));
        assert!(!scene.is_stored(0, old), "{tab} {by:?}");
        assert!(scene.is_stored(0, new), "{tab} {by:?}");
        let Reply::Tokens(Some(tokens)) = scene.reply(refresh) else {
            panic!("{tab} {by:?}: no tokens");
        };
        let tokens = tokens.access_token.expose().to_owned();
        assert_eq!(tokens, scene.access_token(new), "{tab} {by:?}");
        scene.end();
    }
}

#[test]
fn what_a_library_signed_out_is_not_stored_by_a_refresh_under_way() {
    let mut scene = Scene::new();
    let session = scene.sign_in_as(
        0,
        SignIn {
            by: By::Library,
            ..SignIn::default()
        },
    );
    scene.pass(1000.0);
    scene.next("GetTokensFromRefreshToken", Forced::Held);
    let refresh = scene.call(0, Call::RefreshTokens);
    scene.pass(500.0);
    scene.act(Action::LibrarySignOut(1));
    scene.pass(500.0);
    scene.let_go("GetTokensFromRefreshToken");
    scene.until(|scene| scene.is_settled(refresh));
    assert!(!scene.is_stored(0, session));
    assert!(
        matches!(scene.reply(refresh), Reply::Failed(error) if error.code == AuthErrorCode::InvalidState)
    );
    scene.end();
}

#[test]
fn a_refresh_under_way_ends_no_session_when_another_user_signs_in() {
    let mut scene = Scene::with(|setup| {
        setup.rotation_grace_ms = Some(10_000.0);
        setup.user_list = true;
    });
    let session = scene.sign_in_as(
        0,
        SignIn {
            by: By::Library,
            ..SignIn::default()
        },
    );
    scene.pass(1000.0);
    scene.next("GetTokensFromRefreshToken", Forced::Held);
    let refresh = scene.call(0, Call::RefreshTokens);
    scene.pass(500.0);
    scene.sign_in_as(
        0,
        SignIn {
            user: 1,
            ..SignIn::default()
        },
    );
    scene.pass(500.0);
    scene.let_go("GetTokensFromRefreshToken");
    scene.until(|scene| scene.is_settled(refresh));
    scene.pass(500.0);
    assert!(scene.revoked().is_empty());
    assert!(scene.is_alive(session));
    scene.end();
}

#[test]
fn a_token_that_is_written_back_again_waits_for_the_newer_sign_out_that_needs_it() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(10_000.0));
    let session = scene.sign_in(0);
    scene.pass(1000.0);
    scene.act(Action::Offline);
    let first = scene.sign_out(0, here());
    scene.until(|scene| scene.is_settled(first));
    scene.pass(3000.0);
    scene.act(Action::Online);
    scene.library_asks(session);
    scene.library_stores(0, session);
    scene.next("GlobalSignOut", Forced::Delayed);
    let global = scene.sign_out(0, everywhere());
    scene.pass(300.0);
    let before = scene.sent("RevokeToken").len();
    scene.library_asks(session);
    scene.library_stores(0, session);
    scene.call(0, Call::LoadTokens);
    scene.pass(500.0);
    assert_eq!(scene.sent("RevokeToken").len(), before);
    scene.let_go("GlobalSignOut");
    scene.until(|scene| scene.is_settled(global));
    assert_eq!(scene.status(global), Status::Complete);
    assert!(!scene.is_alive(session));
    scene.end();
}
