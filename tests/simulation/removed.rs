//! Sign-outs of what the face has removed without an engine: all but the clear is done, and no
//! stored session is touched.

use std::time::Duration;

use cognito_signout::AuthErrorCode;
use cognito_signout::SignInMethod;
use cognito_signout::SignOutOptions;
use cognito_signout::internals::engine::io::{Call, CallId, Input, Removed, Reply, SignOutCall};
use cognito_signout::{Status, StepName, StepOutcome};

use crate::outcome;
use crate::world::{CLIENT, World, call_of};

const EVERYWHERE: fn() -> SignOutOptions = || SignOutOptions {
    global: true,
    ..SignOutOptions::default()
};

fn pass(world: &mut World, ms: f64) {
    let until = world.now + ms;
    world.run_until(until);
}

/// Signs a user in, and removes the session as the face does.
fn removed_session(world: &mut World) -> (String, Removed) {
    let refresh = world.sign_in(0);
    pass(world, 1000.0);
    (refresh, world.remove_all())
}

fn targets(world: &World) -> Vec<&'static str> {
    world.sent.iter().map(|sent| sent.0).collect()
}

fn end(world: &mut World, options: SignOutOptions, removed: Removed) -> CallId {
    let call = world.end_removed(0, options, removed);
    pass(world, 10_000.0);
    call
}

#[test]
fn what_was_removed_is_revoked_and_a_session_stored_since_is_left_alone() {
    let mut world = World::new(1);
    let (refresh, removed) = removed_session(&mut world);
    let next = world.sign_in(0);
    let (trace, before) = (world.trace.len(), world.local.clone());
    let call = end(&mut world, SignOutOptions::default(), removed);
    let outcome = outcome(&world, 0, call);
    assert!(outcome.was_signed_in);
    assert_eq!(outcome.tag, Status::Complete);
    let clear = &outcome.steps[0];
    assert_eq!(clear.step, StepName::Clear);
    assert_eq!(clear.outcome, StepOutcome::Skipped);
    assert!(!world.is_alive(&refresh));
    assert!(world.is_alive(&next));
    assert!(
        world.trace[trace..]
            .iter()
            .all(|it| !it.contains("removes"))
    );
    for (key, value) in &before {
        assert_eq!(world.local.get(key), Some(value), "{key}");
    }
    // The session that was read last is still the stored one.
    world.call(1, Call::LoadTokens);
    let told = world.tabs[0].told;
    world.sign_out(1, false);
    pass(&mut world, 10_000.0);
    assert!(!world.is_alive(&next));
    assert_eq!(world.tabs[0].told, told + 1);
}

#[test]
fn other_tabs_are_told_and_this_tab_s_listeners_are_not() {
    let mut world = World::new(1);
    world.sign_in(0);
    world.call(1, Call::LoadTokens);
    pass(&mut world, 1000.0);
    let removed = world.remove_all();
    world.end_removed(0, SignOutOptions::default(), removed);
    assert_eq!(world.tabs[0].broadcasts, 1);
    pass(&mut world, 10_000.0);
    assert_eq!([world.tabs[0].told, world.tabs[1].told], [0, 1]);
    assert!(!world.is_signing_out());
}

#[test]
fn an_expired_access_token_is_refreshed_for_a_global_one_and_not_written() {
    let mut world = World::new(1);
    let refresh = world.sign_in_as(0, "jane", 500.0, None);
    pass(&mut world, 1000.0);
    let removed = world.remove_all();
    let keys: Vec<String> = world.local.keys().cloned().collect();
    let call = end(&mut world, EVERYWHERE(), removed);
    assert_eq!(outcome(&world, 0, call).tag, Status::Complete);
    let expected = ["GetTokensFromRefreshToken", "GlobalSignOut", "RevokeToken"];
    assert_eq!(targets(&world), expected);
    assert_eq!(world.sent[1].1["AccessToken"], "fresh");
    assert_eq!(world.sent[2].1["Token"], refresh.as_str());
    let ended = format!("cognito-signout.{CLIENT}.ended");
    let now = world.local.keys().filter(|key| **key != ended);
    assert!(now.eq(keys.iter().filter(|key| **key != ended)));
}

