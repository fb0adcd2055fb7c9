//! Sign-outs of what the face has removed without an engine: all but the clear is done, and no
//! stored session is touched.

use cognito_signout::AuthErrorCode;
use cognito_signout::SignOutOptions;
use cognito_signout::internals::engine::io::{Call, CallId, Removed, Reply, SignOutCall};
use cognito_signout::{Status, StepName, StepOutcome};

use crate::pages::key;
use crate::scene::{Forced, Scene, SignIn, everywhere, here, within};
use crate::setup::{By, Kept};
use crate::storage::Entries;
use crate::world::{CLIENTS, name_of};

/// Signs a user in, and removes the session as the face does.
fn removed_session(scene: &mut Scene) -> (usize, Removed) {
    let session = scene.sign_in(0);
    scene.pass(1000.0);
    (session, remove_all(scene, 0))
}

/// Removes the client's keys, as the face does where it has no engine. Returns what was there.
fn remove_all(scene: &mut Scene, tab: usize) -> Removed {
    let prefix = format!("CognitoIdentityServiceProvider.{}.", CLIENTS[0]);
    let (page, slot) = scene.at(tab);
    let local = local(scene, tab);
    let removed = local.iter().filter(|entry| entry.0.starts_with(&prefix));
    let removed: Vec<(String, String)> = removed
        .map(|(name, value)| (name.to_string(), value.text.to_string()))
        .collect();
    for (name, _) in &removed {
        scene.world.set(page, slot, Kept::Local, name, None);
    }
    Removed(removed)
}

/// Stores again what was removed.
fn put_back(scene: &mut Scene, tab: usize, removed: &Removed) {
    let (page, slot) = scene.at(tab);
    for (name, text) in &removed.0 {
        scene.world.set(page, slot, Kept::Local, name, Some(text));
    }
}

/// localStorage as a tab sees it.
fn local(scene: &mut Scene, tab: usize) -> Entries {
    let (page, slot) = scene.at(tab);
    scene.world.entries(page, slot, Kept::Local).clone()
}

/// Hands what was removed to the engine.
fn end_removed(scene: &mut Scene, tab: usize, options: SignOutOptions, removed: Removed) -> CallId {
    let asked = SignOutCall {
        removed: Some(removed),
        ..scene.asked(tab, options)
    };
    scene.call(tab, Call::SignOut(Box::new(asked)))
}

/// The same, and lets it come to its end.
fn end(scene: &mut Scene, options: SignOutOptions, removed: Removed) -> CallId {
    let call = end_removed(scene, 0, options, removed);
    scene.pass(10_000.0);
    call
}

/// Signs out of all devices, and of the hosted UI where the session is from there.
fn everywhere_or_there() -> SignOutOptions {
    SignOutOptions {
        global: true,
        ..SignOutOptions::default()
    }
}

#[test]
fn what_was_removed_is_revoked_and_a_session_stored_since_is_left_alone() {
    let mut scene = Scene::new();
    let (session, removed) = removed_session(&mut scene);
    let next = scene.sign_in(0);
    let (changes, before) = (scene.changes(), local(&mut scene, 0));
    let call = end(&mut scene, SignOutOptions::default(), removed);
    let outcome = scene.outcome(call);
    assert!(outcome.was_signed_in);
    assert_eq!(outcome.tag, Status::Complete);
    let clear = &outcome.steps[0];
    assert_eq!(clear.step, StepName::Clear);
    assert_eq!(clear.outcome, StepOutcome::Skipped);
    assert!(!scene.is_alive(session));
    assert!(scene.is_alive(next));
    assert_eq!(scene.changes(), changes);
    let now = local(&mut scene, 0);
    for (name, value) in &before {
        assert_eq!(now.get(name), Some(value), "{name}");
    }
    // The session that was read last is still the stored one.
    scene.call(1, Call::LoadTokens);
    let told = scene.told(0);
    scene.sign_out(1, here());
    scene.pass(10_000.0);
    assert!(!scene.is_alive(next));
    assert_eq!(scene.told(0), told + 1);
    scene.end();
}

#[test]
fn other_tabs_are_told_and_this_tab_s_listeners_are_not() {
    let mut scene = Scene::new();
    scene.sign_in(0);
    scene.pass(10.0);
    scene.call(1, Call::LoadTokens);
    scene.pass(1000.0);
    let removed = remove_all(&mut scene, 0);
    end_removed(&mut scene, 0, SignOutOptions::default(), removed);
    assert_eq!(scene.broadcasts(0), 1);
    scene.pass(10_000.0);
    assert_eq!([scene.told(0), scene.told(1)], [0, 1]);
    assert!(!scene.is_signing_out(0) && !scene.is_signing_out(1));
    scene.end();
}

