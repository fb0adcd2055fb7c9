//! The mark: which sessions were ended, so that no tab and no refresh in flight brings one back.
//!
//! It lies in localStorage under `cognito-signout.<clientId>.ended`, holds no token, and each entry
//! is dropped after 24 hours. The JavaScript face reads `u`, `o` and `l` of it for `isSigningOut`.

use crate::error::AuthErrorCode;
use crate::json::Json;
use crate::session::SessionId;

/// How many entries are kept.
const MAX_ENTRIES: usize = 8;
/// How long an entry is kept, in milliseconds.
const KEPT_MS: f64 = 24.0 * 3_600_000.0;
/// How long a sign-out of another tab counts as "a moment ago", in milliseconds.
const FRESH_MS: f64 = 30_000.0;
/// How long a redirect may take, in milliseconds.
const LEAVING_MS: f64 = 30_000.0;

/// The steps whose outcome other tabs are told, as the fields of `o`.
const STEPS: [&str; 4] = ["revokeToken", "globalSignOut", "hostedUI", "forgetDevice"];

/// The codes of the steps that failed: revokeToken, globalSignOut, hostedUI, forgetDevice.
pub type Codes = [Option<AuthErrorCode>; 4];

/// One session that was ended, or is being ended.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkEntry {
    /// The hash of the session's identity.
    pub id: SessionId,
    /// When the sign-out began, in milliseconds since the epoch.
    pub at: f64,
    /// When it has settled at the latest, in milliseconds since the epoch.
    pub until: f64,
    /// Every session of the user was to be ended.
    pub global: bool,
    /// The hash of the user's `sub`.
    pub user: Option<SessionId>,
    /// When Cognito answered GlobalSignOut, by its own clock, in milliseconds since the epoch.
    pub ended_at: Option<f64>,
    /// The tab is going to leave for the hosted UI.
    pub redirecting: bool,
    /// When the page began to leave.
    pub leaving_since: Option<f64>,
    /// The outcome of each step, once it is known.
    pub codes: Option<Codes>,
}

/// All entries of one client id, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark(pub Vec<MarkEntry>);

impl Mark {
    /// Reads the stored text. What can't be read is dropped: the mark protects, it never blocks.
    pub fn parse(text: &str, now: f64) -> Mark {
        let Some(Json::Array(items)) = Json::parse(text) else {
            return Mark::default();
        };
        let mut entries: Vec<MarkEntry> = items.iter().filter_map(entry).collect();
        entries.retain(|entry| (now - entry.at).abs() < KEPT_MS);
        let excess = entries.len().saturating_sub(MAX_ENTRIES);
        entries.drain(..excess);
        Mark(entries)
    }

    /// The text to store.
    pub fn to_text(&self) -> String {
        Json::Array(self.0.iter().map(json).collect()).to_text()
    }

    /// The entry of a session.
    pub fn entry(&self, id: SessionId) -> Option<&MarkEntry> {
        self.0.iter().rev().find(|entry| entry.id == id)
    }

    /// Whether this session was ended or is being ended.
    pub fn has_ended(&self, session: Option<SessionId>) -> bool {
        session.is_some_and(|id| self.entry(id).is_some())
    }

    /// Adds an entry in place of an older one of the same session.
    pub fn put(&mut self, entry: MarkEntry) {
        self.0.retain(|old| old.id != entry.id);
        self.0.push(entry);
        let excess = self.0.len().saturating_sub(MAX_ENTRIES);
        self.0.drain(..excess);
    }

    /// Changes the entry of a session, where it is there.
    pub fn update(&mut self, id: SessionId, change: impl FnOnce(&mut MarkEntry)) {
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.id == id) {
            change(entry);
        }
    }

    /// Forgets a session: its sign-out failed.
    pub fn remove(&mut self, id: SessionId) {
        self.0.retain(|entry| entry.id != id);
    }

    /// The entry that overtook a call which finds no session: fresh, or of the session this document last read.
    pub fn overtaker(&self, last_read: Option<SessionId>, now: f64) -> Option<&MarkEntry> {
        self.0
            .iter()
            .rev()
            .find(|entry| (now - entry.at).abs() < FRESH_MS || Some(entry.id) == last_read)
    }

    /// Whether some tab is signing out.
    pub fn is_signing_out(&self, now: f64) -> bool {
        self.0.iter().any(|entry| {
            now < entry.until && (entry.codes.is_none() || entry.leaving_since.is_some())
        })
    }
}

impl MarkEntry {
    /// The page begins to leave.
    pub fn leaves(&mut self, now: f64) {
        self.leaving_since = Some(now);
        self.until = now + LEAVING_MS;
    }
}

fn entry(json: &Json) -> Option<MarkEntry> {
    let number = |name: &str| json.get(name).and_then(Json::as_f64);
    let hash = |name: &str| {
        json.get(name)
            .and_then(Json::as_str)
            .and_then(SessionId::from_hex)
    };
    Some(MarkEntry {
        id: hash("h")?,
        at: number("t")?,
        until: number("u").unwrap_or(0.0),
        global: number("g").is_some(),
        user: hash("s"),
        ended_at: number("d"),
        redirecting: number("r").is_some(),
        leaving_since: number("l"),
        codes: json.get("o").and_then(codes),
    })
}

/// What can't be read must not pass for a success: a code of a later version counts as `unknown`.
fn codes(json: &Json) -> Option<Codes> {
    let Json::Object(_) = json else {
        return None;
    };
    Some(STEPS.map(|step| {
        let name = json.get(step)?;
        let code = name.as_str().and_then(AuthErrorCode::from_name);
        Some(code.unwrap_or(AuthErrorCode::Unknown))
    }))
}

fn json(entry: &MarkEntry) -> Json {
    let mut fields = vec![
        ("h".to_owned(), Json::String(entry.id.to_hex())),
        ("t".to_owned(), Json::Number(entry.at)),
        ("u".to_owned(), Json::Number(entry.until)),
    ];
    let mut push = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            fields.push((name.to_owned(), value));
        }
    };
    push("g", entry.global.then_some(Json::Number(1.0)));
    push("s", entry.user.map(|user| Json::String(user.to_hex())));
    push("d", entry.ended_at.map(Json::Number));
    push("r", entry.redirecting.then_some(Json::Number(1.0)));
    push("l", entry.leaving_since.map(Json::Number));
    let codes = entry.codes.map(|codes| {
        Json::Object(
            STEPS
                .iter()
                .zip(codes)
                .filter_map(|(step, code)| {
                    Some(((*step).to_owned(), Json::String(code?.as_str().to_owned())))
                })
                .collect(),
        )
    });
    push("o", codes);
    Json::Object(fields)
}
