//! The client: one configuration, and all that goes on under it in this tab.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::other_tabs;
use super::popup::Popup;
use super::report::Report;
use super::returned::{self, Record};
use super::run::{self, Run};
use super::typed::ReturnedSignOutResult;
use super::{refresh, requests, sweep, tokens};
use crate::browser::clock;
use crate::browser::js::{self, Listener};
use crate::browser::page;
use crate::browser::storage::{self, Store};
use crate::browser::tabs::Channel;
use crate::config::{Config, StorageKind};
use crate::error::AuthError;
use crate::flow::Mark;
use crate::layout::Target;
use crate::options::SignOutOptions;
use crate::outcome::{LocalFuture, SignOutResult};
use crate::protocol;
use crate::session::{Secret, SessionId, Tokens};

/// Why a listener is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedOutReason {
    /// This tab signed out.
    SignOut,
    /// Another tab of the origin did.
    OtherTab,
    /// The page came back from the back-forward cache, and the session had ended meanwhile.
    Restored,
}

impl SignedOutReason {
    /// The name as JavaScript sees it.
    pub fn as_str(self) -> &'static str {
        match self {
            SignedOutReason::SignOut => "signOut",
            SignedOutReason::OtherTab => "otherTab",
            SignedOutReason::Restored => "restored",
        }
    }
}

/// What the listeners of [`Client::on_signed_out`] get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedOutEvent {
    /// Why.
    pub reason: SignedOutReason,
    /// All of the user's sessions were to end.
    pub global: bool,
    /// The tab that signed out is leaving for the hosted UI: start no sign-in.
    pub redirecting: bool,
}

/// What a sign-out takes beside its plain options.
#[derive(Clone, Default)]
pub struct Hooks {
    /// How to leave the page; `location.assign` where there is none. It may return a promise.
    pub navigate: Option<Function>,
    /// An `AbortSignal`.
    pub signal: Option<JsValue>,
    /// JSON that [`Client::take_sign_out_result`] hands back, at most 2 KB.
    pub app_state: Option<String>,
    /// A window opened at about:blank inside the user's gesture, for the popup.
    pub popup: Option<JsValue>,
}

pub(super) type SignedOutListener = Rc<dyn Fn(SignedOutEvent)>;

pub(super) struct Inner {
    #[cfg(feature = "js")]
    number: u32,
    pub config: Config,
    pub target: Target,
    pub custom: Option<JsValue>,
    pub logger: Option<JsValue>,
    pub places: Vec<Store>,
    pub local: Option<web_sys::Storage>,
    pub session_store: Option<web_sys::Storage>,
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
    pub listeners: RefCell<Vec<(u32, SignedOutListener)>>,
    pub next_id: Cell<u32>,
    pub taken: RefCell<Option<Rc<Record>>>,
    /// The return of a redirect or a popup was looked for in this document.
    pub return_seen: Cell<bool>,
    /// This document left, or tried to: its record is not for itself.
    pub left_here: Cell<bool>,
    /// The page left, and came back from the back-forward cache.
    pub restored: Cell<bool>,
    pub channel: RefCell<Option<Channel>>,
    pub events: RefCell<Vec<Listener>>,
}

/// Signs users of one user pool client out. Cheap to clone; every clone is the same client.
#[derive(Clone)]
pub struct Client(pub(super) Rc<Inner>);

thread_local! {
    /// Clients by configuration: configuring twice (React runs effects twice) must not hear itself as another tab.
    static CLIENTS: RefCell<Vec<Client>> = const { RefCell::new(Vec::new()) };
}

impl Client {
    /// The client of a configuration.
    pub fn new(config: Config) -> Client {
        Client::with_objects(config, None, None)
    }

    /// The client of a configuration with a storage object (`getItem`, `setItem`, `removeItem`, perhaps
    /// `keys`) and a logger (`debug`, `warn`) of the app's own.
    pub fn with_objects(
        config: Config,
        storage: Option<JsValue>,
        logger: Option<JsValue>,
    ) -> Client {
        Client::find_or_make(config, storage, logger, false)
    }

