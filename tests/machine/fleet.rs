//! Thousands of browsers sign out against Cognito's quotas, in virtual time: each runs the machine as shipped.
//!
//! The quotas are Cognito's own, for an account and a region; that a bucket holds one second's worth is this model's
//! assumption. A request that finds its bucket empty is refused, as Cognito refuses it, and takes nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use cognito_signout::AuthError;
use cognito_signout::internals::engine::tables::{
    self, Access, Answer, Back, Command, Event, Found, Leave, Machine, Op, Plan, Status, Verdict,
};
use cognito_signout::internals::protocol::{Response, global_sign_out, is_transient, revoke_token};

use crate::random::Random;

pub const TIMEOUT_MS: f64 = 5000.0;
const GLOBAL_PER_S: f64 = 25.0;
const REVOKE_PER_S: f64 = 120.0;
const WRITES_PER_S_AND_USER: f64 = 10.0;
/// One way, uniform between the two.
const LATENCY_MS: (f64, f64) = (20.0, 120.0);
/// The pages are closed within so long after their sign-out.
const CLOSED_WITHIN_MS: f64 = 600_000.0;

/// How long to pause after so many tries, given a random number; `None`: no further try.
pub type Pause = fn(u8, f64) -> Option<f64>;

/// As the crate ships it.
pub fn shipped(tries: u8, random: f64) -> Option<f64> {
    Some(tables::pause_ms(tries, random))
}

/// The same without jitter: all that fail together come back together.
pub fn in_step(tries: u8, _: f64) -> Option<f64> {
    Some(tables::pause_ms(tries, 1.0))
}

/// One try.
pub fn never(_: u8, _: f64) -> Option<f64> {
    None
}

/// What could be, if pauses filled the time limit.
pub fn patient(tries: u8, random: f64) -> Option<f64> {
    Some(f64::from(tries) * 1500.0 * random)
}

/// Who signs out, and when.
#[derive(Clone, Copy)]
pub struct Fleet {
    pub browsers: usize,
    pub users: usize,
    pub global: bool,
    /// They sign out at random times within so long.
    pub within_ms: f64,
    pub pause: Pause,
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub signed_out_locally: usize,
    pub complete: usize,
    /// Complete by the promise, though Cognito did not do all of it. There must be none.
    pub untrue: usize,
    /// Settled within the time limit.
    pub in_time: usize,
    pub settled_ms: Vec<f64>,
    /// Requests, and how many of them were not the first of their kind in that browser.
    pub sent: usize,
    pub again: usize,
    pub refused: usize,
    /// The most requests of one kind from one browser: until it settled, and in all.
    pub most: u8,
    pub most_in_all: u8,
    /// What arrived in each tenth of a second: first tries, further tries.
    pub load: Vec<(usize, usize)>,
    /// Refresh tokens that were dead when the promise settled, and when all pages were closed.
    pub revoked_in_time: usize,
    pub revoked_at_last: usize,
}

/// A token bucket that holds one second's worth.
struct Bucket {
    per_ms: f64,
    level: f64,
    at: f64,
}

impl Bucket {
    fn new(per_s: f64) -> Bucket {
        Bucket {
            per_ms: per_s / 1000.0,
            level: per_s,
            at: 0.0,
        }
    }

    fn refill(&mut self, now: f64) -> bool {
        let full = self.per_ms * 1000.0;
        self.level = (self.level + (now - self.at) * self.per_ms).min(full);
        self.at = now;
        self.level >= 1.0
    }
}

struct Cognito {
    global: Bucket,
    revoke: Bucket,
    users: Vec<Bucket>,
}

impl Cognito {
    fn takes(&mut self, now: f64, op: Op, user: usize) -> bool {
        let account = match op {
            Op::GlobalSignOut => &mut self.global,
            _ => &mut self.revoke,
        };
        let user = &mut self.users[user];
        let takes = account.refill(now) & user.refill(now);
        if takes {
            account.level -= 1.0;
            user.level -= 1.0;
        }
        takes
    }
}

