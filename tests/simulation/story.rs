//! What happened, entry by entry, for the words (`words.rs`) and the picture (`picture.rs`).

use std::collections::BTreeSet;

use cognito_signout::internals::engine::io::{CallId, EffectId, SignedOutReason};

use crate::account::What;
use crate::pages::State;
use crate::setup::{Action, Kept};
use crate::world::World;

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Browser,
    Cognito,
    Tab(usize),
}

/// An entry of the story.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub at: f64,
    pub lane: Lane,
    pub event: Event,
}

/// A request: its page, its engine, and its number there.
pub type RequestKey = (usize, usize, EffectId);

/// What becomes of a request that nobody gets an answer of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The browser is offline, or the connection fails, before Cognito has it.
    OnTheWay,
    /// Cognito has done what it asks for, and the connection fails then.
    OnTheWayBack,
    /// Neither an answer nor an error comes.
    Silence,
    /// The engine stops waiting.
    GivenUp,
    /// The page is gone when the answer comes.
    NoPage,
}

/// What the user sees of a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Visible,
    Hidden,
    Frozen,
    /// It shows no page of the app.
    Away,
    Closed,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Something that is told in words alone.
    Text(String),
    /// Somebody does something that no other entry tells.
    Action(Action),
    /// A line of the log.
    Logs {
        is_warning: bool,
        line: String,
    },
    SignsIn {
        session: usize,
        user: String,
        hosted: bool,
        client: usize,
        is_implicit: bool,
    },
    Calls {
        call: CallId,
        client: usize,
        what: What,
        sessions: BTreeSet<usize>,
        /// The call whose result had this `retry()`.
        again: Option<CallId>,
    },
    Settles {
        call: CallId,
        /// When it was called.
        since: f64,
        what: What,
        told: String,
        is_good: bool,
    },
    Sends {
        request: RequestKey,
        target: &'static str,
        session: usize,
    },
    /// Cognito takes a request.
    Serves {
        tab: usize,
        request: RequestKey,
        target: &'static str,
        status: u16,
        error: Option<String>,
    },
    /// The answer reaches the page; `None`: the page learns that the connection failed.
    Gets {
        request: RequestKey,
        target: &'static str,
        status: Option<u16>,
    },
    Loses {
        request: RequestKey,
        target: &'static str,
        how: Lost,
    },
    Removes {
        session: usize,
        kept: Kept,
    },
    LibraryRefreshes(usize),
    LibraryStores(usize),
    LibrarySignsOut(usize),
    Hears(SignedOutReason),
    /// The sessions whose tokens a tab can read, and what the user sees of it.
    Shows {
        sessions: Vec<usize>,
        seen: Seen,
    },
    Opens {
        opener: Option<usize>,
    },
    /// A page of the app, where it came from.
    Arrives {
        path: String,
        from_hosted_ui: bool,
    },
    /// It navigates to the hosted UI's `/logout`.
    Leaves,
    /// The page is unloaded.
    PageHides,
    Back,
    Closes,
    Crashes,
    MachineCrashes,
    /// The hosted UI answers a tab's `/logout`.
    LogsOut {
        tab: usize,
        is_ok: bool,
    },
    Wrong {
        invariant: u8,
        text: String,
    },
}

impl World {
    /// What each tab shows, where that has changed.
    pub fn note_tabs(&mut self) {
        if self.story.is_none() {
            return;
        }
        for tab in 0..self.tabs.len() {
            let shows = self.shows_now(tab);
            if self.shown.len() <= tab {
                self.shown.resize(tab + 1, (Vec::new(), Seen::Away));
            }
            if self.shown[tab] != shows {
                self.shown[tab] = shows.clone();
                let (sessions, seen) = shows;
                self.note(Lane::Tab(tab), || Event::Shows { sessions, seen });
            }
        }
    }

    fn shows_now(&self, tab: usize) -> (Vec<usize>, Seen) {
        if !self.tabs[tab].is_open {
            return (Vec::new(), Seen::Closed);
        }
        let Some(page) = self.page_of(tab) else {
            return (Vec::new(), Seen::Away);
        };
        let it = &self.pages[page];
        let mut sessions = BTreeSet::new();
        for slot in 0..it.slots.len() {
            sessions.extend(self.present(page, slot));
        }
        let seen = match (it.state, it.is_hidden) {
            (State::Gone | State::Cached, _) => Seen::Away,
            (State::Frozen, _) => Seen::Frozen,
            (State::Active, true) => Seen::Hidden,
            (State::Active, false) => Seen::Visible,
        };
        (sessions.into_iter().collect(), seen)
    }
}

impl From<String> for Event {
    fn from(text: String) -> Event {
        Event::Text(text)
    }
}
