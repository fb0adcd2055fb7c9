//! A page, and the shell of its engines: it performs effects and hands over what comes of them.

use std::collections::VecDeque;
use std::rc::Rc;

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::Engine;
use cognito_signout::internals::engine::io::{
    Access, CallId, ClientId, Effect, EffectId, Handle, Input, Listening, Now, PageView, Place,
    Record, StoreAnswer, StoreRef,
};
use cognito_signout::internals::error::AuthError;

use crate::setup::{Kept, Navigate};
use crate::storage::{Cookie, Entries, set};
use crate::story::Event;
use crate::windows::Way;
use crate::world::{CLIENTS, Chance, Lane, TOKEN, World};

/// What becomes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Frozen,
    /// In the back-forward cache.
    Cached,
    Gone,
}

/// An object of the page that the engine knows by a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Object {
    /// The number of a sign-out's signal.
    Signal(u32),
    Navigate(Navigate),
    /// A popup: the number of its tab.
    Window(usize),
}

/// A change of an asynchronous storage under way.
pub struct Changing {
    effect: EffectId,
    left: usize,
    is_error: bool,
    entries: VecDeque<(String, String)>,
}

/// An engine, and what the page holds for it.
pub struct Slot {
    pub engine: Engine,
    /// The app client.
    pub client: usize,
    /// The clients that were not disposed of, the newest last.
    pub clients: Vec<ClientId>,
    /// Those that were disposed of and not released yet.
    pub disposed: Vec<ClientId>,
    pub listening: Listening,
    /// When the timer is due, and its number.
    pub timer: Option<(f64, u32)>,
    pub memory: Entries,
    pub is_watching: bool,
    pub objects: Vec<(Handle, Object)>,
    pub requests: Vec<EffectId>,
    changing: Vec<Changing>,
    /// When a write last found the storage full.
    full_at: f64,
    /// How many steps there were at this instant.
    steps: (f64, u32),
}

pub struct Page {
    pub tab: usize,
    pub process: usize,
    pub url: String,
    pub state: State,
    pub is_hidden: bool,
    /// It was in the back-forward cache.
    pub was_cached: bool,
    /// When its navigation began.
    pub began: f64,
    /// The wall clock then.
    pub began_wall: f64,
    /// The id of its entry of the history.
    pub entry: String,
    pub view: PageView,
    pub answered: f64,
    pub slots: Vec<Slot>,
    /// What came while it did not run.
    queued: Vec<(usize, Input)>,
    /// How long it ran up to now while it was visible, and since when it does again.
    awake: (f64, Option<f64>),
}

impl Page {
    pub fn new(tab: usize, process: usize, url: &str, now: (f64, f64), entry: String) -> Page {
        Page {
            tab,
            process,
            url: url.to_owned(),
            state: State::Active,
            is_hidden: false,
            was_cached: false,
            began: now.0,
            began_wall: now.1,
            entry,
            view: PageView::default(),
            answered: 0.0,
            slots: Vec::new(),
            queued: Vec::new(),
            awake: (0.0, Some(now.0)),
        }
    }

    pub fn path(&self) -> &str {
        self.url.strip_prefix(crate::world::APP).unwrap_or("/")
    }

    pub fn awake_at(&self, now: f64) -> f64 {
        self.awake.0 + self.awake.1.map_or(0.0, |since| now - since)
    }

    /// Whether timers are on time from now on.
    pub fn note_awake(&mut self, now: f64) {
        let is_awake = self.state == State::Active && !self.is_hidden;
        match (is_awake, self.awake.1) {
            (true, None) => self.awake.1 = Some(now),
            (false, Some(since)) => self.awake = (self.awake.0 + now - since, None),
            _ => {}
        }
    }
}

/// The stores of a client, in the order that the shell has them.
pub fn stores(kept: Kept) -> Vec<Kept> {
    let mut all = vec![kept];
    for other in [Kept::Local, Kept::Session, Kept::Cookie] {
        if other != kept {
            all.push(other);
        }
    }
    all
}

