//! One engine and what it has in this page. All clients whose sessions are in the same place share it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::clock::{self, Timer};
use super::handles::Handles;
use super::js::{self, Listener};
use super::store::{self, Memory, Store};
use super::tabs::{Channel, Locks};
use super::task::Slot;
use super::{fetch, page};
use crate::config::{Config, StorageKind};
use crate::engine::Engine;
use crate::engine::io::{
    Call, CallId, ClientId, Effect, EffectId, Input, Listening, Now, Reply, SignOutCall,
    SignedOutEvent,
};
use crate::hooks::Hooks;
use crate::options::SignOutOptions;

type SignedOutListener = Rc<dyn Fn(SignedOutEvent)>;

/// Someone who listens to a client, and keeps it: it removes this tab's copies of sessions that other tabs end.
struct Hearer {
    id: u32,
    client: Rc<Attached>,
    listener: SignedOutListener,
}

/// What a client has in the page.
pub(super) struct ClientObjects {
    id: ClientId,
    logger: Option<JsValue>,
    /// The places, and behind them the app's own store for sign-ins under way.
    pub stores: Vec<Store>,
}

/// A client in this page; it is disposed of when the last owner drops it.
pub struct Attached {
    /// The tab.
    pub tab: Rc<Tab>,
    /// The client's number there.
    pub id: ClientId,
}

impl Attached {
    /// Lets go of what the client holds in the page.
    pub fn dispose(&self) {
        self.tab.feed(Input::Disposed(self.id));
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.dispose();
    }
}

