//! What this tab knows and does of one app client. All clients whose sessions are in the same place share it, whatever else they
//! were configured with: so none of them takes another one of the page for another tab.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsValue;

use super::client::{Inner, SignedOutListener};
use super::leaving::Leaving;
use super::returned::Record;
use super::run::Run;
use crate::browser::js::Listener;
use crate::browser::tabs::Channel;
use crate::config::{Config, StorageKind};
use crate::layout::Snapshot;
use crate::session::SessionId;

/// Someone who listens to a client.
#[derive(Clone)]
pub struct Hearer {
    pub id: u32,
    /// It keeps the client, which removes this tab's copies of sessions that other tabs end.
    pub client: Rc<Inner>,
    pub listener: SignedOutListener,
}

pub struct Tab {
    client_id: String,
    /// The session is in memory, and not in the page's storages.
    is_memory: bool,
    /// The app's own storage object.
    custom: Option<JsValue>,
    /// The entries of the memory.
    pub memory: Rc<RefCell<Snapshot>>,
    /// The clients that share it.
    clients: RefCell<Vec<Weak<Inner>>>,
    pub runs: RefCell<Vec<Rc<Run>>>,
    /// The identity of the session that this document last read, and of its user.
    pub last_read: Cell<Option<SessionId>>,
    /// Sessions that this document ended itself.
    pub own: RefCell<Vec<SessionId>>,
    /// Sessions whose end the listeners were told.
    pub told: RefCell<Vec<SessionId>>,
    /// A refresh token that Cognito called dead.
    pub dead: Cell<Option<SessionId>>,
    /// Counts what ends a session, so that a refresh that began before writes nothing.
    pub generation: Cell<u32>,
    pub memory_mark: RefCell<String>,
    /// The mark's text as another tab said it last: browsers show one process what another stored only a moment later.
    pub heard_mark: RefCell<String>,
    pub listeners: RefCell<Vec<Hearer>>,
    pub next_id: Cell<u32>,
    pub taken: RefCell<Option<Rc<Record>>>,
    /// The return of a redirect or a popup was looked for in this document.
    pub return_seen: Cell<bool>,
    /// This document left, or tried to: its record is not for itself.
    pub left_here: Cell<bool>,
    /// How this document leaves.
    pub leaving: RefCell<Option<Rc<Leaving>>>,
    /// The page came back from the back-forward cache.
    pub restored: Cell<bool>,
    pub is_listening: Cell<bool>,
    pub channel: RefCell<Option<Rc<Channel>>>,
    pub events: RefCell<Vec<Listener>>,
}

thread_local! {
    /// They stay while the page lives, since what this document did stays true. One that no client uses holds nothing of the page.
    static TABS: RefCell<Vec<Rc<Tab>>> = const { RefCell::new(Vec::new()) };
}

impl Tab {
    /// With `own_memory`, one that keeps its session in memory is shared with no other client.
    pub fn of(config: &Config, custom: Option<&JsValue>, own_memory: bool) -> Rc<Tab> {
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
            memory: Rc::default(),
            clients: RefCell::default(),
            runs: RefCell::default(),
            last_read: Cell::new(None),
            own: RefCell::default(),
            told: RefCell::default(),
            dead: Cell::new(None),
            generation: Cell::new(0),
            memory_mark: RefCell::default(),
            heard_mark: RefCell::default(),
            listeners: RefCell::default(),
            next_id: Cell::new(0),
            taken: RefCell::default(),
            return_seen: Cell::new(false),
            left_here: Cell::new(false),
            leaving: RefCell::default(),
            restored: Cell::new(false),
            is_listening: Cell::new(false),
            channel: RefCell::default(),
            events: RefCell::default(),
        });
        if !is_apart {
            // An app that makes its storage object anew each time must not fill the list.
            let (kept, _unused): (Vec<_>, Vec<_>) = TABS
                .take()
                .into_iter()
                .partition(|tab| tab.custom.is_none() || tab.is_listening.get());
            TABS.set(kept);
            TABS.with_borrow_mut(|tabs| tabs.push(tab.clone()));
        }
        tab
    }

    /// One more client shares it.
    pub fn add(&self, client: &Rc<Inner>) {
        let mut clients = self.clients.borrow_mut();
        clients.retain(|client| client.strong_count() > 0);
        clients.push(Rc::downgrade(client));
    }

    /// A client that can act for all.
    pub fn any_client(&self) -> Option<Rc<Inner>> {
        let clients = self.clients.borrow();
        clients.iter().find_map(Weak::upgrade)
    }

    /// Holds nothing longer that no client uses: listeners of those that were disposed of, and without any client left what
    /// listens to the page. A sign-out under way comes first.
    pub fn release_unused(&self) {
        if self.active().is_none() {
            let (kept, gone): (Vec<_>, Vec<_>) = self
                .listeners
                .take()
                .into_iter()
                .partition(|hearer| !hearer.client.is_disposed.get());
            self.listeners.replace(kept);
            drop(gone);
        }
        let is_used = |client: &Weak<Inner>| {
            client
                .upgrade()
                .is_some_and(|client| !client.is_disposed.get())
        };
        if self.runs.borrow().is_empty() && !self.clients.borrow().iter().any(is_used) {
            self.is_listening.set(false);
            drop((self.channel.take(), self.events.take()));
        }
    }
}
