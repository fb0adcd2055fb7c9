//! The records in the browser's storages and the messages of other tabs, spoiled and read by the
//! engine: the mark of ended sessions, the result for the page after a redirect, the time of a
//! retry, the report of a popup.

use std::rc::Rc;

use cognito_signout::internals::engine::Engine;
use cognito_signout::internals::engine::io::{
    Access, Call, CallId, Effect, Input, Now, Page, PageView, Place, PopupView, Record, Reply,
    SignOutCall, StoreAnswer,
};
use cognito_signout::internals::engine::outcome::Returned;
use cognito_signout::internals::engine::tables::Mark;
use cognito_signout::internals::layout::{Snapshot, amplify};
use cognito_signout::internals::protocol::Response;
use cognito_signout::{Config, HostedUiMode, Secret, SignInMethod, SignOutOptions, Tokens};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::hostile::{misshapen, spoiled, written};
use crate::support::access_token;

const NOW: f64 = 1_800_000_000_000.0;
const KEPT_MS: f64 = 600_000.0;
const DAY_MS: f64 = 86_400_000.0;
const BACK: &str = "https://app.example.com/";
const LOGOUT: &str =
    "https://auth.example.com/logout?client_id=client1&logout_uri=https%3A%2F%2Fapp.example.com%2F";
const WINDOW: u32 = 7;

/// A page with its engine, and the effects so far.
struct Tab {
    engine: Engine,
    ended: Option<String>,
    retried: Option<String>,
    view: PageView,
    store: Snapshot,
    replies: Vec<(CallId, Reply)>,
    /// The record of a redirect, as last written.
    record: Option<String>,
    nonce: Option<String>,
    tells: usize,
    is_left: bool,
}

impl Tab {
    fn new(view: PageView, ended: Option<String>, retried: Option<String>, store: Snapshot) -> Tab {
        let config = json!({
            "userPoolId": "eu-central-1_AbC123", "userPoolClientId": "client1",
            "hostedUI": { "domain": "auth.example.com", "redirectSignOut": [BACK] },
        });
        let config = Config::from_json(&config.to_string()).unwrap();
        let page = Page {
            exists: true,
            began: NOW,
            ..Page::default()
        };
        let mut engine = Engine::new(page, [1, 2, 3, 4]);
        let places = vec![Place {
            access: Access::Direct,
            shared: true,
        }];
        engine.add(1, config, places, false);
        let mut tab = Tab {
            engine,
            ended,
            retried,
            view,
            store,
            replies: Vec::new(),
            record: None,
            nonce: None,
            tells: 0,
            is_left: false,
        };
        tab.step(Input::Added(1));
        tab
    }

    fn call(&mut self, id: CallId, call: Call) -> Vec<Reply> {
        self.step(Input::Call(1, id, call));
        self.replies_to(id)
    }

    fn replies_to(&self, id: CallId) -> Vec<Reply> {
        let replies = self.replies.iter().filter(|reply| reply.0 == id);
        replies.map(|reply| reply.1.clone()).collect()
    }

