//! The world of one seed: virtual time, and everything that happens in it.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;

use cognito_signout::internals::config::Config;
use cognito_signout::internals::session::{Secret, Session, SessionId};

use crate::account::{Account, Wrong};
use crate::cognito::{Cognito, Issued, Pool};
use crate::pages::Page;
use crate::random::Random;
use crate::scene::Staged;
use crate::setup::Setup;
use crate::storage::{Browser, Mutation, Process, Value, set};
pub use crate::story::Lane;
use crate::story::{Event, Line, Seen};
use crate::windows::Tab;

pub const POOL: &str = "us-east-1_Example";
/// The app's two app clients. Most pages use the first alone.
pub const CLIENTS: [&str; 2] = ["1example23456789", "2example23456789"];
pub const APP: &str = "https://app.example.com";
pub const LOGOUT_URLS: [&str; 2] = [
    "https://app.example.com/",
    "https://app.example.com/signed-out",
];
pub const HOSTED_UI: &str = "https://auth.example.com";
pub const ENDPOINT: &str = "https://cognito-idp.us-east-1.amazonaws.com/";
/// Milliseconds since the epoch at the start, by the clock of Cognito.
pub const EPOCH: f64 = 1_800_000_000_000.0;
/// Each token has this text in it, so that one that leaks is found.
pub const TOKEN: &str = "T-T-";

/// The name of a user; two of them act, the others are only stored.
pub fn name_of(user: usize) -> String {
    match user {
        0 => "jane".into(),
        1 => "john.doe".into(),
        number => format!("user{number}"),
    }
}

/// A session, and all that was ever issued for it.
pub struct SignedIn {
    pub client: usize,
    pub user: usize,
    /// As the record of ended sessions names it.
    pub id: Option<SessionId>,
    pub refresh: Vec<String>,
    pub access: Vec<String>,
    pub ids: Vec<String>,
    /// The refresh tokens that some store held; another one is lost with its page, and nobody can use it.
    pub stored: Vec<String>,
    /// The hosted UI's cookie that it came with.
    pub hosted: Option<u32>,
    pub device: Option<String>,
    /// Its library stores cookies for the domain, which stand beside the host's own.
    pub of_domain: bool,
    pub born: f64,
}

/// A stream of chance: what happens in one of them does not change another one.
#[derive(Clone, Copy, Debug)]
pub enum Chance {
    Network,
    Storage,
    Events,
    Pages,
    People,
    Cookies,
}

pub type Act = Box<dyn FnOnce(&mut World)>;

struct Scheduled {
    at: f64,
    number: u64,
    act: Act,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    /// The soonest is the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_time = other.at.total_cmp(&self.at);
        by_time.then(other.number.cmp(&self.number))
    }
}

pub struct World {
    pub setup: Setup,
    pub configs: [Config; 2],
    pub now: f64,
    last: u64,
    queue: BinaryHeap<Scheduled>,
    chances: [Vec<Random>; 6],
    pub cognito: Cognito,
    pub browser: Browser,
    pub tabs: Vec<Tab>,
    pub pages: Vec<Page>,
    pub account: Account,
    pub sessions: Vec<SignedIn>,
    owners: HashMap<String, usize>,
    pub is_silent: bool,
    /// Nothing can go wrong.
    pub is_calm: bool,
    pub has_faults: bool,
    /// In a scene nothing is left to chance.
    pub staged: Option<Staged>,
    /// The first thing that was wrong.
    pub wrong: Option<Wrong>,
    pub story: Option<Vec<Line>>,
    /// What the story last said of each tab.
    pub shown: Vec<(Vec<usize>, Seen)>,
}

impl World {
    pub fn new(setup: &Setup) -> World {
        let mut cognito = Cognito::new(Pool {
            id: POOL.into(),
            rotation_grace_ms: setup.rotation_grace_ms,
            access_valid_ms: setup.access_valid_ms,
            refresh_valid_ms: 30.0 * 86_400_000.0,
            revocation: setup.pool_revokes,
            knows_get_tokens: setup.knows_get_tokens,
        });
        for client in CLIENTS {
            cognito.add_client(client, &LOGOUT_URLS);
        }
        World {
            configs: CLIENTS.map(|client| crate::actors::config(setup, client)),
            setup: setup.clone(),
            now: 0.0,
            last: 0,
            queue: BinaryHeap::new(),
            chances: std::array::from_fn(|kind| {
                let seed = |tab: u64| Random(setup.seed ^ (kind as u64 * 16 + tab + 1) << 40);
                (0..16).map(seed).collect()
            }),
            cognito,
            browser: Browser {
                is_online: true,
                ..Browser::default()
            },
            tabs: Vec::new(),
            pages: Vec::new(),
            account: Account::default(),
            sessions: Vec::new(),
            owners: HashMap::new(),
            is_silent: false,
            is_calm: false,
            has_faults: true,
            staged: None,
            wrong: None,
            story: None,
            shown: Vec::new(),
        }
    }