pub fn places(kept: Kept) -> Vec<Place> {
    let place = |kept| Place {
        access: match kept {
            Kept::Listing => Access::Listing,
            Kept::ByKey => Access::ByKey,
            Kept::StateStore => Access::StateStore,
            _ => Access::Direct,
        },
        shared: matches!(kept, Kept::Local | Kept::Cookie),
    };
    stores(kept).into_iter().map(place).collect()
}

/// The key of a record of the engine.
pub fn key(client: usize, name: &str) -> String {
    format!("cognito-signout.{}.{name}", CLIENTS[client])
}

impl World {
    pub fn slot(&mut self, page: usize, slot: usize) -> &mut Slot {
        &mut self.pages[page].slots[slot]
    }

    pub fn lane(&self, page: usize) -> Lane {
        Lane::Tab(self.pages[page].tab)
    }

    pub fn wall_here(&self) -> f64 {
        self.wall() + self.browser.clock
    }

    pub fn clock(&self, page: usize, slot: usize) -> Now {
        let it = &self.pages[page];
        let client = it.slots[slot].client;
        let local = &self.browser.processes[it.process].local;
        let ended = local.get(key(client, "ended").as_str());
        let session = &self.tabs[it.tab].session;
        let retried = session.get(key(client, "retried").as_str());
        Now {
            mono: self.now - it.began,
            wall: self.wall_here(),
            online: self.browser.is_online,
            ended: ended.map(|value| value.text.to_string()),
            retried: retried.map(|value| value.text.to_string()),
        }
    }

    pub fn add_slot(&mut self, page: usize, client: usize) -> usize {
        let it = &self.pages[page];
        let facts = cognito_signout::internals::engine::io::Page {
            exists: true,
            framed: false,
            began: it.began_wall,
            tells_navigations: self.setup.tells_navigations,
            answered: it.answered,
        };
        let seed = [
            page as u32 + 1,
            client as u32 + 1,
            7,
            self.setup.seed as u32,
        ];
        self.pages[page].slots.push(Slot {
            engine: Engine::new(facts, seed),
            client,
            clients: Vec::new(),
            disposed: Vec::new(),
            listening: Listening::Off,
            timer: None,
            memory: Entries::new(),
            is_watching: false,
            objects: Vec::new(),
            requests: Vec::new(),
            changing: Vec::new(),
            full_at: -1.0,
            steps: (0.0, 0),
        });
        self.pages[page].slots.len() - 1
    }

    /// One more client of a slot's engine.
    pub fn add_client(&mut self, page: usize, slot: usize) -> ClientId {
        let id = self.number();
        let (config, kept) = (
            self.configs[self.pages[page].slots[slot].client].clone(),
            self.setup.kept,
        );
        let it = self.slot(page, slot);
        it.engine.add(id, config, places(kept), false);
        it.clients.push(id);
        self.step(page, slot, Input::Added(id));
        id
    }

    // ---- the loop

    /// Hands an input to an engine, now or when its page runs again.
    pub fn deliver(&mut self, page: usize, slot: usize, input: Input) {
        match self.pages[page].state {
            State::Active => self.step(page, slot, input),
            State::Frozen | State::Cached => self.pages[page].queued.push((slot, input)),
            State::Gone => {}
        }
    }

