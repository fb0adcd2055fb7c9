//! Leaving the page for the hosted UI, and coming back: the record for the page after, how this page went away, and how it was
//! reached.

use std::rc::Rc;

use super::ended::EndedSessions;
use super::io::{Effect, EntryBefore, Now, Page, PageView, Record};
use super::outcome::{Outcome, Returned, failed_json, hosted_ui_error};
use super::target::LogoutTarget;
use crate::engine::tables::{
    Arrival, Departure, NavigationType, Previous, Referrer, Return, Status, Watch,
};
use crate::error::{AuthError, AuthErrorCode};
use crate::json::Json;
use crate::object::{Object, text};
use crate::outcome::{StepName, StepOutcome};
use crate::protocol::logout_url;
use crate::session::SessionId;

/// How long the record is kept, in milliseconds.
const KEPT_MS: f64 = 600_000.0;
/// What the report of a popup's page begins with.
const REPORT: &str = "popup ";

/// One leave, from our navigation until `pagehide`. That proves that the page left, not where to.
struct Leaving {
    /// Where the hosted UI ends its session, without the query.
    logout: String,
    /// Our navigation was seen.
    is_seen: bool,
    watch: Watch,
    /// What `pagehide` made of it, and the entry that the page left.
    judged: Option<(Departure, Option<String>)>,
}

/// What this document knows of leaving and of coming back.
#[derive(Default)]
pub struct Returns {
    /// The record as this document wrote it last.
    record: Option<Json>,
    /// When a retry left this tab.
    retried_at: Option<f64>,
    /// The result of the page before, once it was taken.
    taken: Option<Rc<Returned>>,
    /// The return of a redirect or a popup was looked for in this document.
    is_seen: bool,
    /// This document left, or tried to: its record is not for itself.
    left_here: bool,
    /// The page came back from the back-forward cache.
    restored: bool,
    leaving: Option<Leaving>,
}

/// A result that was taken: what it is, and the way out where it can be left for once more.
pub type Taken = (Returned, Option<LogoutTarget>);

impl Returns {
    /// A step begins.
    pub fn look(&mut self, now: &Now) {
        let retried = now.retried.as_deref().and_then(Json::parse);
        self.retried_at = retried.and_then(|at| at.as_f64());
    }

    // ---- leaving

    /// The page begins to leave.
    pub fn leave(&mut self, target: &LogoutTarget) {
        self.left_here = true;
        let logout = target.url.split_inclusive('?').next();
        self.leaving = Some(Leaving {
            logout: logout.unwrap_or_default().to_owned(),
            is_seen: false,
            watch: Watch::default(),
            judged: None,
        });
    }

    /// The page stays.
    pub fn stay(&mut self, out: &mut Vec<Effect>) {
        self.leaving = None;
        out.push(Effect::Stay);
    }

    /// Whether this document left, or tried to.
    pub fn left_here(&self) -> bool {
        self.left_here
    }

    /// Whether it is still to be seen how the page goes away.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// `beforeunload`
    pub fn unloading(&mut self) {
        if let Some(leaving) = &mut self.leaving {
            leaving.watch.before_unload();
        }
    }

    /// A navigation to another document, once all listeners have seen it.
    pub fn navigation_seen(&mut self, url: &str, is_ours: bool, stays: bool) {
        let Some(leaving) = &mut self.leaving else {
            return;
        };
        let is_ours = is_ours || url.starts_with(&leaving.logout);
        if is_ours && !leaving.is_seen {
            // Where the app prevented ours, nobody is on the way to the hosted UI.
            leaving.is_seen = !stays;
        } else if !stays {
            leaving.watch.foreign_navigation();
        }
    }

    /// How the page goes away, as far as it was seen up to now.
    pub fn departure(&self, page: &Page) -> Departure {
        let Some(leaving) = &self.leaving else {
            return Departure::Unseen;
        };
        match leaving.watch.departure() {
            // The browser tells of navigations, and none of them was ours.
            Departure::Ours if page.tells_navigations && !leaving.is_seen => Departure::Unseen,
            departure => departure,
        }
    }

