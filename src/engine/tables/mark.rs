//! The mark: which sessions were ended, so that no tab and no refresh in flight brings one back.
//!
//! It lies in localStorage under `cognito-signout.<clientId>.ended`, holds no token, and each entry
//! is dropped after 24 hours. The JavaScript face (js/mark.js) reads `u`, `o` and `l` of it for `isSigningOut`, and writes one
//! where it has no engine.

use crate::error::AuthErrorCode;
use crate::json::Json;
use crate::object::Object;
use crate::session::SessionId;

/// How many entries are kept.
const MAX_ENTRIES: usize = 32;
/// How long an entry is kept, in milliseconds.
const KEPT_MS: f64 = 24.0 * 3_600_000.0;
/// How long a sign-out of another tab counts as "a moment ago", in milliseconds.
const FRESH_MS: f64 = 30_000.0;
/// How long a redirect may take, in milliseconds.
const LEAVING_MS: f64 = 30_000.0;
/// By how much a current session counts as younger than others when one has to make room, in milliseconds.
const CURRENT_COUNTS_MS: f64 = 3_600_000.0;
/// How much the clocks that are compared may be rounded, in milliseconds.
const ROUNDING_MS: f64 = 100.0;

/// The steps whose outcome other tabs are told, as the fields of `o`.
const STEPS: [&str; 4] = ["revokeToken", "globalSignOut", "hostedUI", "forgetDevice"];

/// The codes of the steps that failed: revokeToken, globalSignOut, hostedUI, forgetDevice.
pub type Codes = [Option<AuthErrorCode>; 4];

/// One session that was ended, or is being ended.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// When the sign-out settled, or began to leave the page and settled then; never, where its page went away before.
    pub settled_at: Option<f64>,
    /// The session was the current user's, not a further one's.
    pub current: bool,
    /// The hash of the username, by which the remembered device is found.
    pub name: Option<SessionId>,
    /// ForgetDevice was asked for.
    pub forget_device: bool,
    /// The session came from the hosted UI.
    pub hosted_ui: bool,
    /// The hosted UI's own session was ended, or tried to be, in a popup.
    pub popup: bool,
}

/// All entries of one client id, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark(pub Vec<MarkEntry>);

impl Mark {
    /// Reads the stored text. What can't be read is dropped: the mark protects, it never blocks.
    pub fn parse(text: &str, now: f64) -> Mark {
        let mut mark = Mark::default();
        let json = Json::parse(text).unwrap_or(Json::Null);
        for item in json.items() {
            if let Some(entry) = entry(item)
                && (now - entry.at).abs() < KEPT_MS
            {
                mark.push(entry);
            }
        }
        mark
    }

    /// Makes room: further sessions go before current ones, older ones before newer ones. The entry that comes is not
    /// among them, so a current session that is put last is never the one to go.
    fn push(&mut self, entry: MarkEntry) {
        if self.0.len() >= MAX_ENTRIES {
            let age = |entry: &MarkEntry| match entry.current {
                true => entry.at + CURRENT_COUNTS_MS,
                false => entry.at,
            };
            let ages = self.0.iter().map(age).enumerate();
            let oldest = ages.min_by(|a, b| a.1.total_cmp(&b.1));
            self.0.remove(oldest.map_or(0, |(index, _)| index));
        }
        self.0.push(entry);
    }

    /// Keeps the entries that are wanted.
    pub fn keep(&mut self, wanted: &dyn Fn(&MarkEntry) -> bool) {
        self.0.retain(|entry| wanted(entry));
    }

    /// The text to store.
    pub fn to_text(&self) -> String {
        let mut list = Vec::new();
        for entry in &self.0 {
            list.push(json(entry));
        }
        Json::Array(list).to_text()
    }

    /// The entry of a session.
    pub fn entry(&self, id: SessionId) -> Option<&MarkEntry> {
        self.0.iter().rev().find(|entry| entry.id == id)
    }

    /// Whether this session was ended or is being ended.
    pub fn has_ended(&self, session: Option<SessionId>) -> bool {
        session.is_some_and(|id| self.entry(id).is_some())
    }

    /// Adds what another tab said and the storage does not show yet. Nothing has to make room for what is only looked at.
    pub fn add_unseen(&mut self, heard: Mark) {
        for entry in heard.0 {
            if self.entry(entry.id).is_none() {
                self.0.push(entry);
            }
        }
    }

