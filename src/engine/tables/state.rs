//! The vocabulary of the sign-out machine: what it is asked, what it learns, what it orders.
//!
//! The whole state is one small `Copy` value, so that every state can be visited with every event.
//! Tokens, errors and times stay with the sign-out.

use super::mark::Codes;

/// What was asked of one sign-out, by all of its callers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// End all of the user's sessions.
    pub global: bool,
    /// Also ForgetDevice.
    pub forget_device: bool,
    /// The pool has token revocation on.
    pub revocation: bool,
    /// What to do about the hosted UI.
    pub leave: Leave,
    /// `timeoutMs: 0`: one request and no waiting.
    pub one_request: bool,
}

/// What to do about the hosted UI's own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leave {
    /// Redirect if the session came from the hosted UI.
    Auto,
    /// Nothing.
    Never,
    /// Leave the page for the logout endpoint.
    Redirect,
    /// Open the logout endpoint in a popup, first.
    Popup,
    /// Hand the logout URL to the app.
    Manual,
}

/// What is known of the access token before the server was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// There is none.
    Missing,
    /// Expired, by the clock or by the server's word.
    Expired,
    /// Not known to be expired.
    Valid,
}

/// What the clear found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Found {
    /// The storage was read back and holds no session that was to be ended.
    pub removed: bool,
    /// There was a session.
    pub session: bool,
    /// It has a refresh token.
    pub refresh_token: bool,
    /// Its access token.
    pub access: Access,
    /// False only if the access token is this client's and has no `origin_jti`.
    pub revocable: bool,
    /// It has a remembered device.
    pub device: bool,
    /// There were further sessions with a refresh token.
    pub others: bool,
    /// It came from the hosted UI.
    pub hosted_ui: bool,
    /// There is a logout URL, and this page may leave for it.
    pub can_leave: bool,
    /// Nothing was found, and another tab ended the session a moment ago. What is said of it here is what that tab tells.
    pub overtaken: bool,
    /// That tab ends the hosted UI's own session too.
    pub elsewhere: bool,
}

/// What another tab's sign-out came to, as it says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Heard {
    /// The codes of the steps that failed.
    pub codes: Codes,
    /// It was a global one.
    pub global: bool,
    /// ForgetDevice was asked for there.
    pub forget_device: bool,
}

/// The requests of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// GetTokensFromRefreshToken.
    Refresh,
    /// ForgetDevice.
    ForgetDevice,
    /// GlobalSignOut.
    GlobalSignOut,
    /// RevokeToken for the session.
    RevokeToken,
    /// RevokeToken for every further session, as one.
    RevokeOthers,
}

/// Where one request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Not asked for, or there is nothing to do.
    Unneeded,
    /// Needed and not sent.
    Waiting,
    /// In flight; holds the attempt number, from 1.
    Sent(u8),
    /// Waiting to be tried again after so many tries.
    Pausing(u8),
    /// It succeeded.
    Succeeded,
    /// It failed for good.
    Failed,
    /// It failed for a transient cause and is not tried again now.
    GaveUp,
    /// Held back so that a retry of GlobalSignOut can succeed.
    HeldBack,
    /// Not possible with these tokens: revocation is off, or there is no access token.
    Impossible,
    /// Asked for when the access token that it needs was being revoked.
    Late,
}

impl Call {
    /// No answer to it is awaited and none will be.
    pub fn is_settled(self) -> bool {
        !matches!(self, Call::Waiting | Call::Sent(_) | Call::Pausing(_))
    }
}

/// What an answer means to the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Success.
    Ok,
    /// The server says that the access token has expired.
    Expired,
    /// A final failure.
    Final,
    /// A transient failure; `again` is false offline.
    Transient {
        /// Whether a further try makes sense now.
        again: bool,
    },
}