struct Browser {
    machine: Machine,
    began: f64,
    sent: [u8; 5],
    /// What Cognito did, whatever the browser knows of it.
    done: [bool; 5],
    settled: Option<(f64, Verdict)>,
    /// The preflight of the first request costs a round trip.
    warm: bool,
}

#[derive(Clone, Copy)]
enum Due {
    Event(Event),
    Arrives(Op),
    Answers(Op, bool),
}

/// Uniform in 0..1.
fn uniform(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / (1u64 << 53) as f64
}

pub struct World {
    fleet: Fleet,
    random: Random,
    cognito: Cognito,
    browsers: Vec<Browser>,
    /// Time in microseconds, a number that keeps the order, the browser; then what is due.
    due: BinaryHeap<Reverse<(u64, u64, usize)>>,
    what: Vec<Due>,
    report: Report,
}

impl World {
    pub fn run(fleet: Fleet) -> Report {
        let plan = Plan {
            global: fleet.global,
            forget_device: false,
            revocation: true,
            leave: Leave::Never,
            one_request: false,
        };
        let mut random = Random(1);
        let browsers = (0..fleet.browsers)
            .map(|_| Browser {
                machine: Machine::new(plan),
                began: fleet.within_ms * uniform(&mut random),
                sent: [0; 5],
                done: [false; 5],
                settled: None,
                warm: false,
            })
            .collect();
        let mut world = World {
            fleet,
            random,
            cognito: Cognito {
                global: Bucket::new(GLOBAL_PER_S),
                revoke: Bucket::new(REVOKE_PER_S),
                users: (0..fleet.users)
                    .map(|_| Bucket::new(WRITES_PER_S_AND_USER))
                    .collect(),
            },
            browsers,
            due: BinaryHeap::new(),
            what: Vec::new(),
            report: Report::default(),
        };
        for browser in 0..world.browsers.len() {
            let began = world.browsers[browser].began;
            world.at(began, browser, Due::Event(Event::Start));
            let closed = began + TIMEOUT_MS + CLOSED_WITHIN_MS * uniform(&mut world.random);
            world.at(closed, browser, Due::Event(Event::PageHide));
        }
        while let Some(Reverse((time, number, browser))) = world.due.pop() {
            let now = time as f64 / 1000.0;
            match world.what[number as usize] {
                Due::Event(event) => world.dispatch(now, browser, event),
                Due::Arrives(op) => world.arrives(now, browser, op),
                Due::Answers(op, taken) => world.answered(now, browser, op, taken),
            }
        }
        world.close()
    }

    fn at(&mut self, time: f64, browser: usize, due: Due) {
        let number = self.what.len() as u64;
        self.what.push(due);
        self.due
            .push(Reverse(((time * 1000.0) as u64, number, browser)));
    }

    fn dispatch(&mut self, now: f64, browser: usize, event: Event) {
        let mut commands = Vec::new();
        self.browsers[browser].machine.handle(event, &mut commands);
        if matches!(event, Event::Cleared(_)) {
            self.at(now + TIMEOUT_MS, browser, Due::Event(Event::Deadline));
        }
        for command in commands {
            self.execute(now, browser, command);
        }
    }

    fn execute(&mut self, now: f64, browser: usize, command: Command) {
        match command {
            Command::Clear => self.dispatch(now, browser, Event::Cleared(FOUND)),
            Command::ReadBack => self.dispatch(now, browser, Event::ReadBack(Back::Gone)),
            Command::Send(op) => {
                let travel = self.travel();
                let first = !std::mem::replace(&mut self.browsers[browser].warm, true);
                let preflight = if first { 2.0 * travel } else { 0.0 };
                self.at(now + preflight + travel, browser, Due::Arrives(op));
            }
            Command::Pause(op, tries) => {
                let ms = (self.fleet.pause)(tries, uniform(&mut self.random));
                let ms = ms.expect("a pause that the policy has not");
                self.at(now + ms, browser, Due::Event(Event::PauseOver(op)));
            }
            Command::Settle => {
                let verdict = self.browsers[browser].machine.verdict(None);
                self.settle(now, browser, verdict);
            }
            other => panic!("nobody asked for {other:?}"),
        }
    }