#[test]
fn a_session_of_the_hosted_ui_leaves_by_redirect() {
    let mut world = World::new(1);
    world.sign_in_as(0, "jane", 3_600_000.0, Some(SignInMethod::HostedUi));
    pass(&mut world, 1000.0);
    let removed = world.remove_all();
    let call = end(&mut world, SignOutOptions::default(), removed);
    let left = world.tabs[0].left.clone();
    assert!(matches!(&left[..], [url] if url.starts_with("https://auth.example.com/logout?")));
    // What left counts as a retry.
    let retried = format!("cognito-signout.{CLIENT}.retried");
    assert!(world.tabs[0].session.contains_key(&retried));
    world.step(0, Input::PageHidden(None));
    let outcome = outcome(&world, 0, call);
    assert_eq!(outcome.logout_url.as_ref(), left.first());
    assert_eq!(world.tabs[0].told, 0);
}

#[test]
fn nothing_removed_is_complete_without_a_request() {
    let mut world = World::new(1);
    // Another tab has just signed somebody out, which is not followed.
    world.sign_in_as(1, "jane", 3_600_000.0, Some(SignInMethod::HostedUi));
    world.sign_out(1, false);
    pass(&mut world, 10_000.0);
    let sent = world.sent.len();
    let call = end(&mut world, EVERYWHERE(), Removed::default());
    let outcome = outcome(&world, 0, call);
    assert_eq!(outcome.tag, Status::Complete);
    assert!(!outcome.was_signed_in);
    assert_eq!(world.sent.len(), sent);
    assert!(world.tabs[0].left.is_empty());
}

#[test]
fn the_retry_of_a_partial_result_ends_the_session() {
    let mut world = World::new(1);
    let (refresh, removed) = removed_session(&mut world);
    world.is_silent = true;
    let call = end(&mut world, EVERYWHERE(), removed);
    let partial = outcome(&world, 0, call).clone();
    assert_eq!(partial.tag, Status::Partial);
    let code = partial.global_sign_out_error.map(|error| error.error.code);
    assert_eq!(code, Some(AuthErrorCode::Timeout));
    world.is_silent = false;
    let next = world.sign_in(0);
    let again = world.retry(0, partial.retry.unwrap());
    pass(&mut world, 10_000.0);
    assert_eq!(outcome(&world, 0, again).tag, Status::Complete);
    assert!(!world.is_alive(&refresh) && world.is_stored(&next));
    assert_eq!([world.tabs[0].told, world.tabs[1].told], [0, 0]);
}

#[test]
fn as_a_retry_it_has_time_and_no_signal() {
    let mut world = World::new(1);
    let (refresh, removed) = removed_session(&mut world);
    let at_once = SignOutOptions {
        timeout: Duration::ZERO,
        ..EVERYWHERE()
    };
    let asked = SignOutCall {
        removed: Some(removed),
        signal: Some(7),
        aborted: true,
        ..call_of(at_once)
    };
    let call = world.call(0, Call::SignOut(Box::new(asked)));
    world.step(0, Input::Aborted(7));
    pass(&mut world, 10_000.0);
    assert_eq!(outcome(&world, 0, call).tag, Status::Complete);
    assert_eq!(targets(&world), ["GlobalSignOut", "RevokeToken"]);
    assert!(!world.is_alive(&refresh));
}