    /// Adds an entry in place of an older one of the same session.
    pub fn put(&mut self, entry: MarkEntry) {
        self.remove(entry.id);
        self.push(entry);
    }

    /// Changes the entry of a session, where it is there.
    pub fn update(&mut self, id: SessionId, change: impl FnOnce(&mut MarkEntry)) {
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.id == id) {
            change(entry);
        }
    }

    /// Forgets a session: its sign-out failed.
    pub fn remove(&mut self, id: SessionId) {
        self.keep(&|entry| entry.id != id);
    }

    /// The entry that overtook a call which finds no session: of the session that this document last read; else the newest that
    /// is fresh, and was not settled before this document began, when nobody was signed in any more.
    pub fn overtaker(
        &self,
        last_read: Option<SessionId>,
        page_began: f64,
        now: f64,
    ) -> Option<&MarkEntry> {
        let is_read = |entry: &&MarkEntry| Some(entry.id) == last_read;
        let own = self.0.iter().find(is_read);
        own.or_else(|| {
            let mut newest = self.0.iter().rev();
            newest.find(|entry| entry.is_fresh(now) && !entry.had_settled(page_began))
        })
    }

    /// Whether a session was ended a moment ago, and before this document began.
    pub fn had_ended(&self, page_began: f64, now: f64) -> bool {
        let mut entries = self.0.iter();
        entries.any(|entry| entry.is_fresh(now) && entry.had_settled(page_began))
    }

    /// Whether some tab is signing out.
    pub fn is_signing_out(&self, now: f64) -> bool {
        self.0.iter().any(|entry| {
            // One from the future was written before the clock was set back.
            entry.leaving_since.unwrap_or(entry.at) <= now + ROUNDING_MS
                && now < entry.until
                && (entry.codes.is_none() || entry.leaving_since.is_some())
        })
    }
}

impl MarkEntry {
    fn is_fresh(&self, now: f64) -> bool {
        (now - self.at).abs() < FRESH_MS
    }

    fn had_settled(&self, page_began: f64) -> bool {
        self.settled_at
            .is_some_and(|settled_at| settled_at <= page_began + ROUNDING_MS)
    }

    /// The page begins to leave.
    pub fn leaves(&mut self, now: f64) {
        self.leaving_since = Some(now);
        self.until = now + LEAVING_MS;
    }

    /// The sign-out has settled; `left`: the page is on its way. The page after may begin before this one hides, so what
    /// counts is when it began to leave.
    pub fn settles(&mut self, codes: Codes, left: bool, now: f64) {
        let since = self.leaving_since.filter(|_| left);
        self.settled_at = Some(since.unwrap_or(now));
        self.codes = Some(codes);
        self.leaving_since = since;
    }

    /// Whether the tab that signs out still needs the access token, which no RevokeToken may kill: for GlobalSignOut, or to
    /// forget the device.
    pub fn holds_tokens(&self, now: f64) -> bool {
        (self.global || self.forget_device) && self.codes.is_none() && now < self.until
    }

    /// Whether the tab that signs out ends the hosted UI's own session too.
    pub fn ends_hosted_ui(&self) -> bool {
        self.redirecting || self.popup
    }
}

