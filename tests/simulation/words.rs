//! Plain words for what there is and what happens: the setup, actions, calls and entries of a story.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cognito_signout::HostedUiMode;
use cognito_signout::internals::engine::io::{CallId, Handle, Reply, SignedOutReason};
use cognito_signout::internals::engine::outcome::Outcome;
use cognito_signout::internals::engine::tables::Status;

use crate::account::{Asked, What};
use crate::setup::{Action, By, Faults, Kept, Mode, Navigate, Setup, Wanted};
use crate::story::{Event, Lane, Line, Lost, Seen};
use crate::world::{World, name_of};

/// A time in seconds, as texts have it.
pub fn seconds(ms: f64) -> String {
    let rounded = (ms / 100.0).round() / 10.0;
    format!("{rounded} s")
}

/// "session 0", "sessions 0 and 2", "no session".
fn sessions<'a>(all: impl IntoIterator<Item = &'a usize>) -> String {
    let all: Vec<String> = all.into_iter().map(usize::to_string).collect();
    match all.as_slice() {
        [] => "no session".into(),
        [one] => format!("session {one}"),
        many if many.len() > 6 => format!("{} sessions", many.len()),
        [first @ .., last] => format!("sessions {} and {last}", first.join(", ")),
    }
}

// ---- the setup

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kept::Local => "localStorage",
            Kept::Session => "sessionStorage",
            Kept::Cookie => "cookies",
            Kept::Memory => "memory",
            Kept::Listing => "an asynchronous storage of the app's own, which lists its keys",
            Kept::ByKey => "an asynchronous storage of the app's own, which can't list its keys",
            Kept::StateStore => "a StateStore of oidc-client-ts",
        })
    }
}

impl Setup {
    /// In a few words.
    pub fn summary(&self) -> String {
        let tabs = match self.tabs {
            1 => "one tab".into(),
            tabs => format!("{tabs} tabs"),
        };
        format!("{tabs}, sessions in {}", self.kept)
    }

    /// The browser, the app and Cognito: only what differs from plain ones.
    pub fn told(&self) -> Vec<String> {
        let mut lines = vec![format!("The app keeps its sessions in {}.", self.kept)];
        lines.push(match self.tabs {
            1 => "One tab is open.".into(),
            tabs => format!("{tabs} tabs are open."),
        });
        let mut add = |is_so: bool, line: &str| {
            if is_so {
                lines.push(line.to_owned());
            }
        };
        add(
            self.elsewhere,
            "jane is signed in on another device too: session 0.",
        );
        add(self.crowd, "Forty more users are stored.");
        add(!self.hosted_ui, "The app has no hosted UI.");
        add(self.v5, "The configuration is one of Amplify v5.");
        add(self.identity_pool, "The app has an identity pool.");
        add(
            self.user_list,
            "Amplify's list of signed-in users is kept, so several may be signed in.",
        );
        add(
            self.oidc,
            "A library stores sign-ins as oidc-client-ts does.",
        );
        match (self.pool_revokes, self.revocation) {
            (true, true) => {}
            (false, false) => add(true, "Token revocation is off, and the app says so."),
            (false, true) => add(true, "Token revocation is off, and the app says it is on."),
            (true, false) => add(true, "Token revocation is on, and the app says it is off."),
        }
        if let Some(grace) = self.rotation_grace_ms {
            let grace = seconds(grace);
            let text = format!("Each refresh rotates the refresh token, with a grace of {grace}.");
            add(true, &text);
        }
        let valid = self.access_valid_ms;
        add(
            valid < 3_600_000.0,
            &format!("Access tokens are valid for {}.", seconds(valid)),
        );
        add(
            !self.knows_get_tokens,
            "The pool does not know GetTokensFromRefreshToken.",
        );
        add(
            !self.tells_navigations,
            "The browser lacks the Navigation API.",
        );
        add(!self.channels, "The browser lacks BroadcastChannel.");
        add(!self.locks, "The browser lacks Web Locks.");
        add(!self.referrer, "Pages see no referrer.");
        add(
            self.back_forward_cache,
            "Pages may go into the back-forward cache.",
        );
        add(self.parted, "COOP separates popups from their openers.");
        add(self.one_process, "All tabs share one process.");
        add(
            self.sticky,
            "The browser ignores the removal of an ID token.",
        );
        add(
            self.sends_on,
            "The app's server redirects from the sign-out URL to another page.",
        );
        add(
            self.retries_on_load,
            "The app calls retry() on load, where a result has it.",
        );
        add(
            self.spread_ms > 0,
            &format!(
                "Another process sees a write to localStorage up to {} ms later.",
                self.spread_ms
            ),
        );
        add(
            self.storage_ms > 0 && self.kept.is_custom(),
            &format!(
                "The app's storage takes up to {} ms for each operation.",
                self.storage_ms
            ),
        );
        lines.extend(self.faults.told(self.kept.is_custom()));
        lines
    }
}

