//! Work on the stores: reading all of them, removing and reading back, writing whole or not at all. What it is for
//! is its owner's business, which gets it back with the outcome.

use std::rc::Rc;

use super::io::{Access, ClientId, Effect, EffectId, Place, StoreAnswer, StoreRef};
use crate::error::{AuthError, AuthErrorCode};
use crate::layout::amplify::Entries;
use crate::layout::{self, Found, Snapshot, StoredSession, Target};
use crate::session::Session;

/// How long the app's own storage may take in all, in milliseconds.
pub const STORAGE_MS: f64 = 5000.0;

/// What was found in one store, and what of it is to be removed.
pub struct PlaceFound {
    /// The number of the store.
    pub index: usize,
    /// What was found there.
    pub found: Found,
    /// The keys to remove, in this order; they are read back.
    pub keys: Vec<String>,
}

impl PlaceFound {
    /// The keys of all sessions but these. Cookies of one name can't be removed one without the other.
    pub fn keys_but(&self, these: &dyn Fn(&Session) -> bool) -> Vec<String> {
        let mut keys = Vec::new();
        for stored in &self.found.sessions {
            if !these(&stored.session) {
                keys.extend_from_slice(&stored.keys);
            }
        }
        keys
    }
}

impl StoredSession {
    /// Whether one of its keys is among these.
    pub fn shares(&self, keys: &[String]) -> bool {
        self.keys.iter().any(|key| keys.contains(key))
    }
}

/// Keys by the number of their store.
pub type KeysOf = Vec<(usize, Vec<String>)>;

/// Stores as they were read.
pub struct Scanned {
    /// Those that could be read, the configured one first.
    pub places: Vec<PlaceFound>,
    /// Why the configured one could not be read, or a key not be removed.
    pub error: Option<AuthError>,
    /// The names of all that is there, as far as it can be listed, each followed by NUL.
    pub names: String,
    /// What is left of the time for an asynchronous storage.
    left_ms: f64,
}

/// What came of a piece of work.
pub enum Done<O> {
    /// All stores were read.
    Scanned(O, Box<Scanned>),
    /// The chosen keys were removed and read back.
    Removed(O, Box<Scanned>),
    /// The entries were written, or the store is as it was.
    Written(O, Result<(), AuthError>),
}

enum Stage {
    /// The names of the keys are awaited.
    Names,
    /// The values; the last for a store that lists its keys.
    Values,
    /// The first keys of a store that can't list all of them.
    First(Vec<String>),
    /// The keys that the first ones led to.
    Users(Snapshot),
    /// Keys known from before.
    Known(Snapshot),
    /// The removal of chosen keys.
    Removal,
    /// The read-back after it.
    ReadBack(Option<AuthError>),
    /// The removal of what signs no one in.
    Leftovers,
    /// What a write is going to replace.
    Before,
    /// The write.
    Write(Snapshot),
    /// The read-back after a write.
    Check(Snapshot),
    /// Tidying up after a write, or undoing it.
    Tidy(Result<(), AuthError>),
}

struct Wait {
    effect: EffectId,
    job: u32,
    place: usize,
    stage: Stage,
    since: f64,
}

enum Task {
    Scan { known: KeysOf, left: usize },
    Remove { at: usize, leftovers: bool },
    Write(Box<Entries>),
}

struct Job<O> {
    id: u32,
    stores: Rc<Stores>,
    owner: O,
    task: Task,
    state: Box<Scanned>,
}

/// The stores of a client, and whose sessions are looked for in them.
pub struct Stores {
    client: ClientId,
    places: Vec<Place>,
    target: Target,
    /// The number of the first of these places among the client's.
    first: usize,
    has_state_store: bool,
}

impl Stores {
    /// The stores of a client; the first is the configured one.
    pub fn new(
        client: ClientId,
        places: Vec<Place>,
        has_state_store: bool,
        target: Target,
    ) -> Stores {
        Stores {
            client,
            places,
            target,
            first: 0,
            has_state_store,
        }
    }

    /// Whether there is a store of the app's own for sign-ins under way.
    pub fn has_state_store(&self) -> bool {
        self.has_state_store
    }

    /// The app's own store for sign-ins under way, which comes behind the places.
    pub fn state_store(&self) -> Stores {
        Stores {
            client: self.client,
            places: vec![Place {
                access: Access::StateStore,
                shared: false,
            }],
            target: self.target.clone(),
            first: self.places.len(),
            has_state_store: false,
        }
    }