    // ---- chance

    /// A whole number below a limit; in a scene always the middle one.
    pub fn below(&mut self, chance: Chance, of: usize, limit: u64) -> u64 {
        if self.staged.is_some() {
            return limit / 2;
        }
        self.chances[chance as usize][of % 16].bits() % limit.max(1)
    }

    /// So many times in a hundred; never once the faults are over.
    pub fn fault(&mut self, chance: Chance, of: usize, times: u64) -> bool {
        times > 0 && self.has_faults && self.below(chance, of, 100) < times
    }

    pub fn percent(&mut self, chance: Chance, of: usize, times: u64) -> bool {
        self.below(chance, of, 100) < times
    }

    pub fn number(&mut self) -> u32 {
        self.last += 1;
        self.last as u32
    }

    // ---- time

    /// Milliseconds since the epoch, by the clock of Cognito.
    pub fn wall(&self) -> f64 {
        EPOCH + self.now
    }

    pub fn after(&mut self, ms: f64, act: impl FnOnce(&mut World) + 'static) {
        self.last += 1;
        self.queue.push(Scheduled {
            at: self.now + ms,
            number: self.last,
            act: Box::new(act),
        });
    }

    /// Lets happen what happens until then, unless something is wrong.
    pub fn run_until(&mut self, end: f64) {
        while self.wrong.is_none() && self.queue.peek().is_some_and(|next| next.at <= end) {
            let Some(next) = self.queue.pop() else { break };
            self.now = self.now.max(next.at);
            (next.act)(self);
            self.note_tabs();
        }
        self.now = self.now.max(end);
        self.check_bounds();
    }

    // ---- the story

    /// An entry of the story, which is made only where somebody wants to read it.
    pub fn note<E: Into<Event>>(&mut self, lane: Lane, event: impl FnOnce() -> E) {
        if let Some(story) = &mut self.story {
            story.push(Line {
                at: self.now,
                lane,
                event: event().into(),
            });
        }
    }

    pub fn is_wrong(&mut self, invariant: u8, text: impl FnOnce() -> String) {
        if self.wrong.is_none() {
            let wrong = Wrong {
                invariant,
                text: text(),
            };
            self.note(Lane::Browser, || Event::Wrong {
                invariant,
                text: wrong.text.clone(),
            });
            self.wrong = Some(wrong);
        }
    }

    // ---- sessions

    /// Keeps what was issued.
    pub fn signed_in(&mut self, client: usize, user: usize, issued: &Issued) -> usize {
        let number = self.sessions.len();
        let session = Session {
            access_token: Some(Secret::new(issued.access.clone())),
            refresh_token: Some(Secret::new(issued.refresh.clone())),
            ..Session::default()
        };
        for token in [&issued.access, &issued.id, &issued.refresh] {
            self.owners.insert(token.clone(), number);
        }
        self.sessions.push(SignedIn {
            client,
            user,
            id: session.identity(),
            refresh: vec![issued.refresh.clone()],
            access: vec![issued.access.clone()],
            ids: vec![issued.id.clone()],
            stored: Vec::new(),
            hosted: None,
            device: None,
            of_domain: false,
            born: self.now,
        });
        number
    }

    /// Keeps the tokens that an answer brings for a session.
    pub fn refreshed(&mut self, session: usize, body: &str) {
        let Ok(body) = serde_json::from_str::<serde_json::Value>(body) else {
            return;
        };
        let result = &body["AuthenticationResult"];
        let known = &mut self.sessions[session];
        for (name, tokens) in [
            ("AccessToken", &mut known.access),
            ("IdToken", &mut known.ids),
            ("RefreshToken", &mut known.refresh),
        ] {
            if let Some(token) = result[name].as_str() {
                self.owners.insert(token.to_owned(), session);
                tokens.push(token.to_owned());
            }
        }
    }