/// What an event does.
type Act = (&'static str, fn(&Rc<Tab>, JsValue));

/// An input that waits for its turn.
enum Queued {
    Input(Input),
    /// A sign-out: its objects get their handles when it is taken.
    SignOut(ClientId, CallId, Box<SignOutCall>, Hooks),
}

/// One engine and what it has in this page.
pub struct Tab {
    client_id: String,
    /// The session is in memory, and not in the page's storages.
    is_memory: bool,
    /// The app's own storage object.
    custom: Option<JsValue>,
    memory: Memory,
    engine: RefCell<Engine>,
    inputs: RefCell<Vec<Queued>>,
    /// What is to be performed, the next one last.
    effects: RefCell<Vec<Effect>>,
    /// How often the loop runs: a call that comes while an effect is performed runs it too.
    depth: Cell<u32>,
    /// Counts the steps.
    steps: Cell<u32>,
    pub(super) local: Option<web_sys::Storage>,
    pub(super) session: Option<web_sys::Storage>,
    /// The record of ended sessions, where it can't be stored.
    ended: RefCell<Option<String>>,
    /// The same while it is being stored: a storage may call back before it has it.
    ended_to_store: RefCell<Option<String>>,
    channel: RefCell<Option<Rc<Channel>>>,
    events: Cell<Vec<Listener>>,
    page_events: Cell<Vec<Listener>>,
    is_listening: Cell<bool>,
    pub(super) timer: Cell<Option<Timer>>,
    pub(super) handles: Handles,
    calls: RefCell<Vec<(CallId, Slot<Reply>)>>,
    pub(super) requests: RefCell<Vec<(EffectId, AbortController)>>,
    pub(super) locks: Locks,
    /// The changes of stores under way, and whether they are still wanted.
    pub(super) changes: RefCell<Vec<(EffectId, Rc<Cell<bool>>)>>,
    /// What listens while the page leaves.
    pub(super) watching: Cell<Vec<Listener>>,
    /// `location.assign` is being called: what begins meanwhile is ours.
    pub(super) is_leaving: Cell<bool>,
    clients: RefCell<Vec<ClientObjects>>,
    hearers: RefCell<Vec<Hearer>>,
    last_id: Cell<u32>,
}

thread_local! {
    /// They stay while the page lives, since what this document did stays true. One that no client uses holds nothing of the page.
    static TABS: RefCell<Vec<Rc<Tab>>> = const { RefCell::new(Vec::new()) };
}

impl Tab {
    /// With `own_memory`, one that keeps its session in memory is shared with no other client.
    fn of(config: &Config, custom: Option<&JsValue>, own_memory: bool) -> Rc<Tab> {
        let is_memory = config.storage == StorageKind::Memory;
        let is_apart = own_memory && is_memory;
        let known = TABS.with_borrow(|tabs| {
            let same = |tab: &&Rc<Tab>| {
                !is_apart
                    && tab.is_memory == is_memory
                    && tab.client_id == config.user_pool_client_id
                    && tab.custom.as_ref() == custom
            };
            tabs.iter().find(same).cloned()
        });
        if let Some(tab) = known {
            return tab;
        }
        let tab = Rc::new(Tab {
            client_id: config.user_pool_client_id.clone(),
            is_memory,
            custom: custom.cloned(),
            memory: Memory::default(),
            engine: RefCell::new(Engine::new(page::facts(), clock::seed())),
            inputs: RefCell::default(),
            effects: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
            local: store::local(),
            session: store::session(),
            ended: RefCell::default(),
            ended_to_store: RefCell::default(),
            channel: RefCell::default(),
            events: Cell::default(),
            page_events: Cell::default(),
            is_listening: Cell::new(false),
            timer: Cell::default(),
            handles: Handles::default(),
            calls: RefCell::default(),
            requests: RefCell::default(),
            locks: Locks::default(),
            changes: RefCell::default(),
            watching: Cell::default(),
            is_leaving: Cell::new(false),
            clients: RefCell::default(),
            hearers: RefCell::default(),
            last_id: Cell::new(0),
        });
        if !is_apart {
            // An app that makes a new storage object each time must not fill the list.
            let (kept, _unused): (Vec<_>, Vec<_>) = TABS
                .take()
                .into_iter()
                .partition(|tab| tab.custom.is_none() || tab.is_listening.get());
            TABS.set(kept);
            TABS.with_borrow_mut(|tabs| tabs.push(tab.clone()));
        }
        tab
    }

    /// A client of a configuration, with the app's own storage, store for sign-ins under way, and logger.
    pub fn attach(
        config: &Config,
        [storage, state_store, logger]: [Option<JsValue>; 3],
        own_memory: bool,
    ) -> Rc<Attached> {
        // One of the page's own storages, handed over as an object, is no other place.
        let own = [store::local(), store::session()];
        let own = own.map(|storage| storage.map(JsValue::from));
        let custom = storage
            .as_ref()
            .filter(|given| !own.contains(&Some((*given).clone())));
        let tab = Tab::of(config, custom, own_memory);
        let id = tab.id();
        let state_store = store::state_store(state_store, &storage);
        let mut stores = store::places(config, storage, &tab.memory);
        let mut places = Vec::new();
        for store in &stores {
            places.push(store.place(&tab.local));
        }
        let has_state_store = state_store.is_some();
        stores.extend(state_store);
        let mut engine = tab.engine.borrow_mut();
        engine.add(id, config.clone(), places, has_state_store);
        drop(engine);
        tab.clients
            .borrow_mut()
            .push(ClientObjects { id, logger, stores });
        tab.feed(Input::Added(id));
        Rc::new(Attached { tab, id })
    }

    /// What another tab of this page did and heard stays true.
    #[cfg(feature = "js")]
    pub fn inherit(&self, other: &Tab) {
        self.engine.borrow_mut().inherit(&other.engine.borrow());
    }

    fn id(&self) -> u32 {
        self.last_id.set(self.last_id.get() + 1);
        self.last_id.get()
    }

    // ---- the loop

    /// When it is, and what each step may look at.
    #[inline(never)]
    fn now(&self) -> Now {
        let stored = self
            .local
            .as_ref()
            .and_then(|local| local.get_item(&self.key("ended")).ok().flatten());
        let to_store = self.ended_to_store.borrow().clone();
        Now {
            mono: clock::now(),
            wall: clock::wall(),
            online: !fetch::is_offline(),
            ended: to_store.or(stored).or_else(|| self.ended.borrow().clone()),
            retried: self.read_session("retried"),
        }
    }

    /// The key of a record of ours.
    pub(super) fn key(&self, name: &str) -> String {
        ["cognito-signout.", &self.client_id, ".", name].concat()
    }

    /// Hands an input to the engine, and performs all that there is to do before it returns. A call that comes while an effect is
    /// performed does so too.
    pub fn feed(self: &Rc<Self>, input: Input) {
        self.run(Queued::Input(input));
    }

    /// What came of an effect: the loop takes it, where it runs.
    pub(super) fn answer(self: &Rc<Self>, input: Input) {
        if self.depth.get() == 0 {
            self.feed(input);
        } else {
            self.inputs.borrow_mut().push(Queued::Input(input));
        }
    }

    fn run(self: &Rc<Self>, queued: Queued) {
        self.inputs.borrow_mut().push(queued);
        self.depth.set(self.depth.get() + 1);
        loop {
            let effect = self.effects.borrow_mut().pop();
            if let Some(effect) = effect {
                self.perform(effect);
            } else if !self.step() {
                break;
            }
        }
        self.depth.set(self.depth.get() - 1);
    }

    /// Takes the next input; false where there is none.
    #[inline(never)]
    fn step(self: &Rc<Self>) -> bool {
        let mut inputs = self.inputs.borrow_mut();
        let asked = match inputs.first() {
            None => return false,
            Some(Queued::Input(_)) => None,
            Some(Queued::SignOut(..)) => Some(inputs.remove(0)),
        };
        drop(inputs);
        if let Some(Queued::SignOut(client, call, asked, hooks)) = asked {
            // A signal may call back when it is listened to: no borrow is held, and the time is read after.
            let asked = self.with_handles(asked, &hooks);
            let input = Input::Call(client, call, Call::SignOut(asked));
            self.inputs.borrow_mut().insert(0, Queued::Input(input));
            return true;
        }
        let before = self.steps.get();
        let now = self.now();
        // A storage that calls back when it is read has run the loop: the time is read again.
        if self.steps.get() != before {
            return true;
        }
        self.steps.set(before + 1);
        let queued = self.inputs.borrow_mut().remove(0);
        if let Queued::Input(input) = queued {
            let mut effects = self.engine.borrow_mut().step(now, input);
            effects.reverse();
            self.effects.replace(effects);
        }
        true
    }

    /// Calls the engine; the slot gets its reply.
    pub fn call(self: &Rc<Self>, client: ClientId, what: Call) -> Slot<Reply> {
        self.ask(|call| Queued::Input(Input::Call(client, call, what)))
    }

    /// Runs again what failed.
    pub fn retry(self: &Rc<Self>, retry: u32) -> Slot<Reply> {
        self.ask(|call| Queued::Input(Input::Retry(call, retry)))
    }

    /// One who could call `retry()` is gone.
    pub fn forget_retry(self: &Rc<Self>, retry: u32) {
        self.feed(Input::RetryForgotten(retry));
    }

    /// Signs out.
    pub fn sign_out(
        self: &Rc<Self>,
        client: ClientId,
        options: SignOutOptions,
        mut hooks: Hooks,
    ) -> Slot<Reply> {
        let removed = hooks.removed.take();
        let signal = hooks.signal.as_ref();
        let asked = Box::new(SignOutCall {
            options,
            navigate: None,
            signal: None,
            aborted: signal.is_some_and(|signal| js::get(signal, "aborted").is_truthy()),
            app_state: hooks.app_state.clone(),
            popup: None,
            removed,
            url: page::url(),
        });
        self.ask(|call| Queued::SignOut(client, call, asked, hooks))
    }

    fn ask(self: &Rc<Self>, queued: impl FnOnce(CallId) -> Queued) -> Slot<Reply> {
        let (call, slot) = (self.id(), Slot::new());
        self.calls.borrow_mut().push((call, slot.clone()));
        self.run(queued(call));
        slot
    }

    #[inline(never)]
    fn with_handles(
        self: &Rc<Self>,
        mut asked: Box<SignOutCall>,
        hooks: &Hooks,
    ) -> Box<SignOutCall> {
        let handle = |object: &JsValue| self.handles.of(object).0;
        asked.navigate = hooks.navigate.as_ref().map(handle);
        asked.signal = hooks.signal.as_ref().map(|signal| self.signal(signal));
        let popup = hooks.popup.as_ref();
        asked.popup = popup.map(|popup| page::is_popup(popup).then(|| handle(popup)));
        asked
    }

    fn signal(self: &Rc<Self>, signal: &JsValue) -> u32 {
        let (handle, is_new) = self.handles.of(signal);
        if is_new {
            let tab = Rc::downgrade(self);
            let aborted = move |_| {
                if let Some(tab) = tab.upgrade() {
                    tab.feed(Input::Aborted(handle));
                }
            };
            let listener = Listener::new(signal, "abort", Box::new(aborted));
            self.handles.keep(handle, listener);
        }
        handle
    }

    /// Settles a call.
    #[inline(never)]
    pub(super) fn settle(&self, call: CallId, reply: Reply) {
        let mut calls = self.calls.borrow_mut();
        let at = calls.iter().position(|entry| entry.0 == call);
        let slot = at.map(|at| calls.swap_remove(at).1);
        drop(calls);
        if let Some(slot) = slot {
            slot.fill(reply);
        }
    }

    /// Whether some tab of the origin is signing out.
    pub fn is_signing_out(&self) -> bool {
        let now = self.now();
        self.engine.borrow().is_signing_out(&now)
    }

    /// Stores the record of ended sessions. A storage that calls back may have a newer one stored meanwhile, which comes after.
    #[inline(never)]
    pub(super) fn store_ended(&self, text: String) {
        if self.ended_to_store.replace(Some(text.clone())).is_some() {
            return;
        }
        let mut text = text;
        loop {
            let key = self.key("ended");
            let local = self.local.as_ref();
            let is_stored = local.is_some_and(|local| local.set_item(&key, &text).is_ok());
            let newest = self.ended_to_store.borrow().clone().unwrap_or_default();
            if newest == text {
                self.ended_to_store.replace(None);
                // A blocked or full storage: this tab at least remembers.
                self.ended.replace((!is_stored).then_some(text));
                return;
            }
            text = newest;
        }
    }

    // ---- the page

    /// A callback of an event, which holds no tab.
    pub(super) fn on(self: &Rc<Self>, act: fn(&Rc<Tab>, JsValue)) -> Box<dyn FnMut(JsValue)> {
        let tab = Rc::downgrade(self);
        Box::new(move |event| {
            if let Some(tab) = tab.upgrade() {
                act(&tab, event);
            }
        })
    }

    /// Listens from now on. Where channels and events can't be had (opaque origins), the tab works alone.
    #[inline(never)]
    pub(super) fn listen(self: &Rc<Self>, listening: Listening) {
        let to_tabs = listening != Listening::Off;
        if self.is_listening.replace(to_tabs) != to_tabs {
            let channel = to_tabs.then(|| Channel::open(&self.key("tabs"), self.on(Tab::heard)));
            let channel = channel.flatten().map(Rc::new);
            drop(self.channel.replace(channel));
            let acts: &[Act] = &[("storage", Tab::storage_changed), ("pageshow", Tab::shown)];
            self.events
                .set(self.listeners(if to_tabs { acts } else { &[] }));
        }
        let acts: &[Act] = &[
            ("pagehide", |tab, _| {
                tab.feed(Input::PageHidden(page::entry_id()))
            }),
            ("online", |tab, _| tab.feed(Input::Online)),
            ("visibilitychange", |tab, _| tab.feed(Input::Timer)),
        ];
        let to_page = listening == Listening::Page;
        self.page_events
            .set(self.listeners(if to_page { acts } else { &[] }));
    }

    fn listeners(self: &Rc<Self>, acts: &[Act]) -> Vec<Listener> {
        let mut listeners = Vec::new();
        for (kind, act) in acts {
            // `visibilitychange` bubbles from the document to the window.
            listeners.extend(Listener::new(&js_sys::global(), kind, self.on(*act)));
        }
        listeners
    }

    fn heard(self: &Rc<Self>, event: JsValue) {
        if let Some(text) = js::get_text(&event, "data") {
            self.feed(Input::Heard(text));
        }
    }

    fn shown(self: &Rc<Self>, event: JsValue) {
        let persisted = js::get(&event, "persisted").is_truthy();
        self.feed(Input::PageShown { persisted });
    }

    fn storage_changed(self: &Rc<Self>, event: JsValue) {
        let key = js::get_text(&event, "key").unwrap_or_default();
        if (key == self.key("ended") || key == self.key("popup"))
            && let Some(text) = js::get_text(&event, "newValue")
        {
            self.feed(Input::Heard(text));
        }
    }

    /// Tells the other tabs.
    pub(super) fn broadcast(&self, text: &str) {
        let channel = self.channel.borrow().clone();
        if let Some(channel) = channel {
            channel.post(text);
        }
    }

    // ---- clients

    pub(super) fn with_client<R>(
        &self,
        id: ClientId,
        read: impl FnOnce(&ClientObjects) -> R,
    ) -> Option<R> {
        let clients = self.clients.borrow();
        clients.iter().find(|client| client.id == id).map(read)
    }

    /// Drops what a client has in the page.
    pub(super) fn release_client(&self, id: ClientId) {
        self.clients.borrow_mut().retain(|client| client.id != id);
    }

    /// Drops a client's listeners.
    pub(super) fn deafen(&self, id: ClientId) {
        self.drop_hearers(|hearer| hearer.client.id == id);
    }

    fn drop_hearers(&self, is_gone: impl Fn(&Hearer) -> bool) {
        let all = self.hearers.take();
        // Dropped after the borrow: a client may end with its listener.
        let (gone, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(is_gone);
        self.hearers.replace(kept);
        drop(gone);
    }

    pub(super) fn listeners_of(&self, clients: &[ClientId]) -> Vec<SignedOutListener> {
        let hearers = self.hearers.borrow();
        let wanted = hearers.iter().filter(|it| clients.contains(&it.client.id));
        wanted.map(|hearer| hearer.listener.clone()).collect()
    }

    /// Gives a client's logger a line, as far as it has a function for it. No token is ever in one.
    #[inline(never)]
    pub fn log(&self, client: ClientId, warning: bool, line: &str) {
        let logger = self.with_client(client, |client| client.logger.clone());
        if let Some(logger) = logger.flatten() {
            let line = JsValue::from_str(&["cognito-signout: ", line].concat());
            let level = if warning {
                "warn"
            } else if js::get(&logger, "info").is_function() {
                "info"
            } else {
                "debug"
            };
            // A logger that throws must not stop a sign-out.
            let _ = js::call(&logger, level, &[&line]);
        }
    }
}

impl Attached {
    /// Tells when a session ended here or in another tab; returns the number to take the listener off with.
    pub fn on_signed_out(self: &Rc<Self>, listener: SignedOutListener) -> u32 {
        let id = self.tab.id();
        self.tab.hearers.borrow_mut().push(Hearer {
            id,
            client: self.clone(),
            listener,
        });
        id
    }

    /// Takes a listener off.
    pub fn off_signed_out(&self, id: u32) {
        self.tab.drop_hearers(|hearer| hearer.id == id);
    }
}
