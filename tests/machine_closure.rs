//! The sign-out machine, exhaustively: every plan, everything the clear can find, every event in every
//! state, to closure; and again from every `retry()`.
//!
//! The search is depth-first. It finds a cycle if there is one, so it proves that every run is finite;
//! with the check that each unsettled state has an event that the sign-out is bound to deliver, every run settles.
//! A monitor (`machine/monitor.rs`) runs beside the machine and keeps its own account of what is known.
#![cfg(not(target_arch = "wasm32"))]

#[path = "machine/monitor.rs"]
mod monitor;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::tables::{
    Access, Answer, Asked, Back, Call, Command, Event, Found, Heard, Hosted, Leave, MAX_TRIES,
    Machine, Op, Phase, Plan, PopupEnd, Status,
};
use monitor::{LEAVES, Monitor, OPS, call};

/// A fast hash: the standard one takes most of the time of a debug build.
#[derive(Default)]
struct Fast(u64);

impl Hasher for Fast {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }
    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as u64);
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(7) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

type Node = (Machine, Monitor);

/// All that a clear can find, without what contradicts itself.
fn all_found() -> Vec<Found> {
    let mut all = Vec::new();
    for bits in 0..1024u32 {
        for access in [Access::Missing, Access::Expired, Access::Valid] {
            let bit = |n: u32| bits & (1 << n) != 0;
            let found = Found {
                removed: bit(0),
                session: bit(1),
                refresh_token: bit(2),
                access,
                revocable: bit(3),
                device: bit(4),
                others: bit(5),
                hosted_ui: bit(6),
                can_leave: bit(7),
                overtaken: bit(8),
                elsewhere: bit(9),
            };
            let nothing = !found.refresh_token
                && found.access == Access::Missing
                && found.revocable
                && !found.others
                // Another tab tells of these.
                && (found.overtaken || !found.device && !found.hosted_ui);
            // Only an access token can say that revocation is off.
            let possible = found.revocable || found.access != Access::Missing;
            // "elsewhere" is said of a session that came from the hosted UI, which another tab ends.
            let possible = possible && (!found.elsewhere || found.overtaken && found.hosted_ui);
            if possible && (found.session && !found.overtaken || !found.session && nothing) {
                all.push(found);
            }
        }
    }
    all
}

const fn also_leave(always: bool, possible: bool) -> Event {
    Event::AlsoLeave { always, possible }
}

const JOINING_LEAVES: [Event; 4] = [
    also_leave(false, false),
    also_leave(false, true),
    also_leave(true, false),
    also_leave(true, true),
];

/// Every event but `Cleared`.
fn alphabet() -> Vec<Event> {
    let mut all = vec![
        Event::Start,
        Event::PopupEnded(PopupEnd::Returned),
        Event::PopupEnded(PopupEnd::Cancelled {
            session_dead: false,
        }),
        Event::PopupEnded(PopupEnd::Cancelled { session_dead: true }),
        Event::PopupEnded(PopupEnd::Blocked),
        Event::PopupEnded(PopupEnd::TimedOut),
        Event::PopupEnded(PopupEnd::NotCompleted),
        Event::PopupEnded(PopupEnd::Unconfirmed),
        Event::ForgetDeviceOver,
        Event::LeaveNow,
        Event::Deadline,
        Event::ReadBack(Back::Gone),
        Event::ReadBack(Back::Stuck),
        Event::ReadBack(Back::Removed { newer_token: false }),
        Event::ReadBack(Back::Removed { newer_token: true }),
        Event::Left,
        Event::Replaced,
        Event::LeaveFailed,
        Event::PageHide,
        Event::NewerToken,
        Event::NewerOthers,
        Event::Aborted,
        Event::Upgrade,
        Event::AlsoForget,
    ];
    all.extend(JOINING_LEAVES);
    for (code, told) in [
        (None, false),
        (None, true),
        (Some(AuthErrorCode::Service), false),
        (Some(AuthErrorCode::Service), true),
    ] {
        all.push(Event::OtherTabSettled(Heard {
            codes: [code; 4],
            global: told,
            forget_device: told,
        }));
    }

    for op in OPS {
        for answer in [
            Answer::Ok,
            Answer::Expired,
            Answer::Final,
            Answer::Transient { again: true },
            Answer::Transient { again: false },
        ] {
            all.push(Event::Answered(op, answer));
        }
        all.push(Event::PauseOver(op));
    }
    all
}