impl Faults {
    fn told(&self, is_custom: bool) -> Vec<String> {
        let mut lines = Vec::new();
        let mut add = |times: u64, what: &str| {
            if times > 0 {
                lines.push(format!("{times} % of {what}."));
            }
        };
        add(self.lost_request, "requests never reach Cognito");
        add(
            self.lost_answer,
            "answers are lost on the way back, when Cognito has done what was asked",
        );
        add(self.silent, "requests get neither an answer nor an error");
        add(
            self.throttled,
            "requests are refused with TooManyRequestsException",
        );
        add(
            self.internal,
            "requests are refused with InternalErrorException",
        );
        add(
            self.portal,
            "requests are answered by the sign-in page of a network",
        );
        add(
            self.lost_event,
            "storage events and messages between tabs are lost",
        );
        add(
            self.full,
            "writes of several entries find the storage full half-way",
        );
        let of_storage = |times: u64| if is_custom { times } else { 0 };
        add(
            of_storage(self.storage_rejects),
            "operations of the app's storage reject",
        );
        add(
            of_storage(self.storage_hangs),
            "operations of the app's storage never settle",
        );
        if self.slow_ms > 0 {
            let text = format!(
                "Some answers take up to {} longer.",
                seconds(self.slow_ms as f64)
            );
            lines.push(text);
        }
        lines
    }
}

// ---- actions

impl fmt::Display for Navigate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Navigate::Follows => "navigate: one that follows the URL",
            Navigate::Rejects => "navigate: one that rejects",
            Navigate::Hangs => "navigate: one that never settles",
            Navigate::LeadsElsewhere => "navigate: one that leads elsewhere",
        })
    }
}

/// What is not a default, as an object of options.
fn options(all: &[Option<String>]) -> String {
    let all: Vec<&str> = all.iter().flatten().map(String::as_str).collect();
    match all.is_empty() {
        true => String::new(),
        false => format!("{{ {} }}", all.join(", ")),
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.hosted_ui {
            Mode::Auto => None,
            Mode::Redirect => Some("redirect"),
            Mode::Popup | Mode::OpenedPopup => Some("popup"),
            Mode::Manual => Some("manual"),
            Mode::None => Some("none"),
        };
        let all = options(&[
            self.global.then(|| "global: true".into()),
            mode.map(|mode| format!("hostedUI: \"{mode}\"")),
            (self.timeout_ms != 5000).then(|| format!("timeoutMs: {}", self.timeout_ms)),
            self.forget_device.then(|| "forgetDevice: true".into()),
            self.online.then(|| "retryWhenOnline: true".into()),
            self.signal.then(|| "signal".into()),
            self.navigate.map(|navigate| navigate.to_string()),
        ]);
        write!(f, "signOut({all})")
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_retry {
            return f.write_str("retry()");
        }
        let wanted = Wanted {
            global: self.global,
            hosted_ui: match self.mode {
                HostedUiMode::Redirect => Mode::Redirect,
                HostedUiMode::Popup => Mode::Popup,
                HostedUiMode::Manual => Mode::Manual,
                HostedUiMode::None => Mode::None,
                _ => Mode::Auto,
            },
            timeout_ms: self.timeout_ms as u64,
            forget_device: self.forget_device,
            online: self.online,
            signal: self.signal.is_some(),
            navigate: self.navigate,
        };
        wanted.fmt(f)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Open => f.write_str("configure()"),
            What::Load => f.write_str("loadTokens()"),
            What::Take => f.write_str("takeSignOutResult()"),
            What::Store(_) => f.write_str("storeTokens()"),
            What::Refresh => f.write_str("refreshTokens()"),
            What::ByHand(name) => write!(f, "{name}()"),
            What::SignOut(asked) => asked.fmt(f),
        }
    }
}