    /// Whose sessions are meant.
    pub fn target(&self) -> &Target {
        &self.target
    }

    fn access(&self, place: usize) -> Access {
        let place = self.places.get(place);
        place.map_or(Access::Blocked, |place| place.access)
    }

    /// Whether every tab sees a store.
    pub fn is_shared(&self, place: usize) -> bool {
        self.places.get(place).is_none_or(|place| place.shared)
    }

    /// Whether the configured store can't be had.
    pub fn is_blocked(&self) -> bool {
        let first = self.places.first();
        first.is_none_or(|place| place.access == Access::Blocked)
    }

    /// Whether one of them may take its time.
    pub fn is_slow(&self) -> bool {
        self.is_limited(0)
    }

    /// Whether a store is the app's own, and may take its time.
    fn is_limited(&self, place: usize) -> bool {
        !matches!(self.access(place), Access::Direct | Access::Blocked)
    }

    fn store(&self, place: usize) -> StoreRef {
        StoreRef {
            client: self.client,
            index: self.first + place,
        }
    }
}

/// All work on the stores that is under way.
pub struct Storage<O> {
    jobs: Vec<Job<O>>,
    waits: Vec<Wait>,
    last_job: u32,
}

/// Where effects go, and where their numbers come from.
pub struct Out<'a> {
    /// Milliseconds of the engine's clock.
    pub now: f64,
    /// The last number that was given out.
    pub last_id: &'a mut u32,
    /// The effects so far.
    pub effects: &'a mut Vec<Effect>,
}

impl Out<'_> {
    /// A new number.
    pub fn id(&mut self) -> u32 {
        *self.last_id += 1;
        *self.last_id
    }
}

fn unusable() -> AuthError {
    AuthError::new(AuthErrorCode::Storage)
}

impl Scanned {
    fn new(left_ms: f64) -> Box<Scanned> {
        Box::new(Scanned {
            places: Vec::new(),
            error: None,
            names: String::new(),
            left_ms,
        })
    }

    /// Chosen keys of stores that were not read.
    pub fn of_keys(keys: &KeysOf, left_ms: f64) -> Box<Scanned> {
        let mut scanned = Scanned::new(left_ms);
        for (index, keys) in keys {
            scanned.places.push(PlaceFound {
                index: *index,
                found: Found::default(),
                keys: keys.clone(),
            });
        }
        scanned
    }
}

impl<O> Storage<O> {
    /// No work yet.
    pub fn new() -> Storage<O> {
        Storage {
            jobs: Vec::new(),
            waits: Vec::new(),
            last_job: 0,
        }
    }

    fn begin(&mut self, stores: &Rc<Stores>, owner: O, task: Task, state: Box<Scanned>) -> u32 {
        self.last_job += 1;
        self.jobs.push(Job {
            id: self.last_job,
            stores: stores.clone(),
            owner,
            task,
            state,
        });
        self.last_job
    }

    /// Reads every store. A store that can't list its keys shows a user without `LastAuthUser` only by the `known` keys.
    #[inline(never)]
    pub fn scan(
        &mut self,
        stores: &Rc<Stores>,
        owner: O,
        known: KeysOf,
        left_ms: Option<f64>,
        out: &mut Out,
    ) {
        let task = Task::Scan {
            known,
            left: stores.places.len(),
        };
        let state = Scanned::new(left_ms.unwrap_or(STORAGE_MS));
        let job = self.begin(stores, owner, task, state);
        for place in 0..stores.places.len() {
            let effect = self.wait(job, place, Stage::Names, out);
            out.effects.push(Effect::List(effect, stores.store(place)));
        }
    }

    /// Removes the chosen keys of what was read, store by store, and reads them back. With `leftovers`, what no one is signed in by is
    /// removed too, and does not count.
    pub fn remove(
        &mut self,
        stores: &Rc<Stores>,
        owner: O,
        scanned: Box<Scanned>,
        leftovers: bool,
        out: &mut Out,
    ) -> Option<Done<O>> {
        let job = self.begin(stores, owner, Task::Remove { at: 0, leftovers }, scanned);
        self.next_place(job, 0, out)
    }

    /// Writes a session into a store and reads it back; on a failure the store is as it was.
    pub fn write(
        &mut self,
        stores: &Rc<Stores>,
        owner: O,
        place: usize,
        entries: Entries,
        out: &mut Out,
    ) {
        let names = names_of(&entries);
        let task = Task::Write(Box::new(entries));
        let job = self.begin(stores, owner, task, Scanned::new(STORAGE_MS));
        self.get(job, place, names, Stage::Before, out);
    }