/// Sends still possible from a state on, per operation: in all; without `PageHide`; and also without what
/// brings a newer refresh token or a refreshed access token.
type Sends = [[u8; 5]; 3];

/// Three tries; one more of GlobalSignOut and ForgetDevice after a refresh; three more of either RevokeToken
/// where a newer refresh token turns up, once; one more of either in `pagehide`.
const LIMITS: Sends = [[3, 4, 4, 7, 7], [3, 4, 4, 6, 6], [3, 3, 3, 3, 3]];

fn allowed(column: usize, event: Event) -> bool {
    match event {
        Event::PageHide => column < 1,
        Event::NewerToken
        | Event::NewerOthers
        | Event::ReadBack(Back::Removed { newer_token: true })
        | Event::Answered(Op::Refresh, Answer::Ok)
        | Event::Answered(Op::GlobalSignOut | Op::ForgetDevice, Answer::Expired) => column < 2,
        _ => true,
    }
}

/// An event that the sign-out is bound to deliver in this state, whatever the network and the user do.
fn guaranteed(machine: &Machine, event: Event) -> bool {
    match machine.phase {
        Phase::Checked => event == Event::Start,
        Phase::Popup => event == Event::PopupEnded(PopupEnd::TimedOut),
        Phase::Clearing => matches!(event, Event::Cleared(_)),
        Phase::Following | Phase::Remote => event == Event::Deadline,
        Phase::ReadingBack => event == Event::ReadBack(Back::Gone),
        Phase::Leaving => event == Event::LeaveFailed,
        Phase::Settled => false,
    }
}

struct Step {
    event: Event,
    node: Node,
    commands: Vec<Command>,
}

struct Frame {
    node: Node,
    id: u32,
    steps: Vec<Step>,
    at: usize,
    sends: Sends,
    bound: u8,
}

#[derive(Default)]
struct Reached {
    calls: HashSet<(Op, Call)>,
    phases: HashSet<Phase>,
    hosted: HashSet<Hosted>,
    commands: HashSet<Command>,
    tags: HashSet<Status>,
}

#[derive(Default)]
struct Search {
    index: HashMap<Node, u32, BuildHasherDefault<Fast>>,
    /// `None` while the state is on the stack.
    done: Vec<Option<(Sends, u8)>>,
    handled: u64,
    edges: u64,
    reached: Reached,
    retries: Vec<Node>,
    most: Sends,
    longest: u8,
    after_the_end: bool,
    late: &'static [Op],
}

impl Search {
    fn run(&mut self, alphabet: &[Event], found: &[Event], root: Node) {
        if self.index.contains_key(&root) {
            return;
        }
        let mut stack = vec![self.open(alphabet, found, root)];
        while let Some(frame) = stack.last_mut() {
            let Some(step) = frame.steps.get(frame.at) else {
                let frame = stack.pop().unwrap();
                self.close(&frame);
                continue;
            };
            let Some(&child) = self.index.get(&step.node) else {
                let node = step.node;
                stack.push(self.open(alphabet, found, node));
                continue;
            };
            let Some((sends, bound)) = self.done[child as usize] else {
                panic!("{:?} leads in a circle from {:#?}", step.event, frame.node);
            };
            for (column, most) in frame.sends.iter_mut().enumerate() {
                if allowed(column, step.event) {
                    for op in OPS {
                        let now = step
                            .commands
                            .iter()
                            .filter(|c| **c == Command::Send(op))
                            .count();
                        let all = now as u8 + sends[column][op as usize];
                        most[op as usize] = most[op as usize].max(all);
                    }
                }
            }
            if guaranteed(&frame.node.0, step.event) {
                frame.bound = frame.bound.max(bound + 1);
            }
            frame.at += 1;
        }
    }