impl fmt::Display for Action {
    /// As the rest of a sentence about the tab, the browser or Cognito.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Action::SignIn { user, by, .. } => {
                let by = match by {
                    By::StoreTokens => "the app",
                    By::Library => "a library",
                };
                return write!(f, "has {} sign in; {by} stores the tokens", name_of(*user));
            }
            Action::SignOut(_, _, wanted) => return write!(f, "calls {wanted}"),
            Action::Clock(ms) => {
                let way = if *ms < 0 { "back" } else { "forward" };
                let by = seconds(ms.abs() as f64);
                return write!(f, "has its clock set {way} by {by}");
            }
            Action::Abort(_) => "aborts a sign-out by its signal",
            Action::Retry(_) => "calls a retry()",
            Action::Forget(_) => "forgets a result",
            Action::Load(_) => "calls loadTokens()",
            Action::Refresh(_) => "calls refreshTokens()",
            Action::Take(_) => "calls takeSignOutResult()",
            Action::RevokeToken(_) => "calls revokeToken()",
            Action::GlobalSignOut(_) => "calls globalSignOut()",
            Action::Configure(_) => "is configured once more",
            Action::Dispose(_) => "disposes of its client",
            Action::LibraryRefresh(_) => "has a library refresh",
            Action::LibrarySignOut(_) => "has a library sign out",
            Action::OtherVersion(_) => {
                "runs another version of this package, which adds to the record of ended sessions"
            }
            Action::Hide(_) => "is hidden by the user",
            Action::Show(_) => "is shown by the user",
            Action::Freeze(_) => "is hidden and frozen: none of its code runs",
            Action::Resume(_) => "is shown by the user, and runs",
            Action::Open => "opens one more tab",
            Action::Duplicate(_) => "is duplicated",
            Action::Reload(_) => "is reloaded by the user",
            Action::Close(_) => "is closed by the user",
            Action::Link(_) => "follows a link to another page of the app",
            Action::Typed(_) => "goes to an address of the app that the user typed",
            Action::Back(_) => "goes back",
            Action::Crash(_) => "crashes",
            Action::MachineCrash => "crashes, and the machine with it",
            Action::Offline => "is offline",
            Action::Online => "is online again",
            Action::Silence => "answers nothing, or does again",
            Action::ClosePopup => "has the user close a popup",
            Action::ErrorPage => "knows no logout URL of the app any more",
        };
        f.write_str(text)
    }
}

// ---- entries of a story

fn result(outcome: &Outcome) -> String {
    let mut text = outcome.tag.as_str().to_owned();
    let errors = [
        ("error", outcome.error.as_ref()),
        (
            "revokeTokenError",
            outcome.revoke_token_error.as_ref().map(|it| &it.error),
        ),
        (
            "globalSignOutError",
            outcome.global_sign_out_error.as_ref().map(|it| &it.error),
        ),
        (
            "hostedUIError",
            outcome.hosted_ui_error.as_ref().map(|it| &it.error),
        ),
        (
            "forgetDeviceError",
            outcome.forget_device_error.as_ref().map(|it| &it.error),
        ),
    ];
    for (name, error) in errors {
        if let Some(error) = error {
            text.push_str(&format!(", {name} {}", error.code.as_str()));
        }
    }
    if !outcome.was_signed_in && outcome.tag != Status::Failed {
        text.push_str(", nobody was signed in");
    }
    text
}

