//! The engine in a simulated browser: two tabs, one Cognito, virtual time, one seed for each schedule.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod cases;
#[path = "../common/jwt.rs"]
mod jwt;
mod mixed;
#[path = "../common/random.rs"]
mod random;
mod removed;
mod world;

use cognito_signout::internals::engine::io::{Call, CallId, Reply};
use cognito_signout::internals::engine::outcome::Outcome;
use cognito_signout::internals::engine::tables::Status;

use self::world::World;

/// How many schedules there are.
const SEEDS: u64 = 5000;
/// No call takes longer: its time for what is remote, and two read-backs.
const BOUND_MS: f64 = 5100.0;

/// A sign-out of the schedule.
struct Asked {
    tab: usize,
    call: CallId,
    at: f64,
}

fn outcome(world: &World, tab: usize, call: CallId) -> &Outcome {
    match &world.tabs[tab].replies[&call].1 {
        Reply::SignedOut(outcome) => outcome,
        _ => panic!("no result of a sign-out"),
    }
}

/// Plays one schedule; returns what happened.
fn play(seed: u64) -> Vec<String> {
    let mut world = World::new(seed);
    let refresh = world.sign_in(0);
    assert!(world.is_stored(&refresh));
    // The other tab shows the user too.
    world.call(1, Call::LoadTokens);
    world.run_until(1000.0);

    // Both tabs sign out at about the same time, one of them perhaps twice, and Cognito may fail.
    world.faults = match world.below(3) {
        0 => None,
        times => Some(times + 1),
    };
    let mut asked = Vec::new();
    for _ in 0..1 + world.below(3) {
        let tab = world.below(2) as usize;
        let global = world.one_in(2);
        let at = world.now;
        let call = world.sign_out(tab, global);
        asked.push(Asked { tab, call, at });
        assert!(
            !world.is_stored(&refresh),
            "the call returns without the tokens"
        );
        let ms = world.below(1500) as f64;
        let until = world.now + ms;
        world.run_until(until);
    }
    let until = world.now + 2.0 * BOUND_MS;
    world.run_until(until);
    let mut retries = Vec::new();
    for Asked { tab, call, at } in &asked {
        let (settled, _) = world.tabs[*tab].replies[call];
        assert!(
            settled - at <= BOUND_MS,
            "call {call} took {} ms",
            settled - at
        );
        let outcome = outcome(&world, *tab, *call);
        assert_ne!(outcome.tag, Status::Failed);
        if outcome.tag == Status::Complete && outcome.was_signed_in {
            assert!(
                !world.is_alive(&refresh),
                "complete, and the refresh token lives"
            );
        }
        retries.extend(outcome.retry.map(|retry| (*tab, retry)));
    }
    assert!(!world.is_signing_out());
    for (index, tab) in world.tabs.iter().enumerate() {
        // A sign-out of its own tells, whoever is signed in; another tab's does once.
        let own = asked.iter().filter(|asked| asked.tab == index).count();
        assert!(
            (1..=own.max(1)).contains(&tab.told),
            "told {} times",
            tab.told
        );
    }

    // The faults are over: what was offered to be retried can be finished.
    world.faults = None;
    for (tab, retry) in retries {
        let call = world.retry(tab, retry);
        let until = world.now + 2.0 * BOUND_MS;
        world.run_until(until);
        let outcome = outcome(&world, tab, call);
        assert_ne!(outcome.tag, Status::Failed);
    }
    let held = asked.iter().any(|asked| {
        let outcome = outcome(&world, asked.tab, asked.call);
        let error = outcome.revoke_token_error.as_ref();
        error.is_some_and(|error| error.refresh_token.is_some())
    });
    assert!(
        !world.is_alive(&refresh) || held,
        "nobody was told of a token that lives"
    );

    // A new sign-in is another session, and stays.
    let next = world.sign_in(1);
    let until = world.now + 2.0 * BOUND_MS;
    world.run_until(until);
    assert!(world.is_stored(&next) && world.is_alive(&next));
    world.trace
}

#[test]
fn schedules() {
    for seed in 0..SEEDS {
        let played = std::panic::catch_unwind(|| play(seed));
        assert!(played.is_ok(), "seed {seed}");
    }
}

#[test]
fn one_seed_gives_one_trace() {
    for seed in 0..50 {
        assert_eq!(play(seed), play(seed));
    }
}