    fn open(&mut self, alphabet: &[Event], found: &[Event], node: Node) -> Frame {
        let id = self.done.len() as u32;
        self.index.insert(node, id);
        self.done.push(None);
        let (machine, monitor) = node;
        self.reached.phases.insert(machine.phase);
        self.reached.hosted.insert(machine.hosted);
        for op in OPS {
            self.reached.calls.insert((op, call(&machine, op)));
        }
        // Where it is noise, one `Cleared` is as good as all.
        let found = if machine.phase == Phase::Clearing {
            found
        } else {
            &found[..1]
        };
        let mut steps = Vec::new();
        for event in alphabet.iter().chain(found) {
            if !monitor.may_happen(&machine, *event, self.late) {
                continue;
            }
            let mut next = machine;
            let mut commands = Vec::new();
            next.handle(*event, &mut commands);
            self.handled += 1;
            let watched = match monitor.step(&machine, *event, &next, &commands) {
                Ok(watched) => watched,
                Err(rule) => {
                    panic!("{rule}\n{event:?} -> {commands:?}\nfrom {node:#?}\nto {next:#?}")
                }
            };
            self.reached.commands.extend(&commands);
            if (next, watched) != node && (self.after_the_end || machine.phase != Phase::Settled) {
                self.edges += 1;
                steps.push(Step {
                    event: *event,
                    node: (next, watched),
                    commands,
                });
            }
        }
        Frame {
            node,
            id,
            steps,
            at: 0,
            sends: Sends::default(),
            bound: 0,
        }
    }

    fn close(&mut self, frame: &Frame) {
        let (machine, monitor) = &frame.node;
        if machine.phase == Phase::Settled {
            self.reached.tags.insert(machine.verdict(None).tag);
            self.retries.push((machine.retry(), monitor.retried()));
            check_retries(machine);
        } else {
            assert!(frame.bound > 0, "nothing is bound to end {:#?}", frame.node);
        }
        self.longest = self.longest.max(frame.bound);
        for (column, sends) in frame.sends.iter().enumerate() {
            for op in OPS {
                let (most, limit) = (sends[op as usize], LIMITS[column][op as usize]);
                assert!(
                    most <= limit,
                    "{op:?} up to {most} times from {:#?}",
                    frame.node
                );
                self.most[column][op as usize] = self.most[column][op as usize].max(most);
            }
        }
        self.done[frame.id as usize] = Some((frame.sends, frame.bound));
    }
}

/// No caller's retry leaves the page unless that caller wants it and it is not done.
fn check_retries(machine: &Machine) {
    for leave in LEAVES {
        for refused in [false, true] {
            let asked = Asked {
                global: machine.plan.global,
                forget_device: machine.plan.forget_device,
                leave,
                refused: [refused, false, false],
            };
            let before = machine.verdict_for(&asked, None);
            let retry = machine.retry_for(&asked);
            let leaves = retry.hosted == Hosted::Due;
            assert!(
                !leaves || before.hosted.is_some() && retry.plan.leave == leave,
                "{asked:?} from {machine:#?}"
            );
            // What is not done again is still not done for those who want it.
            let kept = machine.hosted == retry.hosted || machine.hosted == Hosted::Due;
            assert!(leaves || !retry.removed || kept, "{asked:?} {machine:#?}");
        }
    }
}