    /// The page goes away: judges how, once, and puts that into the record.
    pub fn depart(
        &mut self,
        page: &Page,
        entry: Option<String>,
        out: &mut Vec<Effect>,
    ) -> Departure {
        let departure = self.departure(page);
        let Some(leaving) = &mut self.leaving else {
            return Departure::Unseen;
        };
        if leaving.judged.is_none() {
            leaving.judged = Some((departure, entry));
            if self.record.is_some() {
                self.write(out);
            }
        }
        self.departed().0
    }

    fn departed(&self) -> (Departure, Option<String>) {
        let judged = self.leaving.as_ref().and_then(|it| it.judged.clone());
        judged.unwrap_or((Departure::Unseen, None))
    }

    /// Stores the record; without sessionStorage the page after learns nothing.
    pub fn save(
        &mut self,
        now: &Now,
        target: &LogoutTarget,
        ids: &[SessionId],
        (outcome, app_state): (&Outcome, Option<&str>),
        out: &mut Vec<Effect>,
    ) {
        let mut list = Vec::new();
        for id in ids {
            list.push(Json::String(id.to_hex()));
        }
        let mut fields = Object::default();
        fields.put("at", Json::Number(now.wall));
        fields.text("url", &target.url);
        fields.text("back", &target.back);
        fields.put("ids", Json::Array(list));
        fields.put("result", outcome.json());
        fields.maybe("appState", app_state);
        self.record = Some(fields.done());
        self.write(out);
    }

    /// Writes the record, with how the page went away once that is judged.
    fn write(&mut self, out: &mut Vec<Effect>) {
        let (departure, entry) = self.departed();
        if let Some(record) = &mut self.record {
            if departure != Departure::Unseen {
                set(record, "left", text(departure.as_str()));
            }
            if let Some(entry) = entry {
                set(record, "entry", Json::String(entry));
            }
            out.push(Effect::Write(Record::Return, Some(record.to_text())));
        }
    }

    /// Forgets the record.
    pub fn forget(&mut self, out: &mut Vec<Effect>) {
        self.taken = None;
        self.record = None;
        out.push(Effect::Write(Record::Return, None));
    }

    /// Whether results have a `retry`: not for ten minutes after one left this tab, or apps that call it on load would loop.
    pub fn may_retry(&self, now: &Now) -> bool {
        self.retried_at
            .is_none_or(|at| (now.wall - at).abs() >= KEPT_MS)
    }

    /// A retry leaves this tab; or it did not, or a new session starts afresh.
    pub fn note_retry(&mut self, leaves: bool, now: &Now, out: &mut Vec<Effect>) {
        self.retried_at = leaves.then_some(now.wall);
        let text = self.retried_at.map(|at| Json::Number(at).to_text());
        out.push(Effect::Write(Record::Retried, text));
    }

    // ---- coming back

    /// Whether the return is still to be looked for.
    pub fn is_due(&self) -> bool {
        !self.left_here && !self.is_seen
    }

    /// Reached again by back or forward: what its navigation entry says is of before. It may be the tab that left, after the
    /// return, or a page of it from before that.
    pub fn restore(&mut self, out: &mut Vec<Effect>) {
        self.left_here = false;
        self.restored = true;
        self.is_seen = false;
        self.stay(out);
    }