    fn wait(&mut self, job: u32, place: usize, stage: Stage, out: &mut Out) -> EffectId {
        let effect = out.id();
        self.waits.push(Wait {
            effect,
            job,
            place,
            stage,
            since: out.now,
        });
        effect
    }

    fn get(&mut self, job: u32, place: usize, keys: Vec<String>, stage: Stage, out: &mut Out) {
        let effect = self.wait(job, place, stage, out);
        if let Some(store) = self.store(job, place) {
            out.effects.push(Effect::Get(effect, store, keys));
        }
    }

    fn change(
        &mut self,
        job: u32,
        place: usize,
        (keys, entries): (Vec<String>, Snapshot),
        stage: Stage,
        out: &mut Out,
    ) {
        let effect = self.wait(job, place, stage, out);
        if let Some(store) = self.store(job, place) {
            out.effects
                .push(Effect::Change(effect, store, keys, entries));
        }
    }

    fn store(&self, id: u32, place: usize) -> Option<StoreRef> {
        let job = self.jobs.iter().find(|job| job.id == id)?;
        Some(job.stores.store(place))
    }

    fn job(&mut self, id: u32) -> Option<&mut Job<O>> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    fn end(&mut self, id: u32) -> Option<Job<O>> {
        let at = self.jobs.iter().position(|job| job.id == id)?;
        Some(self.jobs.swap_remove(at))
    }

    /// The wait that an answer ends; its time counts.
    fn take_wait(&mut self, effect: EffectId, now: f64) -> Option<Wait> {
        let at = self.waits.iter().position(|wait| wait.effect == effect)?;
        let wait = self.waits.swap_remove(at);
        if let Some(job) = self.job(wait.job)
            && job.stores.is_limited(wait.place)
        {
            job.state.left_ms -= now - wait.since;
        }
        Some(wait)
    }

    /// When an asynchronous storage has had its time.
    pub fn due(&self) -> f64 {
        let mut due = f64::INFINITY;
        for wait in &self.waits {
            due = due.min(self.due_of(wait));
        }
        due
    }

    /// An effect whose time is over.
    pub fn overdue(&self, now: f64) -> Option<EffectId> {
        let mut waits = self.waits.iter();
        let wait = waits.find(|wait| self.due_of(wait) <= now)?;
        Some(wait.effect)
    }

    /// When an asynchronous storage has had its time for an answer.
    fn due_of(&self, wait: &Wait) -> f64 {
        let job = self.jobs.iter().find(|job| job.id == wait.job);
        let limited = job.filter(|job| job.stores.is_limited(wait.place));
        limited.map_or(f64::INFINITY, |job| wait.since + job.state.left_ms)
    }

    /// A store answered, or can't be used.
    #[inline(never)]
    pub fn answered(
        &mut self,
        effect: EffectId,
        answer: Result<StoreAnswer, AuthError>,
        out: &mut Out,
    ) -> Option<Done<O>> {
        let wait = self.take_wait(effect, out.now)?;
        match wait.stage {
            Stage::Names => self.names(wait, answer, out),
            Stage::Removal | Stage::Leftovers | Stage::Write(_) | Stage::Tidy(_) => {
                self.changed(wait, answer.map(drop), out)
            }
            _ => {
                let values = answer.map(|answer| match answer {
                    StoreAnswer::Values(values) => values,
                    _ => Snapshot::new(),
                });
                self.values(wait, values, out)
            }
        }
    }

    /// The names of a store's keys came.
    #[inline(never)]
    fn names(
        &mut self,
        wait: Wait,
        names: Result<StoreAnswer, AuthError>,
        out: &mut Out,
    ) -> Option<Done<O>> {
        match names {
            Ok(answer) => {
                let names = match answer {
                    StoreAnswer::Names(names) => names,
                    _ => String::new(),
                };
                let job = self.job(wait.job)?;
                job.state.names.push_str(&names);
                job.state.names.push('\0');
                let stores = job.stores.clone();
                let target = &stores.target;
                match stores.access(wait.place) {
                    Access::ByKey => {
                        let mut keys = layout::first_reads(target);
                        for name in layout::pick(target, &names) {
                            if !keys.contains(&name) {
                                keys.push(name);
                            }
                        }
                        let stage = Stage::First(keys.clone());
                        self.get(wait.job, wait.place, keys, stage, out);
                        None
                    }
                    access => {
                        let keys = match access {
                            Access::StateStore => layout::pick_state(target, &names),
                            _ => layout::pick(target, &names),
                        };
                        if keys.is_empty() {
                            return self.known(wait.job, wait.place, Vec::new(), out);
                        }
                        self.get(wait.job, wait.place, keys, Stage::Values, out);
                        None
                    }
                }
            }
            Err(error) => self.place_read(wait.job, wait.place, Err(error)),
        }
    }