/// A part of the whole that is searched by itself.
struct Scope {
    name: &'static str,
    plans: Vec<Plan>,
    /// Further sessions may be found.
    others: bool,
    /// The operations that may be told to try again; the rest give up at the first transient failure.
    again: &'static [Op],
    /// The operations that may succeed late: an earlier request for the same is answered after all.
    late: &'static [Op],
    /// Events that do not happen.
    without: &'static [Event],
    /// The pool rotates refresh tokens.
    rotates: bool,
    /// Also what still comes after the end.
    after_the_end: bool,
    /// Also from each `retry()`, and from its own.
    retries: bool,
}

impl Scope {
    fn new(name: &'static str, keep: impl Fn(&Plan) -> bool) -> Self {
        Scope {
            name,
            plans: plans(keep),
            others: false,
            again: &[],
            late: &[],
            without: &[],
            rotates: true,
            after_the_end: false,
            retries: false,
        }
    }
}

fn plans(keep: impl Fn(&Plan) -> bool) -> Vec<Plan> {
    let mut all = Vec::new();
    for bits in 0..16u32 {
        for leave in [
            Leave::Auto,
            Leave::Never,
            Leave::Redirect,
            Leave::Popup,
            Leave::Manual,
        ] {
            let bit = |n: u32| bits & (1 << n) != 0;
            all.push(Plan {
                global: bit(0),
                forget_device: bit(1),
                revocation: bit(2),
                one_request: bit(3),
                leave,
            });
        }
    }
    all.retain(keep);
    all
}

fn search(scope: &Scope) -> Search {
    let mut alphabet = alphabet();
    alphabet.retain(|event| match event {
        Event::Answered(op, Answer::Transient { again: true }) => scope.again.contains(op),
        Event::NewerOthers => scope.others,
        event => !scope.without.contains(event),
    });
    let mut found = all_found();
    found.retain(|found| scope.others || !found.others);
    // What no plan and no event looks at is not told apart.
    let forgets = alphabet.contains(&Event::AlsoForget);
    let auto = alphabet.contains(&also_leave(false, true));
    let any = |wants: &dyn Fn(&Plan) -> bool| scope.plans.iter().any(wants);
    let (forgets, auto) = (
        forgets || any(&|plan| plan.forget_device),
        auto || any(&|plan| plan.leave == Leave::Auto),
    );
    found.retain(|found| (forgets || !found.device) && (auto || !found.hosted_ui));
    let found: Vec<Event> = found.into_iter().map(Event::Cleared).collect();
    let mut search = Search {
        after_the_end: scope.after_the_end,
        late: scope.late,
        ..Search::default()
    };
    for plan in &scope.plans {
        let mut machine = Machine::new(*plan);
        machine.rotates = scope.rotates;
        search.run(&alphabet, &found, (machine, Monitor::default()));
    }
    for plan in &scope.plans {
        if plan.leave == Leave::Redirect && !plan.global && !plan.forget_device {
            let root = (Machine::leave_only(*plan), Monitor::leaving());
            search.run(&alphabet, &found, root);
        }
    }
    while let Some(root) = search.retries.pop().filter(|_| scope.retries) {
        search.run(&alphabet, &found, root);
    }
    println!(
        "{}: {} states, {} transitions, {} events handled; the most sends {:?}; settles within {} guaranteed events",
        scope.name,
        search.done.len(),
        search.edges,
        search.handled,
        search.most,
        search.longest,
    );
    search
}

/// Searches the scopes on all cores and checks that no state is dead.
fn search_all(scopes: &[Scope]) {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let (mut states, mut edges, mut reached) = (0, 0, Reached::default());
    std::thread::scope(|threads| {
        let work = || {
            let mut mine = Vec::new();
            while let Some(scope) = scopes.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Search {
                    done,
                    edges,
                    reached,
                    ..
                } = search(scope);
                mine.push((done.len(), edges, reached));
            }
            mine
        };
        let running: Vec<_> = (0..cores).map(|_| threads.spawn(work)).collect();
        for (n, e, r) in running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
        {
            states += n;
            edges += e;
            reached.merge(r);
        }
    });
    // Past the capture of the test harness: the count is part of the proof.
    let counted = format!("machine, in all: {states} states, {edges} transitions\n");
    std::io::stderr().write_all(counted.as_bytes()).unwrap();
    reached.check();
}