    pub fn step(&mut self, page: usize, slot: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            if self.pages[page].state == State::Gone {
                return;
            }
            let now = self.now;
            let it = self.slot(page, slot);
            it.steps = if it.steps.0 == now {
                (now, it.steps.1 + 1)
            } else {
                (now, 1)
            };
            if it.steps.1 > 3000 {
                return self.is_wrong(10, || {
                    "the engine takes steps at one instant without end".into()
                });
            }
            if let Input::Disposed(client) = input {
                self.slot(page, slot).disposed.push(client);
            }
            self.account_input(page, slot, &input);
            let now = self.clock(page, slot);
            let effects = self.slot(page, slot).engine.step(now, input);
            for effect in effects {
                inputs.extend(self.perform(page, slot, effect));
            }
        }
        self.account_step(page, slot);
    }

    /// A page runs again: what waited comes, and its timers.
    pub fn runs_again(&mut self, page: usize) {
        self.pages[page].state = State::Active;
        let now = self.now;
        self.pages[page].note_awake(now);
        for (slot, input) in std::mem::take(&mut self.pages[page].queued) {
            self.deliver(page, slot, input);
        }
        for slot in 0..self.pages[page].slots.len() {
            if self
                .slot(page, slot)
                .timer
                .is_some_and(|timer| timer.0 <= now)
            {
                self.slot(page, slot).timer = None;
                self.deliver(page, slot, Input::Timer);
            }
        }
    }

    fn timer(&mut self, page: usize, slot: usize, ms: Option<f64>) {
        match ms {
            Some(ms) => self.arm(page, slot, self.now + ms.clamp(0.0, 2_147_483_647.0)),
            None => self.slot(page, slot).timer = None,
        }
    }

    fn arm(&mut self, page: usize, slot: usize, due: f64) {
        let number = self.number();
        // Timers of hidden pages run late, and some run early by less than a millisecond.
        let late = match self.pages[page].is_hidden {
            true => self.below(Chance::Pages, page, 1500) as f64,
            false => self.below(Chance::Pages, page, 3) as f64 - 0.5,
        };
        self.slot(page, slot).timer = Some((due, number));
        let ms = (due + late - self.now).max(0.0);
        self.after(ms, move |world| {
            let it = world.slot(page, slot);
            if it.timer.is_some_and(|timer| timer.1 == number)
                && world.pages[page].state == State::Active
            {
                world.slot(page, slot).timer = None;
                world.step(page, slot, Input::Timer);
            }
        });
    }

    /// A page was shown or hidden: from now on its timers run on time, or late.
    pub fn arm_again(&mut self, page: usize) {
        for slot in 0..self.pages[page].slots.len() {
            if let Some((due, _)) = self.slot(page, slot).timer {
                self.arm(page, slot, due);
            }
        }
    }

    // ---- effects

    fn perform(&mut self, page: usize, slot: usize, effect: Effect) -> Option<Input> {
        if let Some(staged) = &mut self.staged {
            staged.see(self.now, page, &effect);
        }
        match effect {
            Effect::List(id, store) => return self.list(page, slot, id, store),
            Effect::Get(id, store, keys) => return self.get(page, slot, id, store, &keys),
            Effect::Change(id, store, keys, entries) => {
                return self.change(page, slot, id, store, &keys, entries);
            }
            Effect::GiveUp(id) => self.slot(page, slot).changing.retain(|it| it.effect != id),
            Effect::Send(id, request) => self.send(page, slot, id, *request),
            Effect::Abort(id) => self.abort_request(page, slot, id),
            Effect::Timer(ms) => self.timer(page, slot, ms),
            Effect::Write(record, text) => self.write_record(page, slot, record, text),
            Effect::Broadcast(text) => self.broadcast(page, slot, &text),
            Effect::Lock(id) => return self.lock(page, slot, id),
            Effect::Unlock(id) => self.unlock(page, slot, id),
            Effect::LookAtPage(id) => {
                let (it, client) = (&self.pages[page], self.pages[page].slots[slot].client);
                let mut view = it.view.clone();
                let session = &self.tabs[it.tab].session;
                let read = |name| {
                    session
                        .get(key(client, name).as_str())
                        .map(|it| it.text.to_string())
                };
                (view.record, view.popup) = (read("result"), read("popup"));
                return Some(Input::PageSeen(id, Box::new(view)));
            }
            Effect::Leave(id, url, navigate) => return self.leave(page, slot, id, &url, navigate),
            Effect::Stay => self.slot(page, slot).is_watching = false,
            Effect::OpenPopup(id) => {
                let window = self.open_popup(page, slot);
                return Some(Input::PopupOpened(id, window));
            }
            Effect::SendPopup(id, window, nonce, url) => {
                return self.send_popup(page, slot, id, window, &nonce, &url);
            }
            Effect::LookAtPopup(id, window) => {
                let view = self.popup_view(page, slot, window);
                return Some(Input::PopupSeen(id, view));
            }
            Effect::ClosePopup(window) => self.close_popup(page, slot, window),
            Effect::CloseWindow => {
                let tab = self.pages[page].tab;
                self.after(0.0, move |world| {
                    if world.tabs[tab].is_popup {
                        world.close(tab);
                    }
                });
            }
            Effect::Settle(call, reply) => self.account_settle(call, reply),
            Effect::Tell(clients, event) => self.account_tell(page, slot, &clients, event),
            Effect::Log(_, is_warning, line) => {
                self.no_token(&line, "a line of the log");
                let lane = self.lane(page);
                self.note(lane, || Event::Logs { is_warning, line });
            }
            Effect::Release(handle) => self.slot(page, slot).objects.retain(|it| it.0 != handle),
            Effect::Listen(listening) => self.slot(page, slot).listening = listening,
            Effect::ReleaseClient(client) => {
                self.slot(page, slot).disposed.retain(|it| *it != client)
            }
            Effect::Deafen(_) => {}
        }
        None
    }

    /// No text of ours may hold a token.
    pub fn no_token(&mut self, text: &str, what: &str) {
        if text.contains(TOKEN) {
            self.is_wrong(10, || format!("{what} holds a token"));
        }
    }

    // ---- stores

    pub fn kept_at(&self, store: StoreRef) -> Kept {
        stores(self.setup.kept)[store.index]
    }

    /// What a page finds in a store.
    pub fn entries(&self, page: usize, slot: usize, kept: Kept) -> &Entries {
        let it = &self.pages[page];
        match kept {
            Kept::Local => &self.browser.processes[it.process].local,
            Kept::Session => &self.tabs[it.tab].session,
            Kept::Memory => &it.slots[slot].memory,
            _ => &self.browser.database,
        }
    }

    fn answer_stored(
        &mut self,
        page: usize,
        slot: usize,
        kept: Kept,
        (id, answer): (EffectId, StoreAnswer),
    ) -> Option<Input> {
        let input = Input::Stored(id, Ok(answer));
        if !kept.is_custom() {
            return Some(input);
        }
        let faults = self.setup.faults;
        if self.fault(Chance::Storage, page, faults.storage_hangs) {
            return None;
        }
        let rejects = self.fault(Chance::Storage, page, faults.storage_rejects);
        let ms = self.below(Chance::Storage, page, self.setup.storage_ms + 1) as f64;
        let input = match rejects {
            true => Input::Stored(id, Err(AuthError::new(AuthErrorCode::Storage))),
            false => input,
        };
        self.after(ms, move |world| world.deliver(page, slot, input));
        None
    }

    fn list(&mut self, page: usize, slot: usize, id: EffectId, store: StoreRef) -> Option<Input> {
        let kept = self.kept_at(store);
        let names = match kept {
            Kept::Cookie => {
                let cookies = self.browser.cookies_at(self.pages[page].path());
                let names: Vec<String> = cookies.into_iter().map(|cookie| cookie.0).collect();
                names.join("\0")
            }
            Kept::ByKey => String::new(),
            _ => {
                let names: Vec<&str> = self
                    .entries(page, slot, kept)
                    .keys()
                    .map(|key| &**key)
                    .collect();
                names.join("\0")
            }
        };
        self.answer_stored(page, slot, kept, (id, StoreAnswer::Names(names)))
    }

    fn get(
        &mut self,
        page: usize,
        slot: usize,
        id: EffectId,
        store: StoreRef,
        keys: &[String],
    ) -> Option<Input> {
        let kept = self.kept_at(store);
        let mut values = Vec::new();
        if kept == Kept::Cookie {
            values = self.browser.cookies_at(self.pages[page].path());
            values.retain(|cookie| keys.contains(&cookie.0));
        } else {
            let entries = self.entries(page, slot, kept);
            for key in keys {
                if let Some(value) = entries.get(key.as_str()) {
                    values.push((key.clone(), value.text.to_string()));
                }
            }
        }
        self.account_read(page, slot, &values);
        self.answer_stored(page, slot, kept, (id, StoreAnswer::Values(values)))
    }

    fn change(
        &mut self,
        page: usize,
        slot: usize,
        id: EffectId,
        store: StoreRef,
        keys: &[String],
        entries: Vec<(String, String)>,
    ) -> Option<Input> {
        let kept = self.kept_at(store);
        self.account_change(page, slot, kept, keys, &entries);
        if !kept.is_custom() {
            for key in keys {
                let stays = self.setup.sticky && key.ends_with(".idToken");
                if !stays {
                    self.set(page, slot, kept, key, None);
                }
            }
            let (full, now) = (self.setup.faults.full, self.now);
            // What was there before fits again.
            let is_first = self.slot(page, slot).full_at != now;
            let is_full = entries.len() > 1 && is_first && self.fault(Chance::Storage, page, full);
            if is_full {
                self.slot(page, slot).full_at = now;
            }
            let fits = if is_full {
                entries.len() / 2
            } else {
                entries.len()
            };
            for (key, text) in &entries[..fits] {
                self.set(page, slot, kept, key, Some(text));
            }
            let answer = match is_full {
                true => Err(AuthError::new(AuthErrorCode::Storage)),
                false => Ok(StoreAnswer::Changed),
            };
            return Some(Input::Stored(id, answer));
        }
        self.slot(page, slot).changing.push(Changing {
            effect: id,
            left: keys.len() + 1,
            is_error: false,
            entries: entries.into(),
        });
        // They run together.
        for key in keys {
            self.operate(page, slot, id, (key.clone(), None));
        }
        self.operated(page, slot, id, true);
        None
    }

    /// One operation of an asynchronous storage.
    fn operate(
        &mut self,
        page: usize,
        slot: usize,
        id: EffectId,
        (key, text): (String, Option<String>),
    ) {
        let faults = self.setup.faults;
        let hangs = self.fault(Chance::Storage, page, faults.storage_hangs);
        let rejects = self.fault(Chance::Storage, page, faults.storage_rejects);
        let lands = self.percent(Chance::Storage, page, 50);
        let ms = self.below(Chance::Storage, page, self.setup.storage_ms + 1) as f64;
        let ms = if hangs { 20_000.0 } else { ms };
        self.after(ms, move |world| {
            if !rejects && (!hangs || lands) {
                world.set(page, slot, Kept::Listing, &key, text.as_deref());
            }
            if !hangs {
                world.operated(page, slot, id, !rejects);
            }
        });
    }

    fn operated(&mut self, page: usize, slot: usize, id: EffectId, is_ok: bool) {
        let mut changes = self.slot(page, slot).changing.iter_mut();
        let Some(change) = changes.find(|change| change.effect == id) else {
            return;
        };
        change.is_error |= !is_ok;
        change.left -= 1;
        if change.left > 0 {
            return;
        }
        if let Some((key, text)) = change.entries.pop_front().filter(|_| !change.is_error) {
            change.left = 1;
            return self.operate(page, slot, id, (key, Some(text)));
        }
        let answer = match change.is_error {
            true => Err(AuthError::new(AuthErrorCode::Storage)),
            false => Ok(StoreAnswer::Changed),
        };
        self.slot(page, slot)
            .changing
            .retain(|change| change.effect != id);
        self.after(0.0, move |world| {
            world.deliver(page, slot, Input::Stored(id, answer));
        });
    }

    /// Sets or removes an entry, as a page does.
    pub fn set(&mut self, page: usize, slot: usize, kept: Kept, name: &str, text: Option<&str>) {
        match kept {
            Kept::Local => return self.write_local(page, name, text),
            Kept::Cookie => return self.set_cookie(page, name, text),
            _ => {}
        }
        let (key, value): (Rc<str>, _) = (name.into(), text.map(|text| self.value(text)));
        let tab = self.pages[page].tab;
        let entries = match kept {
            Kept::Session => &mut self.tabs[tab].session,
            Kept::Memory => &mut self.slot(page, slot).memory,
            _ => &mut self.browser.database,
        };
        set(entries, &key, value);
    }

    fn set_cookie(&mut self, page: usize, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.library_cookie(false, name, Some(text)),
            None => {
                let path = self.pages[page].path().to_owned();
                let stays =
                    |cookie: &Cookie| &*cookie.name != name || !path.starts_with(cookie.path);
                self.browser.cookies.retain(stays);
            }
        }
    }

    /// A library sets or removes the one cookie of a name that has its own attributes.
    pub fn library_cookie(&mut self, of_domain: bool, name: &str, text: Option<&str>) {
        let Some(text) = text else {
            let is_it = |it: &Cookie| &*it.name == name && it.of_domain == of_domain;
            return self.browser.cookies.retain(|cookie| !is_it(cookie));
        };
        let value = self.value(text);
        self.browser.set_cookie(Cookie {
            name: name.into(),
            of_domain,
            path: "/",
            value,
        });
    }

    // ---- records and messages

    fn write_record(&mut self, page: usize, slot: usize, record: Record, text: Option<String>) {
        let client = self.pages[page].slots[slot].client;
        let text = text.as_deref();
        self.no_token(text.unwrap_or_default(), "a record");
        match record {
            Record::Ended => {
                self.write_local(page, &key(client, "ended"), Some(text.unwrap_or_default()))
            }
            Record::PopupReport => {
                self.write_local(page, &key(client, "popup"), text);
                self.write_local(page, &key(client, "popup"), None);
            }
            Record::Return => self.set(page, slot, Kept::Session, &key(client, "result"), text),
            Record::Retried => self.set(page, slot, Kept::Session, &key(client, "retried"), text),
            Record::Popup => self.set(page, slot, Kept::Session, &key(client, "popup"), text),
        }
    }

    fn broadcast(&mut self, page: usize, slot: usize, text: &str) {
        self.no_token(text, "a message to other tabs");
        let client = self.pages[page].slots[slot].client;
        if !self.setup.channels || self.slot(page, slot).listening == Listening::Off {
            return;
        }
        let text: Rc<str> = text.into();
        let here = self.pages[page].slots.iter();
        if here.filter(|it| it.client == client).count() > 1 {
            // Each engine has a channel of its own: another one of this page hears it.
            let text = text.clone();
            self.after(1.0, move |world| {
                world.hear(page, client, Some(slot), &text)
            });
        }
        for other in 0..self.pages.len() {
            let runs = matches!(self.pages[other].state, State::Active | State::Frozen);
            if other == page || !runs {
                continue;
            }
            let lost = self.setup.faults.lost_event;
            if self.fault(Chance::Events, other, lost) {
                continue;
            }
            let ms = 1 + self.below(Chance::Events, other, 40);
            let text = text.clone();
            self.after(ms as f64, move |world| {
                world.hear(other, client, None, &text);
            });
        }
    }

    /// The engines of an app client in a page hear a text, where they listen; the one that says it
    /// does not.
    fn hear(&mut self, page: usize, client: usize, says: Option<usize>, text: &str) {
        for slot in 0..self.pages[page].slots.len() {
            let it = self.slot(page, slot);
            let listens = it.client == client && it.listening != Listening::Off;
            let listens = listens && Some(slot) != says;
            // What comes to a cached page is lost.
            if listens && self.pages[page].state != State::Cached {
                self.deliver(page, slot, Input::Heard(text.to_owned()));
            }
        }
    }

    pub fn storage_event(&mut self, process: usize, writer: usize, name: &str, text: &str) {
        for page in 0..self.pages.len() {
            if self.pages[page].process != process || page == writer {
                continue;
            }
            for client in 0..CLIENTS.len() {
                if name == key(client, "ended") || name == key(client, "popup") {
                    self.hear(page, client, None, text);
                }
            }
        }
    }

    // ---- the lock

    fn lock(&mut self, page: usize, slot: usize, id: EffectId) -> Option<Input> {
        if !self.setup.locks {
            return Some(Input::Locked(id));
        }
        let client = self.pages[page].slots[slot].client;
        self.browser.locks[client].push_back((page, slot, id));
        if self.browser.locks[client].len() == 1 {
            self.grant(client);
        }
        None
    }

    fn grant(&mut self, client: usize) {
        if let Some((page, slot, id)) = self.browser.locks[client].front().copied() {
            self.after(1.0, move |world| {
                let lock = world.browser.locks[client].front();
                if lock == Some(&(page, slot, id)) {
                    world.deliver(page, slot, Input::Locked(id));
                }
            });
        }
    }

    fn unlock(&mut self, page: usize, slot: usize, id: EffectId) {
        let client = self.pages[page].slots[slot].client;
        self.release_locks(client, |lock| *lock == (page, slot, id));
    }

    pub fn release_locks(&mut self, client: usize, is_over: impl Fn(&(usize, usize, u32)) -> bool) {
        let locks = &mut self.browser.locks[client];
        let first = locks.front().copied();
        locks.retain(|lock| !is_over(lock));
        if locks.front().copied() != first {
            self.grant(client);
        }
    }

    // ---- leaving

    fn leave(
        &mut self,
        page: usize,
        slot: usize,
        id: EffectId,
        url: &str,
        navigate: Option<Handle>,
    ) -> Option<Input> {
        self.no_token(url, "an address");
        self.slot(page, slot).is_watching = true;
        self.account_leave(page, slot);
        let tab = self.pages[page].tab;
        let lane = self.lane(page);
        let object = navigate.and_then(|navigate| self.object(page, slot, navigate));
        self.note(lane, || Event::Leaves);
        let Some(Object::Navigate(navigate)) = object else {
            self.navigate(tab, Way::Logout(url.to_owned()), Some((page, slot)));
            return None;
        };
        let answer = match navigate {
            Navigate::Follows => {
                // By the app's own code, some time later.
                let url = url.to_owned();
                self.after(2.0, move |world| {
                    if world.pages[page].state == State::Active {
                        world.navigate(tab, Way::Logout(url), None);
                    }
                });
                Ok(())
            }
            Navigate::LeadsElsewhere => {
                self.navigate(tab, Way::App("/home"), None);
                Ok(())
            }
            Navigate::Rejects => Err(AuthError::new(AuthErrorCode::Navigation)),
            Navigate::Hangs => return None,
        };
        self.after(5.0, move |world| {
            world.deliver(page, slot, Input::Navigated(id, answer));
        });
        None
    }

    pub fn object(&self, page: usize, slot: usize, handle: Handle) -> Option<Object> {
        let objects = &self.pages[page].slots[slot].objects;
        Some(objects.iter().find(|object| object.0 == handle)?.1)
    }

    pub fn keep(&mut self, page: usize, slot: usize, object: Object) -> Handle {
        let handle = self.number();
        self.slot(page, slot).objects.push((handle, object));
        handle
    }

    // ---- calls

    pub fn call(
        &mut self,
        page: usize,
        slot: usize,
        what: cognito_signout::internals::engine::io::Call,
    ) -> CallId {
        let client = self.slot(page, slot).clients.last().copied().unwrap_or(0);
        let call = self.next_call();
        self.account_call(page, slot, call, &what);
        self.step(page, slot, Input::Call(client, call, what));
        call
    }
}