    /// Whose token this is, or is in it.
    pub fn owner(&self, text: &str) -> Option<usize> {
        if !text.contains(TOKEN) {
            return None;
        }
        if let Some(owner) = self.owners.get(text) {
            return Some(*owner);
        }
        let record: serde_json::Value = serde_json::from_str(text).ok()?;
        let token = record["access_token"].as_str()?;
        self.owners.get(token).copied()
    }

    /// A refresh token of it can still be used.
    pub fn is_alive(&self, session: usize) -> bool {
        let mut tokens = self.sessions[session].stored.iter().rev();
        tokens.any(|token| self.cognito.refresh_is_alive(self.wall(), token))
    }

    pub fn value(&mut self, text: &str) -> Value {
        let session = self.owner(text);
        if let Some(session) = session {
            let known = &mut self.sessions[session];
            let held = known
                .refresh
                .iter()
                .rev()
                .find(|token| text.contains(token.as_str()));
            if let Some(token) = held
                && !known.stored.contains(token)
            {
                known.stored.push(token.clone());
            }
        }
        Value {
            text: Rc::from(text),
            session,
        }
    }

    // ---- localStorage

    pub fn new_process(&mut self) -> usize {
        self.browser.processes.push(Process {
            local: self.browser.local.clone(),
            ..Process::default()
        });
        self.browser.processes.len() - 1
    }

    /// A page writes; its own process sees it at once, the others later.
    pub fn write_local(&mut self, page: usize, key: &str, text: Option<&str>) {
        let key: Rc<str> = Rc::from(key);
        let value = text.map(|text| self.value(text));
        let process = &mut self.browser.processes[self.pages[page].process];
        set(&mut process.local, &key, value.clone());
        process.pending.push(key.clone());
        process.sent_at = process.sent_at.max(self.now + 1.0);
        let (ms, boots) = (process.sent_at - self.now, self.browser.boots);
        let mutation = Mutation {
            key,
            value,
            writer: page,
        };
        self.after(ms, move |world| {
            if world.browser.boots == boots {
                world.spread(&mutation);
            }
        });
    }

    /// The browser takes a write, and hands it on to every process, the writer's own included. Each
    /// gets all writes in the order in which the browser took them.
    fn spread(&mut self, mutation: &Mutation) {
        self.browser.write(self.now, mutation);
        for to in 0..self.browser.processes.len() {
            let ms = 1 + self.below(Chance::Storage, to, self.setup.spread_ms + 1);
            let torn = self.percent(Chance::Storage, to, 1);
            let process = &mut self.browser.processes[to];
            let before = process.inbox.back().map_or(0.0, |last| last.0);
            let at = match before > self.now && self.now - process.burst_at < 3.0 {
                true => before + if torn { 2.0 } else { 0.0 },
                false => before.max(self.now + ms as f64),
            };
            process.burst_at = self.now;
            process.inbox.push_back((at, mutation.clone()));
            let (ms, boots) = (at - self.now, self.browser.boots);
            self.after(ms, move |world| {
                if world.browser.boots == boots {
                    world.arrives(to);
                }
            });
        }
    }

    /// What the browser has handed on arrives in a process.
    fn arrives(&mut self, to: usize) {
        let pages = &self.pages;
        let is_own = |mutation: &Mutation| pages[mutation.writer].process == to;
        let arrived = self.browser.processes[to].receive(self.now, is_own);
        for mutation in arrived {
            self.tell_storage(to, mutation);
        }
    }

    /// The `storage` event in the pages of a process, in the order of the writes.
    fn tell_storage(&mut self, process: usize, mutation: Mutation) {
        let is_ours = mutation.key.ends_with(".ended") || mutation.key.ends_with(".popup");
        let Some(value) = mutation.value.filter(|_| is_ours) else {
            return;
        };
        let lost = self.setup.faults.lost_event;
        if self.fault(Chance::Events, process, lost) {
            return;
        }
        let ms = self.below(Chance::Events, process, 20) as f64;
        let known = &mut self.browser.processes[process];
        known.told_at = known.told_at.max(self.now + ms);
        let (ms, boots) = (known.told_at - self.now, self.browser.boots);
        self.after(ms, move |world| {
            if world.browser.boots == boots {
                world.storage_event(process, mutation.writer, &mutation.key, &value.text);
            }
        });
    }
}