impl Reached {
    fn merge(&mut self, other: Reached) {
        self.calls.extend(other.calls);
        self.phases.extend(other.phases);
        self.hosted.extend(other.hosted);
        self.commands.extend(other.commands);
        self.tags.extend(other.tags);
    }

    /// Every variant is reached, or it is dead code.
    fn check(&self) {
        use Phase::{Checked, Clearing, Following, Leaving, Popup, ReadingBack, Remote, Settled};
        for phase in [
            Checked,
            Popup,
            Clearing,
            Following,
            Remote,
            ReadingBack,
            Leaving,
            Settled,
        ] {
            assert!(self.phases.contains(&phase), "dead: {phase:?}");
        }
        for hosted in [
            Hosted::NotDue,
            Hosted::Due,
            Hosted::Manual,
            Hosted::Done,
            Hosted::Unusable,
            Hosted::NotLeft,
            Hosted::Unconfirmed,
            Hosted::NotCompleted,
            Hosted::Blocked,
            Hosted::TimedOut,
            Hosted::Cancelled,
        ] {
            assert!(self.hosted.contains(&hosted), "dead: {hosted:?}");
        }
        for tag in [Status::Complete, Status::Partial, Status::Failed] {
            assert!(self.tags.contains(&tag), "dead: {tag:?}");
        }
        for op in OPS {
            for call in [
                Call::Unneeded,
                Call::Waiting,
                Call::Sent(1),
                Call::Sent(2),
                Call::Sent(3),
                Call::Sent(4),
                Call::Pausing(1),
                Call::Pausing(2),
                Call::Succeeded,
                Call::Failed,
                Call::GaveUp,
                Call::HeldBack,
                Call::Impossible,
                Call::Late,
            ] {
                let never = matches!(
                    (op, call),
                    (Op::GlobalSignOut | Op::ForgetDevice, Call::HeldBack)
                        | (
                            Op::Refresh | Op::GlobalSignOut | Op::RevokeToken | Op::RevokeOthers,
                            Call::Late
                        )
                        | (
                            Op::RevokeToken | Op::RevokeOthers | Op::Refresh,
                            Call::Sent(4)
                        )
                        | (Op::RevokeOthers, Call::HeldBack | Call::Impossible)
                        | (
                            Op::Refresh,
                            Call::Waiting | Call::HeldBack | Call::Impossible
                        )
                );
                let is = self.calls.contains(&(op, call));
                assert_eq!(
                    is, !never,
                    "dead, or alive though it should not be: {op:?} {call:?}"
                );
            }
            let send = Command::Send(op);
            assert!(self.commands.contains(&send), "dead: {send:?}");
            for tries in 1..MAX_TRIES {
                let pause = Command::Pause(op, tries);
                assert!(self.commands.contains(&pause), "dead: {pause:?}");
            }
        }
        for command in [
            Command::RunPopup,
            Command::AbortPopup,
            Command::Clear,
            Command::Follow,
            Command::ReadBack,
            Command::Leave,
            Command::AbortRequests,
            Command::Settle,
        ] {
            assert!(self.commands.contains(&command), "dead: {command:?}");
        }
    }
}

const WITHOUT_LEAVES: [Event; 5] = [
    Event::AlsoForget,
    JOINING_LEAVES[0],
    JOINING_LEAVES[1],
    JOINING_LEAVES[2],
    JOINING_LEAVES[3],
];

const WITHOUT_JOINS: [Event; 6] = [
    Event::Upgrade,
    Event::AlsoForget,
    JOINING_LEAVES[0],
    JOINING_LEAVES[1],
    JOINING_LEAVES[2],
    JOINING_LEAVES[3],
];