#[test]
fn an_expired_access_token_is_refreshed_for_a_global_one_and_not_written() {
    let mut scene = Scene::with(|setup| setup.access_valid_ms = 4000.0);
    let session = scene.sign_in(0);
    scene.pass(5000.0);
    let removed = remove_all(&mut scene, 0);
    let names = |scene: &mut Scene| {
        let names = local(scene, 0).into_keys();
        let ended = key(0, "ended");
        names.filter(|name| **name != ended).collect::<Vec<_>>()
    };
    let before = names(&mut scene);
    let stale = scene.access_token(session);
    let call = end(&mut scene, everywhere_or_there(), removed);
    assert_eq!(scene.status(call), Status::Complete);
    let expected = ["GetTokensFromRefreshToken", "GlobalSignOut", "RevokeToken"];
    assert_eq!(scene.targets(), expected);
    let fresh = scene.access_token(session);
    assert_ne!(fresh, stale);
    assert_eq!(scene.sent("GlobalSignOut")[0]["AccessToken"], *fresh);
    assert_eq!(scene.revoked(), [scene.refresh_token(session)]);
    assert_eq!(names(&mut scene), before);
    scene.end();
}

#[test]
fn a_session_of_the_hosted_ui_leaves_by_redirect() {
    let mut scene = Scene::new();
    let hosted = SignIn {
        hosted: true,
        ..SignIn::default()
    };
    scene.sign_in_as(0, hosted);
    scene.pass(1000.0);
    let removed = remove_all(&mut scene, 0);
    let page = scene.at(0).0;
    let call = end_removed(&mut scene, 0, SignOutOptions::default(), removed);
    scene.until(|scene| scene.left().len() == 1);
    assert!(scene.left()[0].starts_with("https://auth.example.com/logout?"));
    // What left counts as a retry.
    let tab = scene.world.pages[page].tab;
    let retried = key(0, "retried");
    assert!(scene.world.session_of(tab).contains_key(retried.as_str()));
    // The page is hidden.
    scene.until(|scene| scene.is_settled(call));
    let left = scene.left()[0];
    assert_eq!(scene.outcome(call).logout_url.as_deref(), Some(left));
    scene.pass(10_000.0);
    assert_eq!(scene.told_in(page), 0);
    scene.end();
}

#[test]
fn nothing_removed_is_complete_without_a_request() {
    let mut scene = Scene::new();
    // Another tab has just signed somebody out, which is not followed.
    let hosted = SignIn {
        hosted: true,
        ..SignIn::default()
    };
    scene.sign_in_as(1, hosted);
    scene.sign_out(1, here());
    scene.pass(10_000.0);
    let sent = scene.targets().len();
    let call = end(&mut scene, everywhere_or_there(), Removed::default());
    let outcome = scene.outcome(call);
    assert_eq!(outcome.tag, Status::Complete);
    assert!(!outcome.was_signed_in);
    assert_eq!(scene.targets().len(), sent);
    assert!(scene.left().is_empty());
    scene.end();
}

#[test]
fn the_retry_of_a_partial_result_ends_the_session() {
    let mut scene = Scene::new();
    let (session, removed) = removed_session(&mut scene);
    scene.next("GlobalSignOut", Forced::Unanswered);
    let call = end(&mut scene, everywhere_or_there(), removed);
    let partial = scene.outcome(call);
    assert_eq!(partial.tag, Status::Partial);
    let error = partial.global_sign_out_error.as_ref();
    let code = error.map(|error| error.error.code);
    assert_eq!(code, Some(AuthErrorCode::Timeout));
    let told = [scene.told(0), scene.told(1)];
    assert_eq!(told, [0, 0]);
    let next = scene.sign_in(0);
    let again = scene.retry(call);
    scene.pass(10_000.0);
    assert_eq!(scene.status(again), Status::Complete);
    assert!(!scene.is_alive(session) && scene.is_stored(0, next));
    assert_eq!([scene.told(0), scene.told(1)], [0, 0]);
    scene.end();
}

#[test]
fn as_a_retry_it_has_time_and_no_signal() {
    let mut scene = Scene::new();
    let (session, removed) = removed_session(&mut scene);
    let signal = scene.signal(0);
    let asked = SignOutCall {
        removed: Some(removed),
        signal: Some(signal),
        aborted: true,
        ..scene.asked(0, within(0, everywhere_or_there()))
    };
    let call = scene.call(0, Call::SignOut(Box::new(asked)));
    scene.abort(0, signal);
    scene.pass(10_000.0);
    assert_eq!(scene.status(call), Status::Complete);
    assert_eq!(scene.targets(), ["GlobalSignOut", "RevokeToken"]);
    assert!(!scene.is_alive(session));
    scene.end();
}

#[test]
fn it_joins_no_sign_out() {
    let mut scene = Scene::new();
    let (first, removed) = removed_session(&mut scene);
    let second = scene.sign_in(0);
    scene.pass(1000.0);
    scene.next("RevokeToken", Forced::Unanswered);
    let other = scene.sign_out(0, here());
    let call = end_removed(&mut scene, 0, SignOutOptions::default(), removed);
    scene.pass(500.0);
    assert!(!scene.is_alive(first) && scene.is_alive(second));
    assert_eq!(scene.status(call), Status::Complete);
    assert!(!scene.is_settled(other));
    scene.end();
}

