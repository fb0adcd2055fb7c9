//! Schedules in which each caller asks for something else: a short time, a signal, `retryWhenOnline`, a retry. Users sign
//! in meanwhile, and the network goes and comes.

use std::time::Duration;

use cognito_signout::internals::engine::io::{CallId, Input, Reply};
use cognito_signout::internals::engine::tables::Status;
use cognito_signout::{AuthErrorCode, SignOutOptions};

use crate::world::World;
use crate::{BOUND_MS, SEEDS, outcome};

/// A sign-out, or the retry of one.
#[derive(Default)]
struct Asked {
    tab: usize,
    call: CallId,
    at: f64,
    /// The refresh tokens of the sessions that it is to end.
    sessions: Vec<String>,
    /// The number of its signal.
    signal: u32,
    is_aborted: bool,
    online: bool,
}

struct Schedule {
    world: World,
    signed_in: Vec<String>,
    asked: Vec<Asked>,
}

impl Schedule {
    fn pass(&mut self, ms: f64) {
        let until = self.world.now + ms;
        self.world.run_until(until);
    }

    fn sign_out(&mut self, tab: usize) {
        let Schedule { world, asked, .. } = self;
        let options = SignOutOptions {
            global: world.one_in(3),
            retry_when_online: world.one_in(2),
            timeout: Duration::from_millis([0, 300, 5000][world.below(3) as usize]),
            ..SignOutOptions::default()
        };
        let stored = self.signed_in.iter().filter(|token| world.is_stored(token));
        let mut sessions: Vec<String> = stored.cloned().collect();
        if sessions.is_empty() {
            // It joins one of its tab that runs.
            let mut before = asked.iter().rev().filter(|asked| asked.tab == tab);
            let running = before.find(|asked| !world.tabs[tab].replies.contains_key(&asked.call));
            sessions = running.map_or(Vec::new(), |running| running.sessions.clone());
        }
        let (online, signal) = (options.retry_when_online, asked.len() as u32 + 1);
        let at = world.now;
        let call = world.sign_out_with(tab, options, Some(signal));
        asked.push(Asked {
            tab,
            call,
            at,
            sessions,
            signal,
            online,
            ..Asked::default()
        });
    }

    /// Aborts the last one.
    fn abort(&mut self) {
        if let Some(last) = self.asked.last_mut() {
            last.is_aborted = true;
            self.world.step(last.tab, Input::Aborted(last.signal));
        }
    }

    /// Retries one of them, if its result offers that.
    fn retry(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let index = self.world.below(self.asked.len() as u64) as usize;
        let (tab, call) = (self.asked[index].tab, self.asked[index].call);
        let reply = self.world.tabs[tab].replies.get(&call);
        if let Some((_, Reply::SignedOut(outcome))) = reply
            && let Some(retry) = outcome.retry
        {
            let at = self.world.now;
            let call = self.world.retry(tab, retry);
            self.asked.push(Asked {
                tab,
                call,
                at,
                ..Asked::default()
            });
        }
    }

    fn set_online(&mut self, is_online: bool) {
        self.world.is_online = is_online;
        if is_online {
            self.world.step(0, Input::Online);
            self.world.step(1, Input::Online);
        }
    }
}

fn play(seed: u64) {
    let mut world = World::new(seed);
    let signed_in = vec![world.sign_in(0)];
    world.faults = [None, Some(1), Some(2)][world.below(3) as usize];
    let mut schedule = Schedule {
        world,
        signed_in,
        asked: Vec::new(),
    };
    for _ in 0..4 + schedule.world.below(8) {
        let tab = usize::from(schedule.world.one_in(4));
        match schedule.world.below(11) {
            0..=3 => schedule.sign_out(tab),
            4 => schedule.abort(),
            5 | 6 => schedule.retry(),
            7 | 8 => {
                let is_online = !schedule.world.is_online || schedule.world.one_in(3);
                schedule.set_online(is_online);
            }
            9 => schedule.world.is_silent = !schedule.world.is_silent,
            _ => schedule.signed_in.push(schedule.world.sign_in(tab)),
        }
        let ms = [0.0, 1.0, 30.0, 400.0, 3000.0][schedule.world.below(5) as usize];
        schedule.pass(ms);
    }
    // All calls end, and then all is well again.
    schedule.pass(2.0 * BOUND_MS);
    schedule.world.is_silent = false;
    schedule.world.faults = None;
    schedule.set_online(true);
    schedule.pass(2.0 * BOUND_MS);

    let Schedule { world, asked, .. } = schedule;
    assert!(!world.is_signing_out());
    for asked in asked {
        let reply = world.tabs[asked.tab].replies.get(&asked.call);
        let settled = reply.expect("each call settles").0;
        assert!(settled - asked.at <= 2.0 * BOUND_MS, "it took too long");
        let outcome = outcome(&world, asked.tab, asked.call);
        if outcome.tag == Status::Failed {
            let code = outcome.error.as_ref().map(|error| error.code);
            assert_eq!(code, Some(AuthErrorCode::Aborted));
            assert!(asked.is_aborted);
        }
        let is_complete = outcome.tag == Status::Complete && outcome.was_signed_in;
        let is_sent_again = asked.online && !asked.is_aborted;
        for token in &asked.sessions {
            let lives = world.is_alive(token);
            assert!(!(is_complete && lives), "complete, and {token} lives");
            assert!(!(is_sent_again && lives), "online again, and {token} lives");
        }
    }
}

#[test]
fn mixed_schedules() {
    for seed in 0..SEEDS {
        let played = std::panic::catch_unwind(|| play(seed));
        assert!(played.is_ok(), "seed {seed}");
    }
}
