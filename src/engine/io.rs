//! What goes into the engine and what comes out of it: plain values, no object of the platform.

use std::rc::Rc;

pub use super::outcome::RetryId;
use super::outcome::{Outcome, Returned};
use crate::error::AuthError;
use crate::layout::Snapshot;
use crate::options::SignOutOptions;
use crate::protocol::{Request, Response};
use crate::session::{Secret, Tokens};

/// The number of an app's call, by which it is settled.
pub type CallId = u32;
/// The number of an effect that is answered; a late answer is dropped by it.
pub type EffectId = u32;
/// The number of a client; clients of one app client share an engine.
pub type ClientId = u32;
/// The number of a sign-out.
pub type TaskId = u32;
/// Stands for an object of the platform. The same object has the same handle until it is released.
pub type Handle = u32;

/// When an input comes, and what each step may look at.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// Milliseconds that only grow; all waiting is measured by them.
    pub mono: f64,
    /// Milliseconds since the epoch; they only date and name.
    pub wall: f64,
    /// False where the browser says that it is offline.
    pub online: bool,
    /// The text of the record of ended sessions, as this page sees it.
    pub ended: Option<String>,
    /// When a retry left this tab, as its record says.
    pub retried: Option<String>,
}

/// What stays the same while a page lives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// This is a page, and not a worker.
    pub exists: bool,
    /// It is in a frame.
    pub framed: bool,
    /// When it began, in milliseconds since the epoch; infinite where that is not known.
    pub began: f64,
    /// The browser tells of navigations (the Navigation API).
    pub tells_navigations: bool,
    /// When the answer to its navigation began to come, on the scale of [`Now::mono`].
    pub answered: f64,
}

/// The entry of the history before this page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EntryBefore {
    /// The browser does not tell.
    #[default]
    Unsupported,
    /// None of this origin.
    Null,
    /// An entry of this origin, and its id.
    Entry(Option<String>),
}

/// How the page was reached, and what the page before left for it.
#[derive(Clone, Debug, Default)]
pub struct PageView {
    /// Its address.
    pub url: String,
    /// The address that was loaded; a router may have put another one in its place since.
    pub loaded: Option<String>,
    /// The `type` of the navigation entry.
    pub navigation: Option<String>,
    /// The app's own server or router sent the browser here.
    pub redirected: bool,
    /// The entry before this one.
    pub before: EntryBefore,
    /// The id of the entry that this page was pushed right behind.
    pub pushed_behind: Option<String>,
    /// The address of the page before.
    pub referrer: String,
    /// The window shows its first page.
    pub is_first: bool,
    /// In a popup: its history holds this page alone.
    pub is_alone: bool,
    /// The record of the sign-out that left the page.
    pub record: Option<String>,
    /// What the pages of a popup find, and no other page does.
    pub popup: Option<String>,
}

/// How a store is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Answers at once.
    Direct,
    /// The app's own object that lists its keys; it may take its time.
    Listing,
    /// A `StateStore` of oidc-client-ts; it may take its time.
    StateStore,
    /// The app's own object that can't list all of its keys; it may take its time.
    ByKey,
    /// It can't be had here.
    Blocked,
}

/// A store that sessions may be in.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// How it is used.
    pub access: Access,
    /// Every tab of the origin sees it.
    pub shared: bool,
}

/// A store: the client that it was configured for, and its number in that client's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreRef {
    /// The client.
    pub client: ClientId,
    /// The number; the app's own store for sign-ins under way comes behind the places.
    pub index: usize,
}

/// What a store answers.
pub enum StoreAnswer {
    /// The names of its keys, joined by NUL.
    Names(String),
    /// The entries that were asked for, as far as they are there.
    Values(Snapshot),
    /// It was changed.
    Changed,
}

/// Entries that were removed to end their sessions. They hold tokens and do not print.
#[derive(Clone, Default)]
pub struct Removed(pub Snapshot);

impl std::fmt::Debug for Removed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[removed]")
    }
}

/// A sign-out as the app asks for it.
#[derive(Clone, Debug)]
pub struct SignOutCall {
    /// The plain options.
    pub options: SignOutOptions,
    /// How to leave the page.
    pub navigate: Option<Handle>,
    /// An `AbortSignal`.
    pub signal: Option<Handle>,
    /// It is aborted already.
    pub aborted: bool,
    /// JSON for the page after.
    pub app_state: Option<String>,
    /// The window that was opened for a popup, or refused; none where the caller opened none.
    pub popup: Option<Option<Handle>>,
    /// What was removed before: the sign-out ends these sessions and no stored one. The listeners of
    /// this page were told.
    pub removed: Option<Removed>,
    /// The address of the page.
    pub url: String,
}

/// What the app asks for.
pub enum Call {
    /// Look for a session that was ended and came back. The first call.
    Open,
    /// Store a session.
    StoreTokens(Box<Tokens>),
    /// Load the stored session.
    LoadTokens,
    /// Refresh the stored session.
    RefreshTokens,
    /// Sign out.
    SignOut(Box<SignOutCall>),
    /// The result of the sign-out that left the page.
    TakeSignOutResult,
    /// Revoke a refresh token.
    RevokeToken(Secret),
    /// End all of the user's sessions.
    GlobalSignOut(Secret),
}

