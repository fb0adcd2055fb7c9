//! Schedules that were found wrong once, each by its name.

use std::time::Duration;

use cognito_signout::internals::engine::io::{CallId, Input, Reply};
use cognito_signout::internals::engine::outcome::Outcome;
use cognito_signout::internals::engine::tables::Status;
use cognito_signout::{AuthErrorCode, SignOutOptions};

use crate::world::World;

fn settled(world: &World, call: CallId) -> &Outcome {
    match world.tabs[0].replies.get(&call).map(|reply| &reply.1) {
        Some(Reply::SignedOut(outcome)) => outcome,
        _ => panic!("call {call} has no result"),
    }
}

fn pass(world: &mut World, ms: f64) {
    let until = world.now + ms;
    world.run_until(until);
}

#[test]
fn aborted_while_it_looks_whether_it_joins_nothing_is_touched() {
    let mut world = World::with_storage(1, Some(10.0));
    world.sign_in(0);
    pass(&mut world, 1000.0);
    world.is_silent = true;
    world.sign_out(0, false);
    pass(&mut world, 300.0);
    // Another user signs in meanwhile, and the app aborts at once.
    let next = world.sign_in(0);
    pass(&mut world, 100.0);
    let signal = 7;
    let call = world.sign_out_with(0, SignOutOptions::default(), Some(signal));
    world.step(0, Input::Aborted(signal));
    pass(&mut world, 20_000.0);
    let outcome = settled(&world, call);
    let code = outcome.error.as_ref().map(|error| error.code);
    assert_eq!(
        (outcome.tag, code),
        (Status::Failed, Some(AuthErrorCode::Aborted))
    );
    assert!(world.is_stored(&next) && world.is_alive(&next));
}

#[test]
fn a_retry_of_a_call_that_joined_what_online_began_settles() {
    let mut world = World::new(1);
    let refresh = world.sign_in(0);
    world.is_silent = true;
    let online = SignOutOptions {
        retry_when_online: true,
        timeout: Duration::from_millis(300),
        ..SignOutOptions::default()
    };
    world.sign_out_with(0, online, None);
    pass(&mut world, 1000.0);
    world.step(0, Input::Online);
    let at_once = SignOutOptions {
        timeout: Duration::ZERO,
        ..SignOutOptions::default()
    };
    let joined = world.sign_out_with(0, at_once, None);
    pass(&mut world, 10_000.0);
    world.is_silent = false;
    let retry = settled(&world, joined).retry.unwrap();
    let again = world.retry(0, retry);
    pass(&mut world, 10_000.0);
    assert_eq!(settled(&world, again).tag, Status::Complete);
    assert!(!world.is_alive(&refresh));
}

#[test]
fn online_counts_for_all_callers_after_a_retry_too() {
    let mut world = World::new(1);
    let refresh = world.sign_in(0);
    world.is_online = false;
    let first = world.sign_out(0, false);
    let online = SignOutOptions {
        retry_when_online: true,
        ..SignOutOptions::default()
    };
    world.sign_out_with(0, online, None);
    pass(&mut world, 10_000.0);
    let retry = settled(&world, first).retry.unwrap();
    world.retry(0, retry);
    pass(&mut world, 10_000.0);
    world.is_online = true;
    world.step(0, Input::Online);
    pass(&mut world, 10_000.0);
    assert!(!world.is_alive(&refresh));
}

#[test]
fn no_retry_is_offered_where_one_has_left_the_tab() {
    for (ago, offered) in [(1.0, false), (599_000.0, false), (601_000.0, true)] {
        let mut world = World::new(1);
        world.sign_in(0);
        pass(&mut world, 1000.0);
        world.is_silent = true;
        let call = world.sign_out(0, false);
        // Another engine of the page has written it.
        world.retry_left(0, ago);
        pass(&mut world, 10_000.0);
        assert_eq!(settled(&world, call).retry.is_some(), offered, "{ago}");
    }
}