#[test]
fn it_joins_no_sign_out_and_none_joins_it() {
    let mut world = World::new(1);
    let (first, removed) = removed_session(&mut world);
    let second = world.sign_in(0);
    pass(&mut world, 1000.0);
    world.is_silent = true;
    let other = world.sign_out(0, false);
    world.is_silent = false;
    let call = world.end_removed(0, SignOutOptions::default(), removed);
    pass(&mut world, 500.0);
    assert!(!world.is_alive(&first) && world.is_alive(&second));
    assert_eq!(outcome(&world, 0, call).tag, Status::Complete);
    assert!(!world.tabs[0].replies.contains_key(&other));
    pass(&mut world, 10_000.0);

    let (_, removed) = removed_session(&mut world);
    world.is_silent = true;
    world.end_removed(0, SignOutOptions::default(), removed);
    let longer = SignOutOptions {
        timeout: Duration::from_secs(7),
        ..EVERYWHERE()
    };
    let call = world.sign_out_with(0, longer, None);
    pass(&mut world, 10_000.0);
    assert!(!targets(&world).contains(&"GlobalSignOut"));
    // It waits for the outcome, as it waits for another tab's.
    let [revoke, global, ..] = outcome(&world, 0, call).codes();
    assert_eq!(revoke, Some(AuthErrorCode::Timeout));
    assert_eq!(global, Some(AuthErrorCode::Unconfirmed));
}

#[test]
fn a_refresh_of_the_session_writes_nothing_and_one_of_another_does() {
    for is_of_removed in [true, false] {
        let mut world = World::new(1);
        let (_, removed) = removed_session(&mut world);
        if is_of_removed {
            world.local.extend(removed.0.clone());
        } else {
            world.sign_in(0);
        }
        let refresh = world.call(0, Call::RefreshTokens);
        if is_of_removed {
            world.remove_all();
        }
        world.end_removed(0, SignOutOptions::default(), removed);
        pass(&mut world, 10_000.0);
        let reply = &world.tabs[0].replies[&refresh].1;
        assert_eq!(matches!(reply, Reply::Failed(_)), is_of_removed);
        let is_written = world.local.values().any(|value| value == "fresh");
        assert_eq!(is_written, !is_of_removed);
    }
}

#[test]
fn all_of_it_ends_whatever_a_list_of_users_says() {
    let mut world = World::new(1);
    let first = world.sign_in(0);
    let second = world.sign_in_as(0, "joe", 3_600_000.0, None);
    pass(&mut world, 1000.0);
    let list = format!("CognitoIdentityServiceProvider.{CLIENT}.AuthUserList");
    world.local.insert(list, "jane,joe".to_owned());
    let removed = world.remove_all();
    end(&mut world, SignOutOptions::default(), removed);
    assert!(!world.is_alive(&first) && !world.is_alive(&second));
}

#[test]
fn the_device_is_forgotten_by_the_key_among_what_was_removed() {
    let mut world = World::new(1);
    let (_, mut removed) = removed_session(&mut world);
    let key = format!("CognitoIdentityServiceProvider.{CLIENT}.jane.deviceKey");
    removed.0.push((key, "device-1".to_owned()));
    let options = SignOutOptions {
        forget_device: true,
        ..SignOutOptions::default()
    };
    let call = end(&mut world, options, removed);
    assert_eq!(outcome(&world, 0, call).tag, Status::Complete);
    assert_eq!(targets(&world), ["ForgetDevice", "RevokeToken"]);
    assert_eq!(world.sent[0].1["DeviceKey"], "device-1");
}

#[test]
fn no_retry_is_offered_where_one_has_left_the_tab_with_the_same_session() {
    let mut world = World::new(1);
    let (_, removed) = removed_session(&mut world);
    world.is_silent = true;
    let first = end(&mut world, SignOutOptions::default(), removed.clone());
    assert!(outcome(&world, 0, first).retry.is_some());
    world.retry_left(0, 1.0);
    let second = end(&mut world, SignOutOptions::default(), removed);
    assert!(outcome(&world, 0, second).retry.is_none());
}

#[test]
fn what_was_written_back_since_is_removed_and_its_newer_token_revoked() {
    let mut world = World::new(1);
    let (refresh, removed) = removed_session(&mut world);
    world.local.extend(removed.0.clone());
    let name = format!("CognitoIdentityServiceProvider.{CLIENT}.jane.refreshToken");
    world.local.insert(name, "rotated".to_owned());
    end(&mut world, SignOutOptions::default(), removed);
    assert!(!world.is_alive(&refresh) && !world.is_stored("rotated"));
    let revoked = world.sent.iter().map(|sent| sent.1["Token"].as_str());
    assert!(revoked.eq([Some(refresh.as_str()), Some("rotated")]));
}
