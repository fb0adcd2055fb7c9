//! The result of a sign-out that left the page, for the page that comes after.

use std::rc::Rc;

use super::client::Inner;
use super::report::{Again, failed_json, hosted_ui_error, status};
use super::run::{Run, Way};
use crate::browser::{clock, js, page};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{
    Arrival, Departure, Hosted, NavigationType, Phase, Previous, Referrer, Return, Tag,
};
use crate::json::Json;
use crate::object::{Object, text};
use crate::outcome::{StepName, StepOutcome};
use crate::protocol::logout_url;
use crate::session::SessionId;

/// How long the record is kept, in milliseconds.
const KEPT_MS: f64 = 600_000.0;

/// The record as it is stored: the result is a report's.
pub struct Record {
    /// When the page left, which tells one record from another.
    #[cfg(feature = "js")]
    pub at: f64,
    /// The result.
    pub result: Json,
    /// The app's own JSON.
    pub app_state: Option<String>,
    /// Leaves once more.
    pub retry: Option<Again>,
}

/// Stores the record; without sessionStorage the page after learns nothing.
pub fn save(run: &Rc<Run>) {
    let mut machine = run.machine.get();
    if machine.hosted != Hosted::Unconfirmed {
        machine.hosted = Hosted::Done;
    }
    machine.hidden = true;
    machine.phase = Phase::Settled;
    let (now, report) = (clock::wall(), run.report_of(&machine, None, None));
    let ending = run.ending.borrow();
    let Ok(way) = &ending.way else { return };
    let mut ids = Vec::new();
    for id in &ending.ids {
        ids.push(Json::String(id.to_hex()));
    }
    let mut fields = Object::default();
    fields.put("at", Json::Number(now));
    fields.text("url", &way.url);
    fields.text("back", &way.back);
    fields.put("ids", Json::Array(ids));
    fields.put("result", report.json.clone());
    fields.maybe("appState", run.app_state.borrow().as_deref());
    drop(ending);
    let mut record = fields.done();
    note_departure(&run.client, &mut record);
    run.client.write_record(&record.to_text());
}

/// How the page went away, once that is judged.
fn note_departure(client: &Inner, record: &mut Json) {
    let (departure, entry) = client.departed();
    if departure != Departure::Unseen {
        set(record, "left", text(departure.as_str()));
    }
    if let Some(entry) = entry {
        set(record, "entry", Json::String(entry));
    }
}

/// Puts into the stored record how the page goes away.
pub fn amend(client: &Inner) {
    if let Some(mut record) = stored(client) {
        note_departure(client, &mut record);
        client.write_record(&record.to_text());
    }
}

/// Forgets the record.
pub fn forget(client: &Inner) {
    client.taken.replace(None);
    client.remove_record();
}

fn stored(client: &Inner) -> Option<Json> {
    let storage = client.session_store.as_ref()?;
    let record = Json::parse(&storage.get_item(&client.key("result")).ok()??)?;
    let at = record.get("at")?.as_f64()?;
    ((clock::wall() - at).abs() < KEPT_MS).then_some(record)
}

impl Inner {
    fn write_record(&self, text: &str) {
        if let Some(storage) = &self.session_store {
            let _ = storage.set_item(&self.key("result"), text);
        }
    }

    /// Whether results have a `retry`: not for ten minutes after one left this tab, or apps that call it on load would loop.
    pub fn may_retry(&self) -> bool {
        let text = self
            .session_store
            .as_ref()
            .and_then(|storage| storage.get_item(&self.key("retried")).ok().flatten());
        let at = text
            .and_then(|text| Json::parse(&text))
            .and_then(|at| at.as_f64());
        at.is_none_or(|at| (clock::wall() - at).abs() >= KEPT_MS)
    }

    /// A retry leaves this tab; or it did not, or a new session starts afresh.
    pub fn note_retry(&self, leaves: bool) {
        let Some(storage) = &self.session_store else {
            return;
        };
        let key = self.key("retried");
        let _ = match leaves {
            true => storage.set_item(&key, &Json::Number(clock::wall()).to_text()),
            false => storage.remove_item(&key),
        };
    }

    fn remove_record(&self) {
        if let Some(storage) = &self.session_store {
            let _ = storage.remove_item(&self.key("result"));
        }
    }

    /// In the tab that left, after the return: the sign-out is over for every tab.
    pub fn finish_return(self: &Rc<Self>) {
        if self.left_here.get() || self.return_seen.replace(true) {
            return;
        }
        super::popup::report_return(self);
        let Some(mut record) = stored(self) else {
            return;
        };
        // A window that was opened while the page left has a copy: nobody left from there.
        if record.get("left").is_none() && page::is_first() {
            self.remove_record();
            return;
        }
        // The first page knows best: the next one may ask for the result. A frame was not led here.
        if !page::is_framed() {
            let came = judge(self, &record);
            set(&mut record, "came", text(came.as_str()));
            self.write_record(&record.to_text());
        }
        let ids = record.get("ids").map(Json::items).unwrap_or_default();
        self.change_mark(&mut |mark| {
            for id in ids {
                if let Some(id) = id.as_str().and_then(SessionId::from_hex) {
                    mark.update(id, |entry| {
                        entry.leaving_since = None;
                        entry.until = 0.0;
                    });
                }
            }
        });
    }
}