    /// In the tab that left, after the return: the sign-out is over for every tab. Gives the record with what was seen.
    pub fn arrive(
        &mut self,
        page: &Page,
        view: &PageView,
        now: &Now,
        ended: &mut EndedSessions,
        hosted_ui: &str,
        out: &mut Vec<Effect>,
    ) -> Option<Json> {
        if !self.is_due() {
            return stored(view, now);
        }
        self.is_seen = true;
        // A frame shares the storage of its page, which speaks for itself.
        if let Some(nonce) = view.popup.as_ref().filter(|_| !page.framed) {
            let found = popup_arrival(view, hosted_ui).judge();
            let report = [REPORT, found.as_str(), " ", nonce].concat();
            out.push(Effect::Write(Record::Popup, None));
            out.push(Effect::Broadcast(report.clone()));
            // Where there are no channels the storage event brings it.
            out.push(Effect::Write(Record::PopupReport, Some(report)));
            out.push(Effect::CloseWindow);
        }
        let mut record = stored(view, now)?;
        // A window that was opened while the page left has a copy: nobody left from there.
        if record.get("left").is_none() && view.is_first {
            out.push(Effect::Write(Record::Return, None));
            return None;
        }
        // The first page knows best: the next one may ask for the result. A frame was not led here.
        if !page.framed {
            let came = self.judge(view, &record);
            set(&mut record, "came", text(came.as_str()));
            out.push(Effect::Write(Record::Return, Some(record.to_text())));
        }
        let ids = record.get("ids").map(Json::items).unwrap_or_default();
        ended.change(now, out, &mut |mark| {
            for id in ids {
                if let Some(id) = id.as_str().and_then(SessionId::from_hex) {
                    mark.update(id, |entry| {
                        entry.leaving_since = None;
                        entry.until = 0.0;
                    });
                }
            }
        });
        Some(record)
    }

    /// What was taken in this document before.
    pub fn taken(&self) -> Option<Rc<Returned>> {
        self.taken.clone()
    }

    /// Keeps what is taken, so that every call in one document gets the same.
    pub fn keep(&mut self, taken: Rc<Returned>) {
        self.taken = Some(taken);
    }

    /// Takes the record: none after a reload.
    pub fn take(
        &mut self,
        view: &PageView,
        record: &Json,
        now: &Now,
        out: &mut Vec<Effect>,
    ) -> Option<Taken> {
        out.push(Effect::Write(Record::Return, None));
        let field = |name: &str| record.get(name).and_then(Json::as_str);
        let target = LogoutTarget {
            url: field("url").unwrap_or_default().to_owned(),
            back: field("back").unwrap_or_default().to_owned(),
        };
        let mut returned = Returned {
            at: record.get("at").and_then(Json::as_f64).unwrap_or(0.0),
            result: record.get("result").cloned()?,
            app_state: field("appState").map(str::to_owned),
            retry: None,
        };
        let error = match self.judge(view, record) {
            Return::Completed => {
                if !is_at(view, &target.back) {
                    change_step(
                        &mut returned.result,
                        "reason",
                        "returned at another address",
                    );
                }
                return Some((returned, None));
            }
            Return::NotCompleted => AuthError::new(AuthErrorCode::RedirectNotCompleted).say(
                [
                    "Cognito did not send the browser back; check the allowed sign-out URLs for ",
                    &target.back,
                    ".",
                ]
                .concat(),
            ),
            Return::Unconfirmed => hosted_ui_error(AuthErrorCode::Unconfirmed),
        };
        let alone = not_completed(&mut returned.result, &target, &error);
        let again = alone && self.may_retry(now);
        Some((returned, again.then_some(target)))
    }

    /// Whether the hosted UI handled the logout: what the first page saw, or what this one sees.
    fn judge(&self, view: &PageView, record: &Json) -> Return {
        let field = |name: &str| record.get(name).and_then(Json::as_str);
        let text = |name: &str| field(name).unwrap_or_default();
        if let Some(known) = Return::by_name(text("came")) {
            return known;
        }
        let departure = Departure::by_name(text("left"));
        let mut arrival = arrival(view, text("url"), text("back"), departure, field("entry"));
        if self.restored {
            arrival.navigation = NavigationType::BackForward;
        }
        arrival.judge()
    }

    /// What another engine of this page did stays true.
    pub fn inherit(&mut self, other: &Returns) {
        self.left_here |= other.left_here;
        self.is_seen |= other.is_seen;
    }
}