    /// Values of a store came.
    #[inline(never)]
    fn values(
        &mut self,
        wait: Wait,
        values: Result<Snapshot, AuthError>,
        out: &mut Out,
    ) -> Option<Done<O>> {
        let (job, place) = (wait.job, wait.place);
        match (wait.stage, values) {
            (Stage::First(read), Ok(first)) => {
                let stores = self.job(job)?.stores.clone();
                let mut keys = layout::user_reads(&stores.target, &first);
                keys.retain(|name| !read.contains(name));
                self.get(job, place, keys, Stage::Users(first), out);
                None
            }
            (Stage::Users(mut first), Ok(more)) => {
                first.extend(more);
                self.known(job, place, first, out)
            }
            (Stage::Values, Ok(values)) => self.known(job, place, values, out),
            (Stage::Known(mut values), more) => {
                for entry in more.unwrap_or_default() {
                    if values.iter().all(|old| old.0 != entry.0) {
                        values.push(entry);
                    }
                }
                self.place_read(job, place, Ok(values))
            }
            (Stage::ReadBack(removal), left) => {
                let error = match left {
                    Ok(left) if left.is_empty() => None,
                    Ok(_) => Some(removal.unwrap_or_else(unusable)),
                    Err(error) => Some(error),
                };
                if let (Some(error), Some(job)) = (error, self.job(job)) {
                    job.state.error = Some(error);
                }
                self.leftovers(job, out)
            }
            (Stage::Before, values) => self.before_write(job, place, values, out),
            (Stage::Check(before), values) => {
                let Some(Task::Write(entries)) = self.job(job).map(|job| &job.task) else {
                    return None;
                };
                // Cookies that are too long are dropped without a word; of those with one name the first counts.
                let is_there = |after: &Snapshot, entry: &(String, String)| {
                    after.iter().find(|found| found.0 == entry.0) == Some(entry)
                };
                let whole = values
                    .is_ok_and(|after| entries.set.iter().all(|entry| is_there(&after, entry)));
                let result = if whole { Ok(()) } else { Err(unusable()) };
                self.tidy(job, place, before, result, out);
                None
            }
            (_, Err(error)) => self.place_read(job, place, Err(error)),
            _ => None,
        }
    }

    /// A store was changed.
    #[inline(never)]
    fn changed(
        &mut self,
        wait: Wait,
        result: Result<(), AuthError>,
        out: &mut Out,
    ) -> Option<Done<O>> {
        let (job, place) = (wait.job, wait.place);
        match wait.stage {
            Stage::Removal => {
                let keys = self.job(job).map_or(Vec::new(), |job| job.keys_at());
                self.get(job, place, keys, Stage::ReadBack(result.err()), out);
                None
            }
            Stage::Leftovers => self.advance(job, out),
            Stage::Write(before) => {
                if result.is_err() {
                    self.tidy(job, place, before, result, out);
                } else {
                    let names = self.job(job).map_or(Vec::new(), |job| job.names());
                    self.get(job, place, names, Stage::Check(before), out);
                }
                None
            }
            Stage::Tidy(result) => self.end(job).map(|job| Done::Written(job.owner, result)),
            _ => None,
        }
    }

    fn known(
        &mut self,
        job: u32,
        place: usize,
        values: Snapshot,
        out: &mut Out,
    ) -> Option<Done<O>> {
        let keys = match self.job(job).map(|job| (&job.task, &job.stores)) {
            Some((Task::Scan { known, .. }, stores)) if stores.is_limited(place) => known
                .iter()
                .find(|known| known.0 == place)
                .map(|known| known.1.clone()),
            _ => None,
        };
        match keys.filter(|keys| !keys.is_empty()) {
            Some(keys) => {
                self.get(job, place, keys, Stage::Known(values), out);
                None
            }
            None => self.place_read(job, place, Ok(values)),
        }
    }