    fn step(&mut self, input: Input) {
        let mut inputs = vec![input];
        let mut steps = 0;
        while !inputs.is_empty() {
            steps += 1;
            assert!(steps < 1000, "the engine never comes to rest");
            let now = Now {
                wall: NOW,
                online: true,
                ended: self.ended.clone(),
                retried: self.retried.clone(),
                ..Now::default()
            };
            for effect in self.engine.step(now, inputs.remove(0)) {
                inputs.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        let stored = |id, answer| Some(Input::Stored(id, Ok(answer)));
        match effect {
            Effect::List(id, _) => {
                let names: Vec<&str> = self.store.iter().map(|entry| entry.0.as_str()).collect();
                stored(id, StoreAnswer::Names(names.join("\0")))
            }
            Effect::Get(id, _, keys) => {
                let found = self.store.iter().filter(|entry| keys.contains(&entry.0));
                stored(id, StoreAnswer::Values(found.cloned().collect()))
            }
            Effect::Change(id, _, keys, entries) => {
                self.store.retain(|entry| !keys.contains(&entry.0));
                self.store.extend(entries);
                stored(id, StoreAnswer::Changed)
            }
            Effect::LookAtPage(id) => Some(Input::PageSeen(id, Box::new(self.view.clone()))),
            Effect::Lock(id) => Some(Input::Locked(id)),
            Effect::Send(id, _) => {
                let answer = Response {
                    status: 200,
                    body: "{}".into(),
                    ..Response::default()
                };
                Some(Input::Answered(id, Ok(Box::new(answer))))
            }
            Effect::OpenPopup(id) => Some(Input::PopupOpened(id, Some(WINDOW))),
            Effect::SendPopup(id, _, nonce, _) => {
                self.nonce = Some(nonce);
                Some(Input::PopupSent(id, true))
            }
            Effect::LookAtPopup(id, _) => Some(Input::PopupSeen(id, PopupView::Away)),
            Effect::Write(Record::Ended, text) => {
                self.ended = text;
                None
            }
            Effect::Write(Record::Retried, text) => {
                self.retried = text;
                None
            }
            Effect::Write(Record::Return, text) => {
                self.view.record = text.clone();
                self.record = text;
                None
            }
            Effect::Settle(call, reply) => {
                self.replies.push((call, reply));
                None
            }
            Effect::Tell(..) => {
                self.tells += 1;
                None
            }
            Effect::Leave(..) => {
                self.is_left = true;
                None
            }
            _ => None,
        }
    }

    fn take_result(&mut self) -> Option<Rc<Returned>> {
        match &self.call(90, Call::TakeSignOutResult)[..] {
            [Reply::Returned(returned)] => returned.clone(),
            _ => panic!("the call is answered once, with a result or with none"),
        }
    }
}

/// The page after the hosted UI's redirect.
fn returned_to(record: Option<String>) -> PageView {
    PageView {
        url: BACK.to_owned(),
        navigation: Some("navigate".to_owned()),
        referrer: "https://auth.example.com/".to_owned(),
        record,
        ..PageView::default()
    }
}

/// A session of the hosted UI, as Amplify stores it.
fn session(username: &str) -> Snapshot {
    let tokens = Tokens::new(Secret::new(access_token()))
        .with_refresh_token("refresh")
        .with_username(username)
        .with_sign_in_method(SignInMethod::HostedUi);
    amplify::entries("client1", &tokens).set
}

fn sign_out(mode: HostedUiMode, app_state: Option<String>) -> Call {
    Call::SignOut(Box::new(SignOutCall {
        options: SignOutOptions {
            hosted_ui: mode,
            ..SignOutOptions::default()
        },
        navigate: None,
        signal: None,
        aborted: false,
        app_state,
        popup: None,
        removed: None,
        url: BACK.to_owned(),
    }))
}

fn result() -> Value {
    json!({
        "status": "complete", "signedOutLocally": true, "wasSignedIn": true, "logoutUrl": LOGOUT,
        "steps": [{ "step": "clear", "outcome": "ok", "attempts": 0, "startedAtMs": 0, "durationMs": 1 },
            { "step": "navigate", "outcome": "ok", "attempts": 0, "startedAtMs": 1, "durationMs": 2 }],
    })
}

/// The record of a redirect.
fn record() -> Value {
    json!({
        "at": NOW - 5000.0, "url": LOGOUT, "back": BACK, "ids": ["0000000000000001"], "result": result(),
        "appState": "{\"to\":\"/\"}", "left": "ours", "entry": "entry-1",
    })
}

/// The mark of ended sessions.
fn mark() -> Value {
    json!([
        { "h": "0000000000000001", "t": NOW - 5000.0, "u": NOW, "g": 1, "s": "00000000000000aa", "d": NOW - 4000.0 },
        { "h": "0000000000000002", "t": NOW - 100.0, "u": NOW + 4900.0, "c": 1, "r": 1, "l": NOW - 50.0,
            "o": { "revokeToken": "network", "hostedUI": "aCodeOfALaterVersion" } },
    ])
}

fn spoiled_json(valid: Value) -> impl Strategy<Value = String> {
    let valid = (misshapen(Just(valid)), any::<u64>());
    spoiled(valid.prop_map(|(value, seed)| written(&value, seed)))
}

/// The time in a record of a retry.
fn any_time() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => spoiled((NOW as u64 - 700_000..NOW as u64 + 700_000).prop_map(|at| at.to_string())),
        1 => spoiled_json(json!(NOW)),
        1 => ".{0,12}",
    ]
}