/// How the popup ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PopupEnd {
    /// The returning page reported back.
    Returned,
    /// A page reported back, and the hosted UI had not sent it there.
    NotCompleted,
    /// A page reported back, and nothing shows whether the hosted UI had sent it there.
    Unconfirmed,
    /// The user closed it.
    Cancelled {
        /// This client was told that the refresh token is dead.
        session_dead: bool,
    },
    /// The browser did not open it.
    Blocked,
    /// It took too long.
    TimedOut,
}

/// What a read-back after the remote steps saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Back {
    /// No session, or a new one.
    Gone,
    /// The same session had been written back; it was removed again.
    Removed {
        /// It had a refresh token that was not revoked yet.
        newer_token: bool,
    },
    /// It could not be removed.
    Stuck,
}

/// What happens to a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The options were checked; begin.
    Start,
    /// The popup ended.
    PopupEnded(PopupEnd),
    /// The storage was cleared and read back, or could not be.
    Cleared(Found),
    /// A request was answered.
    Answered(Op, Answer),
    /// The pause before a further try is over.
    PauseOver(Op),
    /// The one-second wait for ForgetDevice has elapsed.
    ForgetDeviceOver,
    /// The page may wait no longer before it leaves.
    LeaveNow,
    /// `timeoutMs` is over.
    Deadline,
    /// The other tab's sign-out settled.
    OtherTabSettled(Heard),
    /// The storage was read back after the remote steps.
    ReadBack(Back),
    /// A newer refresh token of the session turned up, and no store holds it.
    NewerToken,
    /// Newer refresh tokens of further sessions turned up, and no store holds them.
    NewerOthers,
    /// `navigate` settled.
    Left,
    /// Another navigation replaced ours; `Left` or `PageHide` follows if the page goes away.
    Replaced,
    /// `navigate` threw, or the page is still here.
    LeaveFailed,
    /// The page is going away.
    PageHide,
    /// Every caller aborted.
    Aborted,
    /// A global call joined.
    Upgrade,
    /// A call that also wants ForgetDevice joined.
    AlsoForget,
    /// A call that leaves for the hosted UI joined.
    AlsoLeave {
        /// Whatever the session came from.
        always: bool,
        /// There is a way out that this page can take.
        possible: bool,
    },
}

/// What the sign-out is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Send the popup to the logout URL.
    RunPopup,
    /// The popup is given up: its step failed. Settling closes it.
    AbortPopup,
    /// Read, remove and read back the session.
    Clear,
    /// Wait for the other tab's outcome.
    Follow,
    /// Send a request.
    Send(Op),
    /// Come back with `PauseOver` after the retry policy's pause.
    Pause(Op, u8),
    /// Read the storage back.
    ReadBack,
    /// Leave the page.
    Leave,
    /// Abort what is in flight.
    AbortRequests,
    /// Tell the callers and the listeners.
    Settle,
}

/// Where the sign-out stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nothing was touched.
    Checked,
    /// The popup is open.
    Popup,
    /// The storage is being cleared.
    Clearing,
    /// Another tab was quicker; its outcome is awaited.
    Following,
    /// Requests are under way.
    Remote,
    /// The storage is being read back.
    ReadingBack,
    /// The page is being left.
    Leaving,
    /// The callers were told.
    Settled,
}

/// How it stands with the hosted UI's own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hosted {
    /// Nothing to do.
    NotDue,
    /// The page is to leave at the end.
    Due,
    /// The app gets the URL.
    Manual,
    /// The browser is on its way, or the popup returned.
    Done,
    /// The set-up can't be used; the sign-out knows why.
    Unusable,
    /// The page could not be left.
    NotLeft,
    /// The page was left, or the popup returned, and nobody knows whether the hosted UI handled it.
    Unconfirmed,
    /// The hosted UI did not send the popup back.
    NotCompleted,
    /// The popup was blocked.
    Blocked,
    /// The popup took too long.
    TimedOut,
    /// The popup was closed.
    Cancelled,
}
