//! What the browser keeps: one localStorage that each process sees a moment later, cookies, a
//! database of the app's own, and the Web Lock.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::scene::Scene;

/// A stored text, and the session whose token is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub text: Rc<str>,
    pub session: Option<usize>,
}

pub type Entries = BTreeMap<Rc<str>, Value>;

/// A change of localStorage on its way to the browser, and from there to every process.
#[derive(Clone)]
pub struct Mutation {
    pub key: Rc<str>,
    pub value: Option<Value>,
    /// The page that made it.
    pub writer: usize,
}

/// A renderer, and localStorage as it sees it.
#[derive(Default)]
pub struct Process {
    pub local: Entries,
    /// What was written, in the browser's order, and when it arrives here.
    pub inbox: VecDeque<(f64, Mutation)>,
    /// The keys of own writes that have not come back. What arrives before them is older.
    pub pending: Vec<Rc<str>>,
    /// When the last write left for the browser.
    pub sent_at: f64,
    /// When the last storage event was delivered.
    pub told_at: f64,
    /// When the browser last handed on a write: what is written at once arrives together.
    pub burst_at: f64,
}

impl Process {
    /// Takes what has arrived. `is_own` tells whether a page of this process has written it: that one
    /// has been seen here since it was written, and comes back as its acknowledgement.
    pub fn receive(&mut self, now: f64, is_own: impl Fn(&Mutation) -> bool) -> Vec<Mutation> {
        let mut arrived = Vec::new();
        while self.inbox.front().is_some_and(|first| first.0 <= now) {
            let Some((_, mutation)) = self.inbox.pop_front() else {
                break;
            };
            let pending = self.pending.iter().position(|key| *key == mutation.key);
            match pending {
                Some(at) if is_own(&mutation) => drop(self.pending.remove(at)),
                Some(_) => {}
                None => set(&mut self.local, &mutation.key, mutation.value.clone()),
            }
            arrived.push(mutation);
        }
        arrived
    }
}

pub fn set(entries: &mut Entries, key: &Rc<str>, value: Option<Value>) {
    match value {
        Some(value) => entries.insert(key.clone(), value),
        None => entries.remove(key),
    };
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cookie {
    pub name: Rc<str>,
    /// With a domain it is another cookie than the host's own.
    pub of_domain: bool,
    pub path: &'static str,
    pub value: Value,
}

/// Who holds the lock, or waits for it: a page, its engine, and the effect.
pub type Waiting = (usize, usize, u32);

#[derive(Default)]
pub struct Browser {
    /// localStorage as the browser has it; processes see it later.
    pub local: Entries,
    /// What each of the last writes has replaced.
    pub before: VecDeque<(f64, Rc<str>, Option<Value>)>,
    pub processes: Vec<Process>,
    pub cookies: Vec<Cookie>,
    pub database: Entries,
    /// The hosted UI's cookie.
    pub hosted: Option<u32>,
    /// The lock of each app client: the first holds it.
    pub locks: [VecDeque<Waiting>; 2],
    pub is_online: bool,
    /// By how much the wall clock is wrong, in milliseconds.
    pub clock: f64,
    /// Counts the crashes of the machine.
    pub boots: u32,
}

/// How long a crash of the machine may roll localStorage back, in milliseconds.
pub const ROLLED_BACK_MS: f64 = 5000.0;

impl Browser {
    /// A write arrives from a process.
    pub fn write(&mut self, now: f64, mutation: &Mutation) {
        let before = self.local.get(&mutation.key).cloned();
        self.before.push_back((now, mutation.key.clone(), before));
        while self
            .before
            .front()
            .is_some_and(|first| first.0 < now - ROLLED_BACK_MS)
        {
            self.before.pop_front();
        }
        set(&mut self.local, &mutation.key, mutation.value.clone());
    }

    /// The machine crashes: the last writes are lost.
    pub fn roll_back(&mut self, until: f64) {
        while self.before.back().is_some_and(|last| last.0 > until) {
            if let Some((_, key, value)) = self.before.pop_back() {
                set(&mut self.local, &key, value);
            }
        }
        self.processes.clear();
        self.locks = Default::default();
        self.boots += 1;
    }

    /// The cookies that a page of this path sees, as `document.cookie` lists them.
    pub fn cookies_at(&self, path: &str) -> Vec<(String, String)> {
        let seen = self
            .cookies
            .iter()
            .filter(|cookie| path.starts_with(cookie.path));
        seen.map(|cookie| (cookie.name.to_string(), cookie.value.text.to_string()))
            .collect()
    }

    pub fn set_cookie(&mut self, cookie: Cookie) {
        let same = |old: &&mut Cookie| {
            old.name == cookie.name && old.of_domain == cookie.of_domain && old.path == cookie.path
        };
        match self.cookies.iter_mut().find(same) {
            Some(old) => old.value = cookie.value,
            None => self.cookies.push(cookie),
        }
    }
}

#[test]
fn an_older_write_of_another_process_does_not_undo_an_own_one() {
    let mut scene = Scene::new();
    let pages = [scene.at(0).0, scene.at(1).0];
    let seen = |scene: &Scene, page: usize| {
        let world = &scene.world;
        let local = &world.browser.processes[world.pages[page].process].local;
        local.get("key").map(|value| value.text.to_string())
    };
    scene.world.write_local(pages[0], "key", Some("first"));
    scene.pass(10.0);
    scene.world.write_local(pages[1], "key", None);
    scene.pass(0.5);
    scene.world.write_local(pages[0], "key", Some("second"));
    scene.pass(10.0);
    for page in pages {
        assert_eq!(seen(&scene, page).as_deref(), Some("second"));
    }
    // A newer one is not passed over.
    scene.world.write_local(pages[0], "key", Some("third"));
    scene.pass(0.5);
    scene.world.write_local(pages[1], "key", None);
    scene.pass(10.0);
    for page in pages {
        assert_eq!(seen(&scene, page), None);
    }
    scene.end();
}