fn entry(json: &Json) -> Option<MarkEntry> {
    let number = |name: &str| json.get(name).and_then(Json::as_f64);
    let flag = |name: &str| number(name).is_some();
    let hash = |name: &str| {
        json.get(name)
            .and_then(Json::as_str)
            .and_then(SessionId::from_hex)
    };
    Some(MarkEntry {
        id: hash("h")?,
        at: number("t")?,
        until: number("u").unwrap_or(0.0),
        global: flag("g"),
        user: hash("s"),
        ended_at: number("d"),
        redirecting: flag("r"),
        leaving_since: number("l"),
        codes: json.get("o").and_then(codes),
        settled_at: number("e"),
        current: flag("c"),
        name: hash("n"),
        forget_device: flag("f"),
        hosted_ui: flag("w"),
        popup: flag("p"),
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
    let mut object = Object::default();
    object.text("h", &entry.id.to_hex());
    object.put("t", Json::Number(entry.at));
    object.put("u", Json::Number(entry.until));
    for (name, set) in [
        ("g", entry.global),
        ("r", entry.redirecting),
        ("c", entry.current),
        ("f", entry.forget_device),
        ("w", entry.hosted_ui),
        ("p", entry.popup),
    ] {
        object.number(name, set.then_some(1.0));
    }
    for (name, hash) in [("s", entry.user), ("n", entry.name)] {
        object.maybe(name, hash.map(SessionId::to_hex).as_deref());
    }
    object.number("d", entry.ended_at);
    object.number("l", entry.leaving_since);
    object.number("e", entry.settled_at);
    if let Some(codes) = entry.codes {
        let mut failed = Object::default();
        for (step, code) in STEPS.iter().zip(codes) {
            failed.maybe(step, code.map(AuthErrorCode::as_str));
        }
        object.put("o", failed.done());
    }
    object.done()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: f64 = 1_800_000_000_000.0;
    const HOUR: f64 = 3_600_000.0;

    fn ended(id: u64, at: f64) -> MarkEntry {
        MarkEntry {
            id: SessionId(id),
            at,
            until: at + 5000.0,
            global: false,
            user: None,
            ended_at: None,
            redirecting: false,
            leaving_since: None,
            codes: None,
            settled_at: None,
            current: false,
            name: None,
            forget_device: false,
            hosted_ui: false,
            popup: false,
        }
    }

    fn current(id: u64, at: f64) -> MarkEntry {
        MarkEntry {
            current: true,
            ..ended(id, at)
        }
    }

    fn ids(mark: &Mark) -> Vec<u64> {
        mark.0.iter().map(|entry| entry.id.0).collect()
    }

    #[test]
    fn it_keeps_the_newest() {
        let newest = MAX_ENTRIES as u64;
        let mut mark = Mark::default();
        for id in 0..newest + 2 {
            mark.put(ended(id, NOW));
        }
        assert_eq!(ids(&mark), (2..newest + 2).collect::<Vec<_>>());
        // The same session again takes the place of its older entry.
        mark.put(ended(4, NOW + 1.0));
        assert_eq!(mark.0.last().unwrap().id, SessionId(4));
        assert_eq!(mark.0.len(), MAX_ENTRIES);
        let twice = Mark([mark.0.clone(), mark.0].concat());
        assert_eq!(Mark::parse(&twice.to_text(), NOW).0.len(), MAX_ENTRIES);
    }

    /// As a sign-out writes them: further sessions, then the current one.
    fn ends(mark: &mut Mark, first: u64, others: u64, at: f64) {
        for id in 1..=others {
            mark.put(ended(first + id, at));
        }
        mark.put(current(first, at));
    }

    #[test]
    fn a_current_session_outlasts_further_ones() {
        for others in [0, 8, 30, 31, 39, 100] {
            // Its own, and those of another tab a moment later.
            let mut mark = Mark::default();
            ends(&mut mark, 1000, others, NOW);
            assert!(mark.has_ended(Some(SessionId(1000))), "{others}");
            ends(&mut mark, 2000, others, NOW + 5.0);
            for id in [1000, 2000] {
                assert!(mark.has_ended(Some(SessionId(id))), "{others}: {id}");
            }
            // Also if the clock was set back meanwhile, or what lies there comes from the future.
            ends(&mut mark, 3000, others, NOW - 2.0 * HOUR);
            assert!(mark.has_ended(Some(SessionId(3000))), "{others}");
            let read = Mark::parse(&mark.to_text(), NOW);
            assert_eq!(read, mark);
            assert!(mark.0.len() <= MAX_ENTRIES);
        }
    }

    #[test]
    fn old_current_sessions_make_room_for_further_ones_of_now() {
        let mut mark = Mark::default();
        for id in 1..=32 {
            mark.put(current(id, NOW - 2.0 * HOUR));
        }
        ends(&mut mark, 1000, 3, NOW);
        for id in 1000..=1003 {
            assert!(mark.has_ended(Some(SessionId(id))));
        }
    }

    #[test]
    fn what_was_only_heard_pushes_nothing_out() {
        let mut mark = Mark::default();
        ends(&mut mark, 1000, 31, NOW);
        let mut heard = Mark::default();
        ends(&mut heard, 1000, 0, NOW + 1.0);
        ends(&mut heard, 2000, 31, NOW);
        mark.add_unseen(heard);
        assert_eq!(mark.0.len(), 2 * MAX_ENTRIES - 1);
        assert_eq!(mark.entry(SessionId(1000)).unwrap().at, NOW);
    }

    #[test]
    fn an_entry_is_kept_for_a_day() {
        let mark = Mark(vec![
            ended(1, NOW - 24.0 * HOUR),
            ended(2, NOW - 24.0 * HOUR + 1.0),
            ended(3, NOW + 24.0 * HOUR - 1.0),
            ended(4, NOW + 24.0 * HOUR),
        ]);
        assert_eq!(ids(&Mark::parse(&mark.to_text(), NOW)), [2, 3]);
    }

    #[test]
    fn what_cannot_be_read_is_dropped_and_the_rest_is_kept() {
        let good = Json::Array(vec![json(&ended(7, NOW))]).to_text();
        let good = good.trim_start_matches('[').trim_end_matches(']');
        for bad in [
            "null",
            "{}",
            "42",
            "[]",
            r#"{"h":"7"}"#,
            r#"{"h":"000000000000000g","t":1}"#,
            r#"{"h":"0000000000000001"}"#,
            r#"{"h":1,"t":1}"#,
        ] {
            let text = ["[", bad, ",", good, "]"].concat();
            assert_eq!(ids(&Mark::parse(&text, NOW)), [7], "{bad}");
        }
        for bad in ["", "{", "null", "{}", "[", "7"] {
            assert_eq!(Mark::parse(bad, NOW), Mark::default());
        }
    }

    #[test]
    fn an_outcome_that_cannot_be_read_is_no_success() {
        let read = |outcome: &str| {
            let text = [
                "[{\"h\":\"0000000000000001\",\"t\":1800000000000,\"o\":",
                outcome,
                "}]",
            ];
            Mark::parse(&text.concat(), NOW).0.remove(0).codes
        };
        let unknown = Some(AuthErrorCode::Unknown);
        assert_eq!(read("{}"), Some([None; 4]));
        assert_eq!(
            read(r#"{"revokeToken":"aCodeOfALaterVersion"}"#),
            Some([unknown, None, None, None])
        );
        assert_eq!(
            read(r#"{"hostedUI":null}"#),
            Some([None, None, unknown, None])
        );
        for not_an_outcome in ["null", "1", "true", "[]", "\"\""] {
            assert_eq!(read(not_an_outcome), None, "{not_an_outcome}");
        }
    }

    #[test]
    fn a_session_without_identity_never_matches() {
        let mark = Mark(vec![ended(1, NOW)]);
        assert!(mark.has_ended(Some(SessionId(1))));
        assert!(!mark.has_ended(Some(SessionId(2))));
        assert!(!mark.has_ended(None));
    }

    #[test]
    fn update_and_remove_touch_one_session() {
        let mut mark = Mark(vec![ended(1, NOW), ended(2, NOW)]);
        mark.update(SessionId(2), |entry| entry.codes = Some([None; 4]));
        mark.update(SessionId(3), |entry| entry.at = 0.0);
        assert_eq!(mark.0[0], ended(1, NOW));
        assert_eq!(mark.0[1].codes, Some([None; 4]));
        mark.remove(SessionId(1));
        assert_eq!(ids(&mark), [2]);
    }

    #[test]
    fn it_was_overtaken_by_a_fresh_entry_or_by_one_of_the_session_last_read() {
        let mark = Mark(vec![ended(1, NOW - HOUR), ended(2, NOW - 29_999.0)]);
        let by = |last_read: Option<u64>, now| {
            let entry = mark.overtaker(last_read.map(SessionId), NOW - HOUR, now);
            entry.map(|entry| entry.id.0)
        };
        assert_eq!(by(None, NOW), Some(2));
        assert_eq!(by(None, NOW + 1.0), None);
        assert_eq!(by(Some(1), NOW + 1.0), Some(1));
        assert_eq!(by(Some(3), NOW + 1.0), None);
        // A clock that was set back an hour makes nothing fresh.
        assert_eq!(by(None, NOW - 2.0 * HOUR), None);
    }

    #[test]
    fn what_settled_before_the_page_began_overtakes_nothing() {
        let by = |entry: &MarkEntry, last_read: Option<u64>, page_began| {
            let mark = Mark(vec![*entry]);
            let last_read = last_read.map(SessionId);
            mark.overtaker(last_read, page_began, NOW + 5000.0)
                .is_some()
        };
        let mut entry = ended(1, NOW);
        // It still runs, or its page went away: nobody has said that it settled.
        assert!(by(&entry, None, NOW + 4000.0));
        entry.codes = Some([Some(AuthErrorCode::Unconfirmed), None, None, None]);
        assert!(by(&entry, None, NOW + 4000.0));
        entry.settles([None; 4], false, NOW + 2000.0);
        assert_eq!(entry.settled_at, Some(NOW + 2000.0));
        assert!(!by(&entry, None, NOW + 2000.0));
        assert!(!by(&entry, None, NOW + 4000.0));
        // The page was there before: it may have shown the user.
        assert!(by(&entry, None, NOW + 1000.0));
        let ended = |page_began| Mark(vec![entry]).had_ended(page_began, NOW + 5000.0);
        assert!(ended(NOW + 4000.0) && !ended(NOW + 1000.0));
        // It did: it had read the session.
        assert!(by(&entry, Some(1), NOW + 4000.0));
        // Clocks are rounded.
        assert!(!by(&entry, None, NOW + 1999.9));
    }

    #[test]
    fn a_sign_out_that_left_settled_when_it_began_to_leave() {
        let mut entry = ended(1, NOW);
        entry.leaves(NOW + 100.0);
        // The page after began at NOW + 101, before this one was hidden.
        entry.settles([None; 4], true, NOW + 900.0);
        assert_eq!(entry.settled_at, Some(NOW + 100.0));
        assert_eq!(entry.leaving_since, Some(NOW + 100.0));
        assert!(
            Mark(vec![entry])
                .overtaker(None, NOW + 101.0, NOW + 2000.0)
                .is_none()
        );
        // It could not be left after all.
        entry.settles([None; 4], false, NOW + 900.0);
        assert_eq!(entry.settled_at, Some(NOW + 900.0));
        assert_eq!(entry.leaving_since, None);
    }

    #[test]
    fn some_tab_signs_out_until_it_settles_or_its_time_is_over() {
        let signing_out = |entry: &MarkEntry, now| Mark(vec![*entry]).is_signing_out(now);
        let mut entry = ended(1, NOW);
        assert!(signing_out(&entry, NOW));
        assert!(signing_out(&entry, NOW + 4999.0));
        assert!(!signing_out(&entry, NOW + 5000.0));
        entry.codes = Some([None; 4]);
        assert!(!signing_out(&entry, NOW));
        // A redirect: settled in `pagehide`, and on its way for 30 seconds at most.
        entry.leaves(NOW + 100.0);
        assert!(signing_out(&entry, NOW + 30_099.0));
        assert!(!signing_out(&entry, NOW + 30_100.0));
        assert!(!Mark::default().is_signing_out(NOW));
    }

    fn any_entry() -> impl Strategy<Value = MarkEntry> {
        let time = || (0u32..1_000_000).prop_map(|ms| NOW + f64::from(ms));
        let code = || {
            let all: Vec<_> = AuthErrorCode::all().collect();
            prop::option::of(prop::sample::select(all))
        };
        let codes = [code(), code(), code(), code()];
        (
            (any::<u64>(), time(), time(), any::<bool>()),
            (
                prop::option::of(any::<u64>().prop_map(SessionId)),
                prop::option::of(time()),
                any::<bool>(),
                prop::option::of(time()),
                prop::option::of(codes),
            ),
            (
                prop::option::of(time()),
                prop::option::of(any::<u64>().prop_map(SessionId)),
                any::<[bool; 4]>(),
            ),
        )
            .prop_map(|((id, at, until, global), rest, more)| {
                let (user, ended_at, redirecting, leaving_since, codes) = rest;
                let (settled_at, name, [current, forget_device, hosted_ui, popup]) = more;
                MarkEntry {
                    id: SessionId(id),
                    at,
                    until,
                    global,
                    user,
                    ended_at,
                    redirecting,
                    leaving_since,
                    codes,
                    settled_at,
                    current,
                    name,
                    forget_device,
                    hosted_ui,
                    popup,
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in prop::collection::vec(any_entry(), 0..=MAX_ENTRIES)) {
            let mark = Mark(entries);
            prop_assert_eq!(Mark::parse(&mark.to_text(), NOW), mark);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), now in any::<f64>()) {
            let mark = Mark::parse(&text, now);
            mark.is_signing_out(now);
            mark.overtaker(None, now, now);
        }
    }
}
