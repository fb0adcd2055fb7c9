//! The mark: which sessions were ended, so that no tab and no refresh in flight brings one back.
//!
//! It lies in localStorage under `cognito-signout.<clientId>.ended`, holds no token, and each entry
//! is dropped after 24 hours. The JavaScript face reads `u`, `o` and `l` of it for `isSigningOut`, and writes one where it has
//! no engine.

use crate::error::AuthErrorCode;
use crate::json::Json;
use crate::object::Object;
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

    /// The newest ones are kept.
    fn push(&mut self, entry: MarkEntry) {
        if self.0.len() >= MAX_ENTRIES {
            self.0.remove(0);
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
    let mut object = Object::default();
    object.text("h", &entry.id.to_hex());
    object.put("t", Json::Number(entry.at));
    object.put("u", Json::Number(entry.until));
    object.number("g", entry.global.then_some(1.0));
    if let Some(user) = entry.user {
        object.text("s", &user.to_hex());
    }
    object.number("d", entry.ended_at);
    object.number("r", entry.redirecting.then_some(1.0));
    object.number("l", entry.leaving_since);
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
        }
    }

    fn ids(mark: &Mark) -> Vec<u64> {
        mark.0.iter().map(|entry| entry.id.0).collect()
    }

    #[test]
    fn it_keeps_the_newest_eight() {
        let mut mark = Mark::default();
        for id in 0..10 {
            mark.put(ended(id, NOW));
        }
        assert_eq!(ids(&mark), [2, 3, 4, 5, 6, 7, 8, 9]);
        // The same session again takes the place of its older entry.
        mark.put(ended(4, NOW + 1.0));
        assert_eq!(ids(&mark), [2, 3, 5, 6, 7, 8, 9, 4]);
        let twice = Mark([mark.0.clone(), mark.0].concat());
        assert_eq!(Mark::parse(&twice.to_text(), NOW).0.len(), MAX_ENTRIES);
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
            let entry = mark.overtaker(last_read.map(SessionId), now);
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
    fn some_tab_signs_out_until_it_settles_or_its_time_is_over() {
        let signing_out = |entry: &MarkEntry, now| Mark(vec![entry.clone()]).is_signing_out(now);
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
        )
            .prop_map(|((id, at, until, global), rest)| {
                let (user, ended_at, redirecting, leaving_since, codes) = rest;
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
            mark.overtaker(None, now);
        }

        #[test]
        fn nothing_that_looks_like_a_mark_makes_it_panic(
            text in "[\\[\\]{}\":,htuogsdlr0-9a-f.eE+-]{0,80}",
            now in any::<f64>(),
        ) {
            let mark = Mark::parse(&["[{\"h\":\"0123456789abcdef\",\"t\":", &text, "}]"].concat(), now);
            prop_assert!(mark.0.len() <= MAX_ENTRIES);
            Mark::parse(&mark.to_text(), now);
        }
    }
}