const WITHOUT_JOINS_OR_HIDE: [Event; 6] = [
    Event::PageHide,
    Event::AlsoForget,
    JOINING_LEAVES[0],
    JOINING_LEAVES[1],
    JOINING_LEAVES[2],
    JOINING_LEAVES[3],
];

/// What a minute of a debug build can hold. Left to the wide ones: combinations of several requests with
/// several tries each, of a remembered device with all of that, and what comes after the end.
/// An operation that succeeds late does so in every state in which the machine listens, in a retry or not.
#[test]
fn closure() {
    search_all(&[
        Scope {
            again: &[Op::ForgetDevice],
            without: &[
                Event::PageHide,
                Event::Aborted,
                Event::Upgrade,
                JOINING_LEAVES[0],
                JOINING_LEAVES[1],
                JOINING_LEAVES[2],
                JOINING_LEAVES[3],
            ],
            ..Scope::new("a remembered device", |plan| {
                plan.forget_device
                    && !plan.one_request
                    && plan.revocation
                    && plan.leave == Leave::Auto
            })
        },
        Scope {
            retries: true,
            without: &[Event::Upgrade, Event::AlsoForget, Event::NewerToken],
            ..Scope::new("every redirect, and its retry", |plan| {
                !plan.forget_device && !plan.one_request && plan.revocation
            })
        },
        Scope {
            again: &[Op::Refresh, Op::GlobalSignOut, Op::RevokeToken],
            late: &OPS,
            without: &WITHOUT_JOINS_OR_HIDE,
            ..Scope::new("every try", |plan| {
                !plan.forget_device
                    && !plan.one_request
                    && plan.revocation
                    && plan.leave == Leave::Never
            })
        },
        Scope {
            rotates: false,
            late: &[Op::Refresh],
            without: &WITHOUT_JOINS_OR_HIDE,
            ..Scope::new("refresh tokens that do not rotate", |plan| {
                !plan.one_request && plan.revocation && plan.leave == Leave::Never
            })
        },
        Scope {
            retries: true,
            late: &OPS,
            without: &WITHOUT_JOINS_OR_HIDE,
            ..Scope::new("a retry, and late answers to what it repeats", |plan| {
                !plan.forget_device
                    && !plan.one_request
                    && plan.revocation
                    && matches!(plan.leave, Leave::Redirect | Leave::Popup)
            })
        },
        Scope {
            others: true,
            again: &[Op::RevokeOthers],
            late: &[Op::RevokeOthers],
            without: &WITHOUT_JOINS,
            ..Scope::new("further sessions", |plan| {
                !plan.forget_device && !plan.one_request && plan.leave == Leave::Never
            })
        },
        Scope {
            without: &WITHOUT_JOINS,
            ..Scope::new("timeoutMs 0", |plan| {
                plan.one_request && plan.leave == Leave::Auto
            })
        },
        Scope {
            late: &[Op::ForgetDevice],
            without: &[
                Event::PageHide,
                Event::Aborted,
                JOINING_LEAVES[0],
                JOINING_LEAVES[1],
                JOINING_LEAVES[2],
                JOINING_LEAVES[3],
            ],
            ..Scope::new("calls that join for a remembered device", |plan| {
                !plan.forget_device
                    && !plan.one_request
                    && plan.revocation
                    && plan.leave == Leave::Never
            })
        },
        Scope {
            after_the_end: true,
            late: &OPS,
            without: &WITHOUT_LEAVES,
            ..Scope::new("after the end", |plan| {
                !plan.forget_device && plan.revocation && plan.leave == Leave::Redirect
            })
        },
    ]);
}

// Wider, some ten million states: `cargo test --release --test machine_closure -- --ignored --nocapture`.
// Even there a remembered device, further sessions and the tries of all requests are not all combined at once.

const ALL: Scope = Scope {
    name: "",
    plans: Vec::new(),
    others: false,
    again: &OPS,
    late: &[],
    without: &[],
    rotates: true,
    after_the_end: true,
    retries: true,
};