impl World {
    /// What a call settles with.
    pub fn settles(&self, index: usize, reply: &Reply) -> Event {
        let called = &self.account.calls[index];
        let (told, is_good) = match reply {
            Reply::Done => ("done".into(), true),
            Reply::Tokens(None) => ("null".into(), true),
            Reply::Tokens(Some(tokens)) => {
                let session = self.owner(tokens.access_token.expose());
                (format!("the tokens of {}", sessions(session.iter())), true)
            }
            Reply::Returned(None) => ("null".into(), true),
            Reply::Returned(Some(returned)) => {
                let text = returned.result.to_text();
                let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                let status = json["status"].as_str().unwrap_or_default();
                let error = json["hostedUIError"]["code"].as_str();
                let error = error.map(|code| format!(", hostedUIError {code}"));
                (
                    status.to_owned() + &error.unwrap_or_default(),
                    status == "complete",
                )
            }
            Reply::Failed(error) => (format!("rejects, {}", error.code.as_str()), false),
            Reply::SignedOut(outcome) => (result(outcome), outcome.tag == Status::Complete),
        };
        Event::Settles {
            call: called.call,
            since: called.at,
            what: called.what.clone(),
            told,
            is_good,
        }
    }

    pub fn note_aborted(&mut self, page: usize, slot: usize, signal: Handle) {
        let calls = self
            .account
            .calls
            .iter()
            .filter(|called| match &called.what {
                What::SignOut(asked) => {
                    asked.signal == Some(signal) && (called.page, called.slot) == (page, slot)
                }
                _ => false,
            });
        let call = calls.map(|called| called.call).next().unwrap_or_default();
        let lane = self.lane(page);
        self.note(lane, || format!("aborts call {call} by its signal"));
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lane::Browser => f.pad("browser"),
            Lane::Cognito => f.pad("Cognito"),
            Lane::Tab(tab) => f.pad(&format!("tab {tab}")),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, self.at, self.lane, &words(&self.event))
    }
}

fn write_line(f: &mut impl fmt::Write, at: f64, lane: Lane, text: &str) -> fmt::Result {
    let at = format!("{:.3} s", at / 1000.0);
    write!(f, "{at:>11}  {lane:<8} {text}")
}

/// Calls that are over at once: one sentence tells both the call and what came of it.
fn at_once(story: &[Line]) -> BTreeMap<CallId, &str> {
    let mut called = BTreeMap::new();
    let mut settled = BTreeMap::new();
    for line in story {
        match &line.event {
            Event::Calls { call, what, .. } if !matches!(what, What::SignOut(_)) => {
                called.insert(*call, line.at);
            }
            Event::Settles { call, told, .. } if called.get(call) == Some(&line.at) => {
                settled.insert(*call, told.as_str());
            }
            _ => {}
        }
    }
    settled
}

/// The story, a sentence a line.
pub fn lines(story: &[Line]) -> Vec<String> {
    let at_once = at_once(story);
    let mut shown = BTreeMap::new();
    let mut lines = Vec::new();
    for line in story {
        let text = match &line.event {
            Event::Shows { sessions, seen } => {
                let before = shown.insert(line.lane.to_string(), sessions.clone());
                let is_same = before.unwrap_or_default() == *sessions;
                if is_same || matches!(seen, Seen::Away | Seen::Closed) {
                    continue;
                }
                words(&line.event)
            }
            Event::Settles { call, .. } if at_once.contains_key(call) => continue,
            Event::Calls {
                call, what, client, ..
            } if at_once.contains_key(call) => {
                let second = second(*client);
                match at_once[call] {
                    "done" => format!("calls {what}{second}"),
                    told => format!("calls {what}{second}: {told}"),
                }
            }
            _ => words(&line.event),
        };
        let mut whole = String::new();
        let _ = write_line(&mut whole, line.at, line.lane, &text);
        lines.push(whole);
    }
    lines
}

fn second(client: usize) -> &'static str {
    match client {
        0 => "",
        _ => " of the second app client",
    }
}

fn of(sessions_of: &BTreeSet<usize>, what: &What) -> String {
    match (what, sessions_of.is_empty()) {
        (What::SignOut(_), false) => format!(" for {}", sessions(sessions_of)),
        (What::SignOut(_), true) => ", with no session stored".into(),
        (What::Store(session), _) => format!(" for session {session}"),
        _ => String::new(),
    }
}