    /// With `own_memory`, a client that keeps its session in memory shares it with no other.
    pub(crate) fn find_or_make(
        config: Config,
        storage: Option<JsValue>,
        logger: Option<JsValue>,
        own_memory: bool,
    ) -> Client {
        let fresh = own_memory && config.storage == StorageKind::Memory;
        let known = CLIENTS.with_borrow(|clients| {
            let same = |client: &&Client| {
                !fresh
                    && client.0.config == config
                    && client.0.custom == storage
                    && client.0.logger == logger
            };
            clients.iter().find(same).cloned()
        });
        if let Some(client) = known {
            return client;
        }
        let inner = Rc::new(Inner {
            #[cfg(feature = "js")]
            number: CLIENTS.with_borrow(Vec::len) as u32,
            target: config.target(),
            places: storage::places(&config, storage.clone()),
            custom: storage,
            logger,
            local: storage::local(),
            session_store: storage::session(),
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
            restored: Cell::new(false),
            channel: RefCell::default(),
            events: RefCell::default(),
            config,
        });
        other_tabs::listen(&inner);
        let client = Client(inner);
        CLIENTS.with_borrow_mut(|clients| clients.push(client.clone()));
        client
    }

    /// The number of this client in this page.
    #[cfg(feature = "js")]
    pub(crate) fn number(&self) -> u32 {
        self.0.number
    }

    /// The client of that number.
    #[cfg(feature = "js")]
    pub(crate) fn by_number(number: u32) -> Option<Client> {
        CLIENTS.with_borrow(|clients| clients.get(number as usize).cloned())
    }

    /// Whether someone listens.
    #[cfg(feature = "js")]
    pub(crate) fn has_listeners(&self) -> bool {
        !self.0.listeners.borrow().is_empty()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Looks for a session that was ended and written back since, and ends it again. Called once at the start.
    ///
    /// # Errors
    /// `configuration`, where the configured storage does not exist here.
    pub async fn open(&self) -> Result<(), AuthError> {
        self.0.finish_return();
        if !page::exists() && matches!(self.0.places.first(), Some(Store::Blocked)) {
            return Err(AuthError::configuration(
                "storage",
                "a worker has no localStorage, sessionStorage or cookies; give \"memory\" or an object of your own",
            ));
        }
        // A storage that can't be read is told by the call that needs it.
        if let Ok(None) = sweep::remove_ended(&self.0).await {
            other_tabs::catch_up(&self.0);
        }
        Ok(())
    }

    /// Stores a session in the Amplify v6 layout.
    ///
    /// # Errors
    /// `tokenRevoked` for a session that was signed out, `storage` where it can't be written.
    pub async fn store_tokens(&self, tokens: Tokens) -> Result<(), AuthError> {
        tokens::store(&self.0, tokens).await
    }

    /// The stored session; `None` when signed out.
    ///
    /// # Errors
    /// `storage` where it can't be read.
    pub async fn load_tokens(&self) -> Result<Option<Tokens>, AuthError> {
        let live = sweep::remove_ended(&self.0).await?;
        Ok(live.and_then(|live| tokens::tokens_of(&live.session)))
    }

    /// Refreshes the stored session; one refresh at a time over all tabs.
    ///
    /// # Errors
    /// `invalidState` when signed out, else what Cognito answered.
    pub async fn refresh_tokens(&self) -> Result<Tokens, AuthError> {
        refresh::run(&self.0).await?.tokens()
    }

    /// Signs out. With a synchronous storage the tokens are out of it when this returns its future.
    pub fn sign_out(&self, options: SignOutOptions) -> LocalFuture<SignOutResult> {
        self.sign_out_with(options, Hooks::default())
    }

    /// Signs out, with a signal, a way to leave the page or a state to come back with.
    pub fn sign_out_with(
        &self,
        options: SignOutOptions,
        hooks: Hooks,
    ) -> LocalFuture<SignOutResult> {
        let report = self.begin_sign_out(options, hooks);
        Box::pin(async move { report.await.typed() })
    }

    /// The same, as a report.
    pub(crate) fn begin_sign_out(
        &self,
        options: SignOutOptions,
        mut hooks: Hooks,
    ) -> LocalFuture<Rc<Report>> {
        let popup = Popup::open(&options, &mut hooks);
        run::sign_out(&self.0, options, hooks, popup)
    }

    /// The result of the sign-out that left the page; the same for every call in one document.
    pub async fn take_sign_out_result(&self) -> Option<ReturnedSignOutResult> {
        self.take_record().await.map(|record| record.typed())
    }

    /// The same, as the record of the page before.
    pub(crate) async fn take_record(&self) -> Option<Rc<Record>> {
        let record = returned::take(&self.0);
        // A storage that can't be read is told by the call that needs it.
        let _ = sweep::remove_ended(&self.0).await;
        record
    }

    /// Whether some tab of the origin is signing out.
    pub fn is_signing_out(&self) -> bool {
        self.0.finish_return();
        let busy = self.0.runs.borrow().iter().any(|run| run.is_signing_out());
        busy || self.0.mark().is_signing_out(clock::wall())
    }

    /// Tells when a session ended here or in another tab; returns the number for [`Client::off_signed_out`].
    pub fn on_signed_out(&self, listener: impl Fn(SignedOutEvent) + 'static) -> u32 {
        let id = self.0.next_id();
        self.0.listeners.borrow_mut().push((id, Rc::new(listener)));
        id
    }

    /// Takes a listener off.
    pub fn off_signed_out(&self, id: u32) {
        self.0.listeners.borrow_mut().retain(|entry| entry.0 != id);
    }

    /// Revokes a refresh token: the escape hatch, to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered.
    pub async fn revoke_token(&self, refresh_token: &Secret) -> Result<(), AuthError> {
        let requests = requests::revoke_request(&self.0, refresh_token);
        let response = requests::exchange(requests, None).await?;
        protocol::revoke_token::answer(&response)
    }

    /// Ends all of the user's sessions: the escape hatch, to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered.
    pub async fn global_sign_out(&self, access_token: &Secret) -> Result<(), AuthError> {
        let request = protocol::global_sign_out::request(&self.0.config.endpoint, access_token);
        let response = requests::exchange((request, None), None).await?;
        protocol::global_sign_out::answer(&response, false)
    }
}

/// How many ended sessions a page remembers.
const REMEMBERED: usize = 32;

/// Adds sessions to a list that a long-lived page must not let grow.
pub(super) fn remember(list: &mut Vec<SessionId>, ids: &[SessionId]) {
    for id in ids {
        if list.len() >= REMEMBERED {
            list.remove(0);
        }
        list.push(*id);
    }
}

impl Inner {
    pub fn next_id(&self) -> u32 {
        self.next_id.set(self.next_id.get() + 1);
        self.next_id.get()
    }

