//! The engine in simulated browsers: docs/simulation.md says what is simulated and what is checked.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod account;
mod actors;
mod cases;
mod cognito;
mod cycles;
#[path = "../common/jwt.rs"]
mod jwt;
mod live;
mod network;
mod pages;
mod parity;
mod picture;
mod play;
#[path = "../common/random.rs"]
mod random;
mod removed;
mod scene;
mod setup;
mod storage;
mod story;
mod windows;
mod words;
mod world;

use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use self::account::Wrong;
use self::cycles::{Cycles, KINDS};
use self::play::{play, shrink};
use self::setup::Plan;

/// Seeds that once failed.
const KEPT: &[u64] = &[
    12, 23, 163, 191, 197, 251, 361, 489, 587, 624, 782, 837, 933, 1859, 2360, 3547, 3888, 4480,
    5113, 7621, 9110, 9796, 9936, 12375, 12731, 16890, 17283, 19865, 20575, 28496, 40824, 41413,
    54851, 56552, 60082, 67682, 69849, 72545, 81768, 101413, 103902, 109250, 111410, 113316,
    119265, 119389, 126031, 128017, 6051, 139246, 119596, 151267, 169915, 72249, 179311, 181755,
    206224, 217633, 218126, 224821, 266236, 281693, 283104, 343770, 462650, 1012869, 136, 3662,
    2041187, 2090071, 2090247, 2156519, 2241223, 2290756, 2371748, 3019494, 3114596,
];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What is wrong with the schedule of a seed.
fn wrong_with(seed: u64) -> Option<Wrong> {
    let played = catch_unwind(|| play(&Plan::of(seed), false).wrong);
    played.unwrap_or_else(|_| {
        Some(Wrong {
            invariant: 0,
            text: "it panics".into(),
        })
    })
}

/// Plays these seeds on all cores, and says how many there were. Stops at the first that breaks an
/// invariant, or when the time is over.
fn explore(seeds: std::ops::Range<u64>, time: Option<Duration>) {
    let (next, count) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    let found: Mutex<Option<(u64, Wrong)>> = Mutex::new(None);
    let began = Instant::now();
    let work = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        let is_over = time.is_some_and(|time| began.elapsed() >= time);
        if seed >= seeds.end || is_over || found.lock().unwrap().is_some() {
            return;
        }
        if let Some(wrong) = wrong_with(seed) {
            found.lock().unwrap().get_or_insert((seed, wrong));
        }
        count.fetch_add(1, Ordering::Relaxed);
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    println!("schedules: {}", count.load(Ordering::Relaxed));
    if let Some((seed, wrong)) = found.into_inner().unwrap() {
        println!(
            "violation: seed {seed}, invariant {}: {}",
            wrong.invariant, wrong.text
        );
        panic!("npm run simulate -- --seed {seed} tells its story");
    }
}

/// `SIMULATE_SEEDS=from..to` and `SIMULATE_SECONDS` say how many; a few without them.
#[test]
fn schedules() {
    let seeds = std::env::var("SIMULATE_SEEDS").unwrap_or_else(|_| "0..2000".into());
    let (from, to) = seeds.split_once("..").expect("SIMULATE_SEEDS is from..to");
    let seeds = from.parse().unwrap()..to.parse().unwrap();
    explore(seeds, number("SIMULATE_SECONDS").map(Duration::from_secs));
}

#[test]
fn kept_seeds() {
    for seed in KEPT {
        assert_eq!(wrong_with(*seed), None, "seed {seed}");
    }
}

#[test]
fn one_seed_gives_one_story() {
    for seed in 0..200 {
        let plan = Plan::of(seed);
        let story = play(&plan, true).story;
        assert_eq!(story, play(&plan, true).story, "seed {seed}");
        assert!(!words::lines(&story).is_empty());
        assert!(picture::draw("", &story).ends_with("</svg>\n"));
    }
}

/// A page may live for weeks. What it has after a thousand sign-outs it has after ten thousand.
#[test]
fn nothing_is_held_after_ten_thousand_cycles() {
    let mut cycles = Cycles::new();
    // Each number of cycles is one of whole rounds, so that both end alike.
    let before = cycles.play(1000 / KINDS + 1);
    let after = cycles.play(9000 / KINDS + 1);
    let grown = after - before;
    assert!(grown.abs() < 64, "{before} and then {after} bytes are live");
}

/// The story of `SIMULATE_SEED`, made small where it breaks an invariant.
#[test]
#[ignore = "npm run simulate -- --seed N"]
fn replay() {
    let seed = number("SIMULATE_SEED").expect("SIMULATE_SEED is the number of a seed");
    let mut plan = Plan::of(seed);
    println!("Seed {seed}");
    if wrong_with(seed).is_some_and(|wrong| wrong.invariant > 0) {
        let before = plan.actions.len();
        plan = shrink(&plan);
        let after = plan.actions.len();
        println!("Made small: {after} of its {before} actions break the invariant too.");
    }
    println!("\n{}\n", plan.setup.told().join("\n"));
    let played = play(&plan, true);
    println!("{}", words::lines(&played.story).join("\n"));
    if let Ok(file) = std::env::var("SIMULATE_PICTURE") {
        let title = format!("Seed {seed}: {}", plan.setup.summary());
        std::fs::write(&file, picture::draw(&title, &played.story)).expect("it can be written");
    }
    assert_eq!(played.wrong, None);
}