/// An entry, as a sentence whose subject is the lane.
pub fn words(event: &Event) -> String {
    match event {
        Event::Text(text) => text.clone(),
        Event::Action(action) => action.to_string(),
        Event::Logs { is_warning, line } => {
            let how = if *is_warning { "warns" } else { "logs" };
            format!("{how}: {line}")
        }
        Event::SignsIn {
            session,
            user,
            hosted,
            client,
            is_implicit,
        } => {
            let hosted = if *hosted { " by the hosted UI" } else { "" };
            let implicit = match is_implicit {
                true => " without a refresh token",
                false => "",
            };
            let client = second(*client);
            format!("{user} signs in{hosted}{implicit}{client}: session {session} begins")
        }
        Event::Calls {
            call,
            what,
            sessions,
            again,
            client,
        } => {
            let (of, second) = (of(sessions, what), second(*client));
            let what = match (what, again.is_none()) {
                (What::SignOut(asked), true) if asked.is_retry => {
                    "signOut(), and hands over what was removed before,".to_owned()
                }
                _ => what.to_string(),
            };
            let again = again.map(|again| format!(" of call {again}"));
            format!(
                "calls {what}{second}{}{of} (call {call})",
                again.unwrap_or_default()
            )
        }
        Event::Settles {
            call,
            since,
            what,
            told,
            ..
        } => match what {
            What::SignOut(_) => {
                format!("call {call}, made at {}, settles: {told}", seconds(*since))
            }
            _ => format!(
                "call {call}, {what} made at {}, settles: {told}",
                seconds(*since)
            ),
        },
        Event::Sends {
            target, session, ..
        } => format!("sends {target} for session {session}"),
        Event::Serves {
            tab,
            target,
            status,
            error,
            ..
        } => {
            let error = error.as_ref().map(|error| format!(", {error}"));
            format!(
                "answers {target} of tab {tab}: {status}{}",
                error.unwrap_or_default()
            )
        }
        Event::Gets { target, status, .. } => match status {
            Some(status) => format!("gets the answer to {target}: {status}"),
            None => format!("learns that {target} failed: a network error"),
        },
        Event::Loses { target, how, .. } => match how {
            Lost::OnTheWay => format!("{target} is lost on its way to Cognito"),
            Lost::OnTheWayBack => format!("the answer to {target} is lost on its way back"),
            Lost::Silence => format!("{target} gets no answer, and no error"),
            Lost::NoPage => format!("is gone when the answer to {target} comes"),
            Lost::GivenUp => format!("waits no longer for {target}"),
        },
        Event::Removes { session, kept } => {
            format!("removes keys of session {session} from {kept}")
        }
        Event::LibraryRefreshes(session) => format!("a library refreshes session {session}"),
        Event::LibraryStores(session) => {
            format!("a library stores the tokens of session {session} that its refresh got")
        }
        Event::LibrarySignsOut(session) => {
            format!("a library removes session {session}, and revokes it")
        }
        Event::Hears(reason) => {
            let reason = match reason {
                SignedOutReason::SignOut => "signOut",
                SignedOutReason::OtherTab => "otherTab",
                SignedOutReason::Restored => "restored",
            };
            format!("tells its onSignedOut listeners: {reason}")
        }
        Event::Shows { sessions: all, .. } => match all.is_empty() {
            true => "finds no tokens in its stores any more".into(),
            false => format!("finds the tokens of {} in its stores", sessions(all)),
        },
        Event::Opens { opener } => match opener {
            Some(opener) => format!("opens as a popup of tab {opener}"),
            None => "opens".into(),
        },
        Event::Arrives {
            path,
            from_hosted_ui,
        } => match from_hosted_ui {
            true => format!("comes back from the hosted UI to {path}"),
            false => format!("shows a new page, {path}"),
        },
        Event::Leaves => "navigates to the hosted UI's /logout".into(),
        Event::PageHides => "its page is unloaded (pagehide)".into(),
        Event::Back => "goes back".into(),
        Event::Closes => "closes".into(),
        Event::Crashes => "crashes, and is loaded again".into(),
        Event::MachineCrashes => "the machine crashes; the browser comes back with one tab".into(),
        Event::LogsOut { tab, is_ok } => match is_ok {
            true => format!("ends the hosted UI's session, and redirects tab {tab} back"),
            false => format!("shows its error page in tab {tab}"),
        },
        Event::Wrong { invariant, text } => format!("INVARIANT {invariant} IS BROKEN: {text}"),
    }
}