proptest! {
    /// With any records, every call settles once, and taking the result removes the record. The
    /// result is complete only if the record says so and the page left by our navigation.
    #[test]
    fn a_result_is_never_better_than_recorded(
        record in spoiled_json(record()),
        ended in prop::option::of(spoiled_json(mark())),
        retried in prop::option::of(any_time()),
    ) {
        let mut tab = Tab::new(returned_to(Some(record.clone())), ended, retried, session("jane"));
        prop_assert_eq!(tab.call(1, Call::Open).len(), 1);
        prop_assert_eq!(tab.call(2, Call::LoadTokens).len(), 1);
        let returned = tab.take_result();
        let again = tab.take_result_again();
        prop_assert_eq!(again.is_some(), returned.is_some());
        let Some(returned) = returned else { return Ok(()) };
        prop_assert_eq!(tab.record, None);
        prop_assert!((NOW - returned.at).abs() < KEPT_MS);
        let Ok(theirs) = serde_json::from_str::<Value>(&record) else { return Ok(()) };
        prop_assert_eq!(Some(returned.at), theirs["at"].as_f64());
        prop_assert_eq!(returned.app_state.as_deref(), theirs["appState"].as_str());
        let status = returned.result.get("status").and_then(|status| status.as_str());
        if status == Some("complete") {
            prop_assert_eq!(theirs["result"]["status"].as_str(), Some("complete"));
            prop_assert!(theirs["left"] == "ours" || theirs["came"] == "completed", "{record}");
        } else if theirs["result"].is_object() && theirs["left"] != "ours" && theirs["came"] != "completed" {
            prop_assert_eq!(status, Some("partial"));
        }
    }

    /// Other texts give no result.
    #[test]
    fn no_text_is_a_record(record in prop_oneof![any::<String>(), any_time(), spoiled_json(mark()), spoiled_json(result())]) {
        let mut tab = Tab::new(returned_to(Some(record)), None, None, Vec::new());
        prop_assert!(tab.take_result().is_none());
    }

    /// The next page reads the result and the app state exactly as the page before wrote them.
    #[test]
    fn the_next_page_reads_what_was_written(app_state in prop::option::of(any::<String>()), username in "[^\\x00]{1,12}") {
        let mut before = Tab::new(returned_to(None), None, None, session(&username));
        before.call(1, sign_out(HostedUiMode::Redirect, app_state.clone()));
        prop_assert!(before.is_left);
        before.step(Input::PageHidden(None));
        let record = before.record.clone();
        prop_assert!(record.is_some());
        let written: Value = serde_json::from_str(record.as_deref().unwrap()).unwrap();
        prop_assert_eq!(&written["left"], "ours");
        prop_assert!(!record.as_deref().unwrap().contains(&access_token()));
        let mut after = Tab::new(returned_to(record), before.ended, None, before.store);
        let returned = after.take_result().unwrap();
        let read: Value = serde_json::from_str(&returned.result.to_text()).unwrap();
        prop_assert_eq!(read, written["result"].clone());
        prop_assert_eq!(&returned.app_state, &app_state);
        // The sign-out is over for all tabs.
        prop_assert!(!Mark::parse(after.ended.as_deref().unwrap(), NOW).is_signing_out(NOW));
    }

    /// Only a retry in the last ten minutes prevents another one.
    #[test]
    fn only_a_recent_retry_prevents_another(retried in prop::option::of(any_time())) {
        let mut record = record();
        record["came"] = json!("notCompleted");
        let mut tab = Tab::new(returned_to(Some(record.to_string())), None, retried.clone(), Vec::new());
        let returned = tab.take_result().unwrap();
        let at = retried.and_then(|text| serde_json::from_str::<f64>(&text).ok());
        let is_recent = at.is_some_and(|at| (NOW - at).abs() < KEPT_MS);
        prop_assert_eq!(returned.retry.is_none(), is_recent);
    }

    /// Only a report with the popup's own nonce and a known name ends the popup.
    #[test]
    fn only_its_own_report_ends_a_popup(
        found in select(&["completed", "notCompleted", "unconfirmed", "Completed", "ours", ""][..]),
        changes in spoiled(Just("#".to_owned())),
        is_spoiled in any::<bool>(),
        other in spoiled_json(mark()),
    ) {
        let mut tab = Tab::new(returned_to(None), None, None, session("jane"));
        tab.call(1, sign_out(HostedUiMode::Popup, None));
        let nonce = tab.nonce.clone().unwrap();
        prop_assert!(tab.replies_to(1).is_empty());
        for text in [other, "popup".to_owned(), ["popup completed ", &nonce[1..]].concat()] {
            tab.step(Input::Heard(text));
            prop_assert!(tab.replies_to(1).is_empty());
        }
        let nonce = if is_spoiled { changes.replace('#', &nonce) } else { nonce };
        tab.step(Input::Heard(["popup ", found, " ", &nonce].concat()));
        let is_known = ["completed", "notCompleted", "unconfirmed"].contains(&found);
        let is_ours = Some(&nonce) == tab.nonce.as_ref();
        let replies = tab.replies_to(1);
        prop_assert_eq!(replies.len(), usize::from(is_known && is_ours));
        if let Some(Reply::SignedOut(outcome)) = replies.first() {
            prop_assert_eq!(outcome.hosted_ui_error.is_none(), found == "completed");
        }
    }

    /// Messages of other tabs end only the sessions that they name.
    #[test]
    fn a_message_ends_only_the_sessions_it_names(text in prop_oneof![spoiled_json(mark()), any::<String>(), any_time()]) {
        let mut tab = Tab::new(returned_to(None), None, None, session("jane"));
        tab.call(1, Call::LoadTokens);
        let named = Mark::parse(&text, NOW).0.len();
        tab.step(Input::Heard(text));
        prop_assert!(tab.tells <= named, "{} of {named}", tab.tells);
        // They do not name the session that is stored here.
        prop_assert_eq!(tab.tells, 0);
        match &tab.call(2, Call::LoadTokens)[..] {
            [Reply::Tokens(Some(_))] => {}
            _ => prop_assert!(false, "a foreign mark signs nobody out"),
        }
    }

    /// Kept entries are those of the text, from the last day, with an id of sixteen digits.
    /// Writing and reading gives the same mark, and its text stays small.
    #[test]
    fn a_spoiled_mark_keeps_its_readable_entries(text in spoiled_json(mark())) {
        let mark = Mark::parse(&text, NOW);
        for entry in &mark.0 {
            prop_assert!((NOW - entry.at).abs() < DAY_MS);
        }
        if let Ok(theirs) = serde_json::from_str::<Value>(&text) {
            let is_hash = |value: &Value| {
                let text = value.as_str().unwrap_or_default();
                text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            };
            let kept = theirs.as_array().into_iter().flatten().filter(|entry| {
                is_hash(&entry["h"]) && entry["t"].as_f64().is_some_and(|at| (NOW - at).abs() < DAY_MS)
            });
            let ids: Vec<String> = kept.map(|entry| entry["h"].as_str().unwrap().to_ascii_lowercase()).collect();
            let read: Vec<String> = mark.0.iter().map(|entry| entry.id.to_hex()).collect();
            prop_assert_eq!(read, ids);
            // An unknown code is not a success.
            for (entry, theirs) in mark.0.iter().zip(theirs.as_array().into_iter().flatten()) {
                if mark.0.len() == theirs.as_array().map_or(2, Vec::len) && theirs["o"]["hostedUI"].is_string() {
                    prop_assert!(entry.codes.is_none_or(|codes| codes[2].is_some()));
                }
            }
        }
        let again = mark.to_text();
        prop_assert!(again.len() <= mark.0.len() * 600 + 2);
        let read = Mark::parse(&again, NOW);
        prop_assert_eq!(read.0.len(), mark.0.len());
        for (read, first) in read.0.iter().zip(&mark.0) {
            prop_assert_eq!((read.id, read.codes, read.current, read.user), (first.id, first.codes, first.current, first.user));
        }
        // Times are whole milliseconds. An infinite one is written as `null`.
        let is_whole = |at: f64| at.fract() == 0.0 && at.abs() < 9e15;
        let times = mark.0.iter().flat_map(|entry| [Some(entry.at), Some(entry.until), entry.ended_at, entry.leaving_since]);
        if times.flatten().all(is_whole) {
            prop_assert_eq!(read, mark);
        }
    }
}