#[test]
fn no_sign_out_joins_it() {
    let mut scene = Scene::new();
    let (_, removed) = removed_session(&mut scene);
    scene.next("RevokeToken", Forced::Unanswered);
    end_removed(&mut scene, 0, SignOutOptions::default(), removed);
    let call = scene.sign_out(0, within(7000, everywhere()));
    scene.pass(10_000.0);
    assert!(!scene.targets().contains(&"GlobalSignOut"));
    // It waits for the outcome, as it waits for another tab's.
    let [revoke, global, ..] = scene.codes(call);
    assert_eq!(revoke, Some(AuthErrorCode::Timeout));
    assert_eq!(global, Some(AuthErrorCode::Unconfirmed));
    scene.end();
}

#[test]
fn a_refresh_of_the_session_writes_nothing_and_one_of_another_does() {
    for is_of_removed in [true, false] {
        let mut scene = Scene::new();
        let (session, removed) = removed_session(&mut scene);
        let refreshed = match is_of_removed {
            true => {
                put_back(&mut scene, 0, &removed);
                session
            }
            false => scene.sign_in(0),
        };
        let refresh = scene.call(0, Call::RefreshTokens);
        scene.until(|scene| scene.targets().len() == 1);
        if is_of_removed {
            remove_all(&mut scene, 0);
        }
        end_removed(&mut scene, 0, SignOutOptions::default(), removed);
        scene.pass(10_000.0);
        let reply = scene.reply(refresh);
        assert_eq!(matches!(reply, Reply::Failed(_)), is_of_removed);
        assert_eq!(scene.world.sessions[refreshed].access.len(), 2);
        let fresh = scene.access_token(refreshed);
        let is_written = local(&mut scene, 0)
            .values()
            .any(|value| *value.text == *fresh);
        assert_eq!(is_written, !is_of_removed);
        scene.end();
    }
}

#[test]
fn all_of_it_ends_whatever_a_list_of_users_says() {
    let mut scene = Scene::new();
    let first = scene.sign_in(0);
    let second = scene.sign_in_as(
        0,
        SignIn {
            user: 1,
            ..SignIn::default()
        },
    );
    scene.pass(1000.0);
    let list = format!("CognitoIdentityServiceProvider.{}.AuthUserList", CLIENTS[0]);
    let (page, slot) = scene.at(0);
    let users = [name_of(0), name_of(1)].join(",");
    scene
        .world
        .set(page, slot, Kept::Local, &list, Some(&users));
    let removed = remove_all(&mut scene, 0);
    end(&mut scene, SignOutOptions::default(), removed);
    assert!(!scene.is_alive(first) && !scene.is_alive(second));
    scene.end();
}

#[test]
fn the_device_is_forgotten_by_the_key_among_what_was_removed() {
    let mut scene = Scene::new();
    let remembered = SignIn {
        device: true,
        by: By::Library,
        ..SignIn::default()
    };
    let session = scene.sign_in_as(0, remembered);
    scene.pass(1000.0);
    let removed = remove_all(&mut scene, 0);
    let device = scene.world.sessions[session].device.clone().unwrap();
    assert!(
        removed
            .0
            .iter()
            .any(|entry| entry.0.ends_with(".deviceKey"))
    );
    let options = SignOutOptions {
        forget_device: true,
        ..SignOutOptions::default()
    };
    let call = end(&mut scene, options, removed);
    assert_eq!(scene.status(call), Status::Complete);
    assert_eq!(scene.targets(), ["ForgetDevice", "RevokeToken"]);
    assert_eq!(scene.sent("ForgetDevice")[0]["DeviceKey"], *device);
    scene.end();
}

#[test]
fn no_retry_is_offered_where_one_has_left_the_tab_with_the_same_session() {
    let mut scene = Scene::new();
    let (_, removed) = removed_session(&mut scene);
    scene.next("RevokeToken", Forced::Unanswered);
    let first = end(&mut scene, SignOutOptions::default(), removed.clone());
    assert!(scene.outcome(first).retry.is_some());
    scene.retry_left(0, 1.0);
    scene.next("RevokeToken", Forced::Unanswered);
    let second = end(&mut scene, SignOutOptions::default(), removed);
    assert!(scene.outcome(second).retry.is_none());
    scene.end();
}

#[test]
fn what_was_written_back_since_is_removed_and_its_newer_token_revoked() {
    let mut scene = Scene::with(|setup| setup.rotation_grace_ms = Some(10_000.0));
    let (session, removed) = removed_session(&mut scene);
    let first = scene.refresh_token(session);
    scene.library_asks(session);
    let rotated = scene.refresh_token(session);
    assert_ne!(rotated, first);
    scene.library_stores(0, session);
    end(&mut scene, SignOutOptions::default(), removed);
    assert!(!scene.is_alive(session) && !scene.is_stored(0, session));
    assert_eq!(scene.revoked(), [first, rotated]);
    scene.end();
}