    /// One store was read. The error is the configured one's; another one that can't be read holds nothing of ours.
    #[inline(never)]
    fn place_read(
        &mut self,
        id: u32,
        place: usize,
        values: Result<Snapshot, AuthError>,
    ) -> Option<Done<O>> {
        let job = self.job(id)?;
        let found = values.map(|values| layout::find(&job.stores.target, &values));
        let Task::Scan { left, .. } = &mut job.task else {
            return None;
        };
        *left -= 1;
        let over = *left == 0;
        match found {
            Ok(found) => {
                let places = &mut job.state.places;
                let behind = places.iter().position(|other| other.index > place);
                let at = behind.unwrap_or(places.len());
                let keys = Vec::new();
                places.insert(
                    at,
                    PlaceFound {
                        index: place,
                        found,
                        keys,
                    },
                );
            }
            Err(error) if place == 0 => job.state.error = Some(error),
            Err(_) => {}
        }
        if !over {
            return None;
        }
        let job = self.end(id)?;
        Some(Done::Scanned(job.owner, job.state))
    }

    #[inline(never)]
    fn next_place(&mut self, id: u32, at: usize, out: &mut Out) -> Option<Done<O>> {
        let job = self.job(id)?;
        let Task::Remove { at: now, .. } = &mut job.task else {
            return None;
        };
        *now = at;
        match job.state.places.get(at) {
            None => self.end(id).map(|job| Done::Removed(job.owner, job.state)),
            Some(place) if place.keys.is_empty() => self.leftovers(id, out),
            Some(place) => {
                let (index, keys) = (place.index, place.keys.clone());
                self.change(id, index, (keys, Vec::new()), Stage::Removal, out);
                None
            }
        }
    }

    fn leftovers(&mut self, id: u32, out: &mut Out) -> Option<Done<O>> {
        let job = self.job(id)?;
        let Task::Remove { at, leftovers } = job.task else {
            return None;
        };
        let place = job.state.places.get(at)?;
        let found = &place.found;
        if !leftovers || (found.leftovers.is_empty() && found.writes.is_empty()) {
            return self.advance(id, out);
        }
        let (index, what) = (place.index, (found.leftovers.clone(), found.writes.clone()));
        self.change(id, index, what, Stage::Leftovers, out);
        None
    }

    fn advance(&mut self, id: u32, out: &mut Out) -> Option<Done<O>> {
        let Task::Remove { at, .. } = self.job(id)?.task else {
            return None;
        };
        self.next_place(id, at + 1, out)
    }

    fn before_write(
        &mut self,
        id: u32,
        place: usize,
        values: Result<Snapshot, AuthError>,
        out: &mut Out,
    ) -> Option<Done<O>> {
        match values {
            Ok(mut before) => {
                // Of cookies with one name the first counts, so it is written last.
                before.reverse();
                let set = self.job(id)?.entries()?.set.clone();
                self.change(id, place, (Vec::new(), set), Stage::Write(before), out);
                None
            }
            Err(error) => self.end(id).map(|job| Done::Written(job.owner, Err(error))),
        }
    }

    fn tidy(
        &mut self,
        id: u32,
        place: usize,
        before: Snapshot,
        result: Result<(), AuthError>,
        out: &mut Out,
    ) {
        let Some(job) = self.job(id) else { return };
        let what = match &result {
            // What is left of a session before it signs no one in.
            Ok(()) => (
                job.entries()
                    .map_or(Vec::new(), |entries| entries.remove.clone()),
                Vec::new(),
            ),
            Err(_) => (job.names(), before),
        };
        self.change(id, place, what, Stage::Tidy(result), out);
    }
}

impl<O> Job<O> {
    /// The keys to remove from the store that is at hand.
    fn keys_at(&self) -> Vec<String> {
        match self.task {
            Task::Remove { at, .. } => {
                let place = self.state.places.get(at);
                place.map_or(Vec::new(), |place| place.keys.clone())
            }
            _ => Vec::new(),
        }
    }

    fn entries(&self) -> Option<&Entries> {
        match &self.task {
            Task::Write(entries) => Some(entries),
            _ => None,
        }
    }

    /// The names of what is written.
    fn names(&self) -> Vec<String> {
        self.entries().map_or(Vec::new(), names_of)
    }
}

impl Scanned {
    /// The time that is left for an asynchronous storage.
    pub fn left_ms(&self) -> f64 {
        self.left_ms
    }
}

/// The names of what is written.
fn names_of(entries: &Entries) -> Vec<String> {
    let mut names = Vec::new();
    for (name, _) in &entries.set {
        names.push(name.clone());
    }
    names
}