/// What a text says that may be the report of a popup's page: what it found, and which popup it is.
pub fn popup_report(text: &str) -> Option<(Return, &str)> {
    let report = text.strip_prefix(REPORT)?;
    let (found, nonce) = crate::text::cut(report, b" ")?;
    Some((Return::by_name(found)?, nonce))
}

/// Whether a text is the report of a popup's page.
pub fn is_popup_report(text: &str) -> bool {
    text.starts_with(REPORT)
}

fn stored(view: &PageView, now: &Now) -> Option<Json> {
    let record = Json::parse(view.record.as_ref()?)?;
    let at = record.get("at")?.as_f64()?;
    ((now.wall - at).abs() < KEPT_MS).then_some(record)
}

fn set(json: &mut Json, name: &str, value: Json) {
    if let Json::Object(fields) = json {
        match fields.iter_mut().rfind(|field| field.0 == name) {
            Some(field) => field.1 = value,
            None => fields.push((name.to_owned(), value)),
        }
    }
}

/// Whether the address that was loaded is this one: a router may have put another one in its place since.
fn is_at(view: &PageView, address: &str) -> bool {
    logout_url::same_address(view.loaded.as_ref().unwrap_or(&view.url), address)
}

/// What the page shows of how it was reached.
fn arrival(
    view: &PageView,
    url: &str,
    back: &str,
    departure: Departure,
    leaver: Option<&str>,
) -> Arrival {
    let behind = leaver.is_some() && view.pushed_behind.as_deref() == leaver;
    Arrival {
        departure,
        navigation: match view.navigation.as_deref() {
            Some("navigate") => NavigationType::Navigate,
            Some("back_forward") => NavigationType::BackForward,
            Some(_) => NavigationType::Other,
            None => NavigationType::Unknown,
        },
        // Redirects of a hosted UI at the app's own origin are its own.
        redirected: view.redirected && !logout_url::same_origin(url, &view.url),
        from: match &view.before {
            EntryBefore::Unsupported => Previous::Unsupported,
            EntryBefore::Entry(Some(id)) if Some(&**id) == leaver => Previous::Leaver,
            EntryBefore::Entry(Some(_)) => Previous::Other,
            _ if behind => Previous::Leaver,
            EntryBefore::Null => Previous::Null,
            EntryBefore::Entry(None) if leaver.is_none() => Previous::Leaver,
            EntryBefore::Entry(None) => Previous::Other,
        },
        referrer: Referrer::of(&view.referrer, &view.url, url),
        at_redirect_url: is_at(view, back),
        in_popup: false,
        alone: false,
    }
}

/// How this page of a popup was reached.
fn popup_arrival(view: &PageView, hosted_ui: &str) -> Arrival {
    Arrival {
        in_popup: true,
        alone: view.is_alone,
        ..arrival(view, hosted_ui, "", Departure::Ours, None)
    }
}

/// Nothing shows that the hosted UI sent the browser back: Cognito may have shown an error page of its own. Returns whether
/// nothing else had failed.
fn not_completed(result: &mut Json, target: &LogoutTarget, error: &AuthError) -> bool {
    let alone = [
        "revokeTokenError",
        "globalSignOutError",
        "forgetDeviceError",
    ]
    .iter()
    .all(|name| result.get(name).is_none());
    set(result, "status", text(Status::Partial.as_str()));
    set(
        result,
        "hostedUIError",
        failed_json(Some(&target.url), error),
    );
    change_step(result, "outcome", StepOutcome::Failed.as_str());
    change_step(result, "code", error.code.as_str());
    alone
}

/// Changes a field of the step `navigate`.
fn change_step(result: &mut Json, field: &str, value: &str) {
    let Json::Object(fields) = result else {
        return;
    };
    for (name, steps) in fields {
        let Json::Array(steps) = steps else { continue };
        if name != "steps" {
            continue;
        }
        for step in steps {
            if step.get("step").and_then(Json::as_str) == Some(StepName::Navigate.as_str()) {
                set(step, field, text(value));
            }
        }
    }
}