    fn mark_key(&self) -> String {
        self.key("ended")
    }

    /// The key of a record of ours.
    pub fn key(&self, name: &str) -> String {
        [
            "cognito-signout.",
            &self.config.user_pool_client_id,
            ".",
            name,
        ]
        .concat()
    }

    /// The mark's text; from memory where localStorage is blocked.
    pub fn mark_text(&self) -> String {
        self.local
            .as_ref()
            .and_then(|local| local.get_item(&self.mark_key()).ok().flatten())
            .unwrap_or_else(|| self.memory_mark.borrow().clone())
    }

    /// What is stored, and what was heard and is not seen in the storage yet.
    pub fn mark(&self) -> Mark {
        let now = clock::wall();
        let mut mark = Mark::parse(&self.mark_text(), now);
        for entry in Mark::parse(&self.heard_mark.borrow(), now).0 {
            if mark.entry(entry.id).is_none() {
                mark.put(entry);
            }
        }
        mark
    }

    pub fn change_mark(&self, change: &mut dyn FnMut(&mut Mark)) {
        let before = self.mark_text();
        let mut mark = Mark::parse(&before, clock::wall());
        change(&mut mark);
        let text = mark.to_text();
        if text == before || (before.is_empty() && mark.0.is_empty()) {
            return;
        }
        let written = self
            .local
            .as_ref()
            .is_some_and(|local| local.set_item(&self.mark_key(), &text).is_ok());
        // A blocked or full storage: this tab at least remembers.
        *self.memory_mark.borrow_mut() = if written { String::new() } else { text };
    }

    /// Tells this tab's listeners, each once; one that throws disturbs nothing.
    pub fn tell(&self, event: SignedOutEvent) {
        let listeners = self.listeners.borrow().clone();
        for listener in &listeners {
            listener.1(event);
        }
    }

    /// Whether the listeners were not told of the end of these sessions before; from now on they were.
    pub fn tells_first(&self, ids: &[SessionId]) -> bool {
        let mut told = self.told.borrow_mut();
        let first = ids.iter().all(|id| !told.contains(id));
        remember(&mut told, ids);
        first
    }

    /// Tells the other tabs.
    pub fn broadcast(&self) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.post(&self.mark_text());
        }
    }

    /// Gives the app's logger a line. No token is ever in one.
    pub fn log(&self, warning: bool, line: &str) {
        if let Some(logger) = &self.logger {
            let line = JsValue::from_str(&["cognito-signout: ", line].concat());
            // A logger that throws must not stop a sign-out.
            let _ = js::call(logger, if warning { "warn" } else { "debug" }, &[&line]);
        }
    }
}