    fn travel(&mut self) -> f64 {
        LATENCY_MS.0 + (LATENCY_MS.1 - LATENCY_MS.0) * uniform(&mut self.random)
    }

    fn arrives(&mut self, now: f64, browser: usize, op: Op) {
        let taken = self.cognito.takes(now, op, browser % self.fleet.users);
        let from = &mut self.browsers[browser];
        from.done[op as usize] |= taken;
        let tries = &mut from.sent[op as usize];
        *tries += 1;
        let again = *tries > 1;
        self.report.sent += 1;
        self.report.again += usize::from(again);
        self.report.refused += usize::from(!taken);
        let tenth = (now / 100.0) as usize;
        if self.report.load.len() <= tenth {
            self.report.load.resize(tenth + 1, (0, 0));
        }
        let load = &mut self.report.load[tenth];
        load.0 += usize::from(!again);
        load.1 += usize::from(again);
        let travel = self.travel();
        self.at(now + travel, browser, Due::Answers(op, taken));
    }

    fn answered(&mut self, now: f64, browser: usize, op: Op, taken: bool) {
        let response = if taken { ok() } else { too_many() };
        let read = match op {
            Op::GlobalSignOut => global_sign_out::answer(&response, false),
            _ => revoke_token::answer(&response),
        };
        let tries = self.browsers[browser].sent[op as usize];
        let answer = match read {
            Ok(()) => Answer::Ok,
            Err(error) => self.transient(&error, tries),
        };
        self.dispatch(now, browser, Event::Answered(op, answer));
    }

    fn transient(&self, error: &AuthError, tries: u8) -> Answer {
        assert!(is_transient(error), "{error:?}");
        let again = (self.fleet.pause)(tries, 1.0).is_some();
        Answer::Transient { again }
    }

    fn settle(&mut self, now: f64, browser: usize, verdict: Verdict) {
        let global = self.fleet.global;
        let browser = &mut self.browsers[browser];
        assert!(browser.settled.is_none(), "settled twice");
        browser.settled = Some((now, verdict));
        let [done, revoked] =
            [Op::GlobalSignOut, Op::RevokeToken].map(|op| browser.done[op as usize]);
        let report = &mut self.report;
        report.signed_out_locally += usize::from(verdict.tag != Status::Failed);
        if verdict.tag == Status::Complete {
            report.complete += 1;
            report.untrue += usize::from(!revoked || global && !done);
        }
        report.revoked_in_time += usize::from(revoked || done);
        report.in_time += usize::from(now <= browser.began + TIMEOUT_MS + 100.0);
        report.settled_ms.push(now - browser.began);
        report.most = browser.sent.into_iter().fold(report.most, u8::max);
    }

    fn close(mut self) -> Report {
        for browser in &self.browsers {
            let ended = [Op::GlobalSignOut, Op::RevokeToken].map(|op| browser.done[op as usize]);
            self.report.revoked_at_last += usize::from(ended.contains(&true));
            self.report.most_in_all = browser
                .sent
                .into_iter()
                .fold(self.report.most_in_all, u8::max);
        }
        self.report.settled_ms.sort_by(f64::total_cmp);
        self.report
    }
}

const FOUND: Found = Found {
    removed: true,
    session: true,
    refresh_token: true,
    access: Access::Valid,
    revocable: true,
    device: false,
    others: false,
    hosted_ui: false,
    can_leave: false,
    overtaken: false,
    elsewhere: false,
};

fn ok() -> Response {
    Response {
        status: 200,
        body: "{}".into(),
        ..Response::default()
    }
}

fn too_many() -> Response {
    Response {
        status: 400,
        error_type: Some("TooManyRequestsException:".into()),
        body: r#"{"__type":"TooManyRequestsException","message":"Rate exceeded"}"#.into(),
        ..Response::default()
    }
}