impl Tab {
    /// All calls in one document get the same result.
    fn take_result_again(&mut self) -> Option<Rc<Returned>> {
        match &self.call(91, Call::TakeSignOutResult)[..] {
            [Reply::Returned(returned)] => returned.clone(),
            _ => None,
        }
    }
}

/// 100 KB in each record: the mark keeps its limit, and only a readable record gives a result.
#[test]
fn large_hostile_records() {
    const LENGTH: usize = 100_000;
    let entry = r#"{"h":"0000000000000001","t":1800000000000},"#;
    let many = ["[", &entry.repeat(LENGTH / entry.len()), "{}]"].concat();
    let ids = ["\"0000000000000001\",".repeat(LENGTH / 20), "0".to_owned()].concat();
    let record = ["{\"at\":1800000000000,\"result\":{},\"ids\":[", &ids, "]}"].concat();
    let deep = "[".repeat(LENGTH);
    for ended in [&many, &deep, &record] {
        assert!(Mark::parse(ended, NOW).0.len() <= 32);
        for record in [&many, &deep, &record] {
            let view = returned_to(Some(record.clone()));
            let mut tab = Tab::new(view, Some(ended.clone()), Some(deep.clone()), Vec::new());
            tab.step(Input::Heard(many.clone()));
            assert_eq!(tab.take_result().is_some(), record.contains("result"));
            assert!(tab.ended.unwrap().len() <= ended.len());
        }
    }
}