#[test]
#[ignore = "minutes"]
fn wide_timeout_0() {
    search(&Scope {
        name: "timeoutMs 0",
        plans: plans(|plan| plan.one_request),
        others: true,
        // A retry is no timeoutMs 0 any more.
        retries: false,
        ..ALL
    });
}

#[test]
#[ignore = "minutes"]
fn wide_every_try_every_retry() {
    search(&Scope {
        name: "no device, no further sessions",
        plans: plans(|plan| !plan.one_request && !plan.forget_device),
        ..ALL
    });
}

#[test]
#[ignore = "minutes"]
fn wide_further_sessions() {
    search(&Scope {
        name: "further sessions",
        plans: plans(|p| !p.one_request && !p.forget_device && p.leave == Leave::Auto),
        others: true,
        again: &[Op::RevokeOthers, Op::GlobalSignOut],
        late: &[Op::RevokeOthers],
        retries: false,
        ..ALL
    });
}

#[test]
#[ignore = "minutes"]
fn wide_device() {
    search(&Scope {
        name: "a device",
        plans: plans(|p| !p.one_request && p.forget_device && p.leave == Leave::Auto),
        again: &[Op::ForgetDevice, Op::Refresh],
        ..ALL
    });
}

#[test]
#[ignore = "minutes"]
fn wide_device_global() {
    search(&Scope {
        name: "a device, global",
        plans: plans(|p| !p.one_request && p.forget_device && p.leave == Leave::Auto),
        again: &[Op::ForgetDevice, Op::GlobalSignOut],
        retries: false,
        ..ALL
    });
}

/// So all that holds for the states behind a clear holds where the keys were removed before.
#[test]
fn after_a_removal_it_stands_where_a_clear_would_have_led() {
    let through = |mut machine: Machine, events: &[Event]| {
        let mut commands = Vec::new();
        for event in events {
            commands.clear();
            machine.handle(*event, &mut commands);
        }
        (machine, commands)
    };
    let ends = [
        PopupEnd::Returned,
        PopupEnd::Blocked,
        PopupEnd::Cancelled { session_dead: true },
    ];
    for found in all_found() {
        if !found.removed || found.overtaken {
            continue;
        }
        for plan in plans(|plan| !plan.one_request) {
            let (before, after) = (Machine::new(plan), Machine::after_removal(plan, found));
            let cleared = Event::Cleared(found);
            if plan.leave != Leave::Popup {
                let expected = through(before, &[Event::Start, cleared]);
                assert_eq!(through(after, &[Event::Start]), expected);
            } else if found.can_leave {
                for end in ends {
                    let end = Event::PopupEnded(end);
                    let expected = through(before, &[Event::Start, end, cleared]);
                    assert_eq!(through(after, &[Event::Start, end]), expected);
                }
            } else {
                let (machine, _) = through(after, &[Event::Start]);
                assert_ne!(machine.phase, Phase::Popup);
                assert_eq!(machine.hosted, Hosted::Unusable);
            }
        }
    }
}

/// Nobody is signed in any more, so that closing the popup or aborting is no failure.
#[test]
fn after_a_removal_no_end_of_the_popup_is_a_failure() {
    let plan = Plan {
        global: true,
        forget_device: false,
        revocation: true,
        leave: Leave::Popup,
        one_request: true,
    };
    let found = all_found().into_iter().find(|found| {
        let whole = found.removed && found.can_leave && found.refresh_token;
        whole && found.access == Access::Valid && found.revocable
    });
    for event in [
        Event::Aborted,
        Event::PopupEnded(PopupEnd::Cancelled {
            session_dead: false,
        }),
    ] {
        let mut machine = Machine::after_removal(plan, found.unwrap());
        let mut commands = Vec::new();
        machine.handle(Event::Start, &mut commands);
        machine.handle(event, &mut commands);
        assert_eq!(machine.verdict(None).tag, Status::Partial);
    }
}