/// Takes the record: the same for every call in one document, none after a reload.
pub fn take(client: &Rc<Inner>) -> Option<Rc<Record>> {
    if client.left_here.get() || client.active().is_some() {
        return None;
    }
    if let Some(record) = &*client.taken.borrow() {
        return Some(record.clone());
    }
    client.finish_return();
    let json = stored(client)?;
    client.remove_record();
    let field = |name: &str| json.get(name).and_then(Json::as_str);
    let way = Way {
        url: field("url").unwrap_or_default().to_owned(),
        back: field("back").unwrap_or_default().to_owned(),
    };
    let mut record = Record {
        #[cfg(feature = "js")]
        at: json.get("at").and_then(Json::as_f64).unwrap_or(0.0),
        result: json.get("result").cloned()?,
        app_state: field("appState").map(str::to_owned),
        retry: None,
    };
    match judge(client, &json) {
        Return::Completed if is_at(&way.back) => {}
        Return::Completed => {
            change_step(&mut record.result, "reason", "returned at another address")
        }
        Return::NotCompleted => {
            let error = AuthError::new(AuthErrorCode::RedirectNotCompleted).say(
                [
                    "Cognito did not send the browser back; check the allowed sign-out URLs for ",
                    &way.back,
                    ".",
                ]
                .concat(),
            );
            not_completed(client, &mut record, way, &error);
        }
        Return::Unconfirmed => {
            let error = hosted_ui_error(AuthErrorCode::Unconfirmed);
            not_completed(client, &mut record, way, &error);
        }
    }
    let record = Rc::new(record);
    client.taken.replace(Some(record.clone()));
    Some(record)
}

fn set(json: &mut Json, name: &str, value: Json) {
    if let Json::Object(fields) = json {
        match fields.iter_mut().find(|field| field.0 == name) {
            Some(field) => field.1 = value,
            None => fields.push((name.to_owned(), value)),
        }
    }
}

/// Whether the address that was loaded is this one: a router may have put another one in its place since.
fn is_at(address: &str) -> bool {
    let loaded = js::get_text(&page::navigation_entry(), "name");
    logout_url::same_address(&loaded.unwrap_or_else(page::url), address)
}

/// What the page shows of how it was reached.
pub fn arrival(url: &str, back: &str, departure: Departure, leaver: Option<&str>) -> Arrival {
    let (entry, before, here) = (page::navigation_entry(), page::entry_before(), page::url());
    let hops = js::get(&entry, "redirectCount").as_f64();
    Arrival {
        departure,
        navigation: match js::get_text(&entry, "type").as_deref() {
            Some("navigate") => NavigationType::Navigate,
            Some("back_forward") => NavigationType::BackForward,
            Some(_) => NavigationType::Other,
            None => NavigationType::Unknown,
        },
        // Redirects of a hosted UI at the app's own origin are its own.
        redirected: hops > Some(0.0) && !logout_url::same_origin(url, &here),
        from: match js::get_text(&before, "id").as_deref() {
            _ if before.is_undefined() => Previous::Unsupported,
            None if leaver.is_some() && page::pushed_behind().as_deref() == leaver => {
                Previous::Leaver
            }
            _ if before.is_null() => Previous::Null,
            id if id == leaver => Previous::Leaver,
            _ => Previous::Other,
        },
        referrer: Referrer::of(&page::referrer(), &here, url),
        at_redirect_url: is_at(back),
        in_popup: false,
        alone: false,
    }
}

/// Whether the hosted UI handled the logout: what the first page saw, or what this one sees.
fn judge(client: &Inner, record: &Json) -> Return {
    let field = |name: &str| record.get(name).and_then(Json::as_str);
    let text = |name: &str| field(name).unwrap_or_default();
    if let Some(known) = Return::by_name(text("came")) {
        return known;
    }
    let departure = Departure::by_name(text("left"));
    let mut arrival = arrival(text("url"), text("back"), departure, field("entry"));
    if client.restored.get() {
        arrival.navigation = NavigationType::BackForward;
    }
    arrival.judge()
}

/// Nothing shows that the hosted UI sent the browser back: Cognito may have shown an error page of its own.
fn not_completed(client: &Rc<Inner>, record: &mut Record, way: Way, error: &AuthError) {
    let alone = [
        "revokeTokenError",
        "globalSignOutError",
        "forgetDeviceError",
    ]
    .iter()
    .all(|name| record.result.get(name).is_none());
    set(&mut record.result, "status", text(status(Tag::Partial)));
    let failed = failed_json(Some(&way.url), error);
    set(&mut record.result, "hostedUIError", failed);
    change_step(&mut record.result, "outcome", StepOutcome::Failed.as_str());
    change_step(&mut record.result, "code", error.code.as_str());
    if alone && client.may_retry() {
        let (client, way) = (client.clone(), Rc::new(way));
        record.retry = Some(Rc::new(move || Run::leave_again(&client, &way)));
    }
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