/// What happens to the engine.
pub enum Input {
    /// A client was configured.
    Added(ClientId),
    /// A client was disposed of.
    Disposed(ClientId),
    /// The app calls a client.
    Call(ClientId, CallId, Call),
    /// Run again what failed, as a result offered it.
    Retry(CallId, RetryId),
    /// A store answered, or can't be used.
    Stored(EffectId, Result<StoreAnswer, AuthError>),
    /// Cognito answered, or no answer can be had.
    Answered(EffectId, Result<Box<Response>, AuthError>),
    /// The lock is held, or there are no locks here.
    Locked(EffectId),
    /// How the page was reached.
    PageSeen(EffectId, Box<PageView>),
    /// The app's own navigation settled, or leaving threw.
    Navigated(EffectId, Result<(), AuthError>),
    /// While the page leaves: `beforeunload`.
    Unloading,
    /// While the page leaves: a navigation to another document, once all listeners have seen it.
    NavigationSeen {
        /// Where to.
        url: String,
        /// It began within our call of `location.assign`.
        is_ours: bool,
        /// A listener prevented or intercepted it.
        stays: bool,
    },
    /// A popup was opened, or refused.
    PopupOpened(EffectId, Option<Handle>),
    /// A popup was sent on its way, or could not be.
    PopupSent(EffectId, bool),
    /// `beforeunload` in a popup that still shows a page of this origin.
    PopupUnloading(Handle),
    /// How a popup looks from here.
    PopupSeen(EffectId, PopupView),
    /// The timer went off, or the page runs again.
    Timer,
    /// `pagehide`, and the id of this entry of the history.
    PageHidden(Option<String>),
    /// `pageshow`
    PageShown {
        /// From the back-forward cache.
        persisted: bool,
    },
    /// `online`
    Online,
    /// Another tab said this, by channel or by storage.
    Heard(String),
    /// A signal was aborted.
    Aborted(Handle),
    /// One who could call `retry()` is gone.
    RetryForgotten(RetryId),
}

/// How a popup looks from its opener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PopupView {
    /// Open, at an address that can be read: it has not left yet.
    Empty,
    /// Open, at an address of another origin.
    Away,
    /// `closed` reads true.
    Closed,
    /// `closed` reads true, and can't be believed: the page is cross-origin isolated.
    Isolated,
}

/// The answer to a call.
#[derive(Clone)]
pub enum Reply {
    /// Nothing to say.
    Done,
    /// The session, where there is one.
    Tokens(Option<Box<Tokens>>),
    /// The result of a sign-out.
    SignedOut(Rc<Outcome>),
    /// The result of the sign-out that left the page.
    Returned(Option<Rc<Returned>>),
    /// It failed.
    Failed(AuthError),
}

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

/// What the listeners of `Client::on_signed_out` get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedOutEvent {
    /// Why.
    pub reason: SignedOutReason,
    /// All of the user's sessions were to end.
    pub global: bool,
    /// The tab that signed out is leaving for the hosted UI: start no sign-in.
    pub redirecting: bool,
}

/// A small text that the engine keeps in the page's storages, under a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// The ended sessions, for all tabs.
    Ended,
    /// The result for the page after, in this tab.
    Return,
    /// When a retry left this tab.
    Retried,
    /// What the pages of a popup find, in the popup.
    Popup,
    /// A popup's report to all tabs, where there are no channels: written and removed.
    PopupReport,
}

/// What the engine listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// Nothing.
    Off,
    /// Other tabs, and the page when it is shown again.
    Tabs,
    /// Also the page when it is hidden or seen, and the network: a sign-out runs, or the page leaves.
    Page,
}

/// What the engine wants done, in this order.
pub enum Effect {
    /// List the keys of a store; answered by `Stored`.
    List(EffectId, StoreRef),
    /// Read keys of a store; answered by `Stored`.
    Get(EffectId, StoreRef, Vec<String>),
    /// Remove keys of a store, one by one in this order, then write entries; answered by `Stored`.
    Change(EffectId, StoreRef, Vec<String>, Vec<(String, String)>),
    /// No longer wait for a store; nothing more of a change is to be written.
    GiveUp(EffectId),
    /// Send a request; answered by `Answered`.
    Send(EffectId, Box<Request>),
    /// Abort a request.
    Abort(EffectId),
    /// Have `Timer` come after so many milliseconds; never, without a time. It replaces the one before.
    Timer(Option<f64>),
    /// Write a record, or remove it.
    Write(Record, Option<String>),
    /// Say this to the other tabs.
    Broadcast(String),
    /// Take the refresh lock; answered by `Locked`.
    Lock(EffectId),
    /// Release it, or no longer wait for it.
    Unlock(EffectId),
    /// Look how the page was reached; answered by `PageSeen`.
    LookAtPage(EffectId),
    /// Leave the page, and watch what it does from now on. Answered by `Navigated` if it throws, or when the app's own way settles.
    Leave(EffectId, String, Option<Handle>),
    /// The page stays: watch no longer.
    Stay,
    /// Open a popup; answered by `PopupOpened`.
    OpenPopup(EffectId),
    /// Give a popup this text to find, and send it to the address; answered by `PopupSent`.
    SendPopup(EffectId, Handle, String, String),
    /// Look at a popup; answered by `PopupSeen`.
    LookAtPopup(EffectId, Handle),
    /// Close a popup.
    ClosePopup(Handle),
    /// Close this window, a popup.
    CloseWindow,
    /// Settle a call.
    Settle(CallId, Reply),
    /// Tell the listeners of these clients.
    Tell(Vec<ClientId>, SignedOutEvent),
    /// Give a client's logger a line, at level `warn` or `info`.
    Log(ClientId, bool, String),
    /// A handle is not used any more.
    Release(Handle),
    /// Drop a client's listeners: it was disposed of, and nothing is left to tell them.
    Deafen(ClientId),
    /// A client is not used any more.
    ReleaseClient(ClientId),
    /// Listen to the page and to other tabs from now on.
    Listen(Listening),
}
