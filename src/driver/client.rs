//! The client: one configuration, and all that goes on under it in this tab.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::other_tabs;
use super::popup::Popup;
use super::report::Report;
use super::returned::{self, Record};
use super::run;
use super::tab::{Hearer, Tab};
use super::typed::ReturnedSignOutResult;
use super::{refresh, requests, sweep, tokens};
use crate::browser::clock;
use crate::browser::js;
use crate::browser::page;
use crate::browser::storage::{self, Store};
use crate::config::Config;
use crate::error::AuthError;
use crate::flow::Mark;
use crate::layout::Target;
use crate::options::SignOutOptions;
use crate::outcome::{LocalFuture, SignOutResult};
use crate::protocol;
use crate::session::{Claims, Secret, SessionId, Tokens};

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
    pub config: Config,
    pub target: Target,
    pub logger: Option<JsValue>,
    pub places: Vec<Store>,
    /// Where oidc-client-ts keeps its sign-ins under way, if that is none of the places.
    pub state_store: Option<Store>,
    pub local: Option<web_sys::Storage>,
    pub session_store: Option<web_sys::Storage>,
    /// The issuer of the tokens that were seen last, where the configuration names no user pool.
    pub issuer: RefCell<Option<String>>,
    pub tab: Rc<Tab>,
    pub is_disposed: Cell<bool>,
}

impl Deref for Inner {
    type Target = Tab;

    fn deref(&self) -> &Tab {
        &self.tab
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.dispose();
    }
}

/// Signs users of one user pool client out. Cheap to clone; every clone is the same client.
#[derive(Clone)]
pub struct Client(pub(super) Rc<Inner>);

impl Client {
    /// A client of a configuration. Those of one app client share what they know of this tab, and its sign-outs.
    pub fn new(config: Config) -> Client {
        Client::with_objects(config, None, None)
    }

    /// A client of a configuration with a storage object (`getItem`, `setItem`, `removeItem`, perhaps
    /// `keys`) and a logger (`debug`, `warn`) of the app's own.
    pub fn with_objects(
        config: Config,
        storage: Option<JsValue>,
        logger: Option<JsValue>,
    ) -> Client {
        Client::make(config, [storage, None, logger], false)
    }

    /// Of the storage, the store for sign-ins under way, and the logger. With `own_memory`, a client that keeps its session in memory
    /// shares it with no other.
    pub(crate) fn make(
        config: Config,
        [storage, state_store, logger]: [Option<JsValue>; 3],
        own_memory: bool,
    ) -> Client {
        // One of the page's own storages, handed over as an object, is no other place.
        let own = [storage::local(), storage::session()];
        let own = own.map(|storage| storage.map(JsValue::from));
        let custom = storage
            .as_ref()
            .filter(|given| !own.contains(&Some((*given).clone())));
        let tab = Tab::of(&config, custom, own_memory);
        let inner = Rc::new(Inner {
            target: config.target(),
            state_store: storage::state_store(state_store, &storage),
            places: storage::places(&config, storage, &tab.memory),
            logger,
            local: storage::local(),
            session_store: storage::session(),
            issuer: RefCell::default(),
            tab,
            is_disposed: Cell::new(false),
            config,
        });
        inner.tab.add(&inner);
        other_tabs::listen(&inner);
        Client(inner)
    }

    /// Lets go of what the client holds in the page: its listeners, and with the last client of its app client the channel to
    /// other tabs. A sign-out under way ends first, as it would have. Dropping the last clone does the same, but a client with
    /// listeners lives on.
    pub fn dispose(&self) {
        self.0.dispose();
    }

    /// Takes the place of a client in the page, for the same listener: what that one ended is no other tab's doing.
    #[cfg(feature = "js")]
    pub(crate) fn succeed(&self, before: &Client, listener: u32) {
        if Rc::ptr_eq(&self.0.tab, &before.0.tab) {
            // It listens here already.
            before.off_signed_out(listener);
            return;
        }
        // What this document did and heard stays true.
        let (tab, old) = (&self.0.tab, &before.0.tab);
        for (list, known) in [(&tab.own, &old.own), (&tab.told, &old.told)] {
            let ids = known.borrow().clone();
            remember(&mut list.borrow_mut(), &ids);
        }
        for (fact, known) in [
            (&tab.left_here, &old.left_here),
            (&tab.return_seen, &old.return_seen),
        ] {
            fact.set(fact.get() || known.get());
        }
        if tab.last_read.get().is_none() {
            tab.last_read.set(old.last_read.get());
        }
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
        self.0.listeners.borrow_mut().push(Hearer {
            id,
            client: self.0.clone(),
            listener: Rc::new(listener),
        });
        id
    }

    /// Takes a listener off.
    pub fn off_signed_out(&self, id: u32) {
        let all = self.0.listeners.take();
        // Dropped after the borrow: a client may end with its listener.
        let (gone, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|hearer| hearer.id == id);
        self.0.listeners.replace(kept);
        drop(gone);
    }

    /// Revokes a refresh token: the escape hatch, to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered.
    pub async fn revoke_token(&self, refresh_token: &Secret) -> Result<(), AuthError> {
        let requests = requests::revoke_request(&self.0, refresh_token)?;
        let response = requests::exchange(requests, None).await?;
        protocol::revoke_token::answer(&response)
    }

    /// Ends all of the user's sessions: the escape hatch, to retry by hand.
    ///
    /// # Errors
    /// What Cognito answered.
    pub async fn global_sign_out(&self, access_token: &Secret) -> Result<(), AuthError> {
        let endpoint = self.0.endpoint(Some(access_token))?;
        let request = protocol::global_sign_out::request(&endpoint, access_token);
        let response = requests::exchange((request, None), None).await?;
        protocol::global_sign_out::answer(&response, false)
    }
}

/// How many ended sessions a page remembers.
const REMEMBERED: usize = 64;

/// Adds sessions, the main one first, to a list that a long-lived page must not let grow.
pub(super) fn remember(list: &mut Vec<SessionId>, ids: &[SessionId]) {
    // The main one comes last, so that the others do not push it out.
    for id in ids.iter().rev() {
        list.retain(|known| known != id);
        if list.len() >= REMEMBERED {
            list.remove(0);
        }
        list.push(*id);
    }
}

impl Inner {
    /// Where requests are posted to: as configured, else to AWS's own host of the pool that issued this token, or those seen last.
    pub fn endpoint(&self, access_token: Option<&Secret>) -> Result<String, AuthError> {
        let own = access_token.and_then(Claims::of);
        let issuer = own.and_then(|claims| claims.iss);
        let issuer = issuer.or_else(|| self.issuer.borrow().clone());
        self.config.endpoint_for(issuer.as_deref()).ok_or_else(|| {
            AuthError::configuration(
                "userPoolId",
                "is missing, and no token that was found names its user pool. Set it beside authority.",
            )
        })
    }

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
        mark.add_unseen(Mark::parse(&self.heard_mark.borrow(), now));
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
        for hearer in &listeners {
            // A client that was disposed of hears the end of the sign-out that was under way, and no more.
            if event.reason == SignedOutReason::SignOut || !hearer.client.is_disposed.get() {
                (hearer.listener)(event);
            }
        }
    }

    fn dispose(&self) {
        if !self.is_disposed.replace(true) {
            self.release_unused();
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
        let (text, channel) = (self.mark_text(), self.channel.borrow().clone());
        if let Some(channel) = channel {
            channel.post(&text);
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
