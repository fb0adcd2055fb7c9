//! The result of a sign-out that left the page, for the page that comes after.

use std::rc::Rc;

use super::client::Inner;
use super::report::{Again, failed_json, status};
use super::run::{Run, Way};
use crate::browser::{clock, page};
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Hosted, Phase, Tag};
use crate::json::Json;
use crate::object::{Object, text};
use crate::outcome::StepName;
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
    machine.hosted = Hosted::Done;
    machine.hidden = true;
    machine.phase = Phase::Settled;
    let (now, report) = (clock::wall(), run.report_of(&machine, None));
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
    fields.maybe("appState", run.app_state.as_deref());
    drop(ending);
    run.client.write_record(&fields.done().to_text());
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
        let Some(record) = stored(self) else {
            return;
        };
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
    let elsewhere = !logout_url::same_address(&page::url(), &way.back);
    let restored = client.restored.get();
    if restored || page::came_by_history() || (elsewhere && page::referrer().is_empty()) {
        not_completed(client, &mut record, way);
    } else if elsewhere {
        note_elsewhere(&mut record.result);
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

/// Cognito shows an error page of its own and never sends the browser back (cognito-idp, logout endpoint).
fn not_completed(client: &Rc<Inner>, record: &mut Record, way: Way) {
    let error = AuthError::with_message(
        AuthErrorCode::RedirectNotCompleted,
        [
            "Cognito did not send the browser back; check the allowed sign-out URLs for ",
            &way.back,
            ".",
        ]
        .concat(),
    );
    let alone = [
        "revokeTokenError",
        "globalSignOutError",
        "forgetDeviceError",
    ]
    .iter()
    .all(|name| record.result.get(name).is_none());
    set(&mut record.result, "status", text(status(Tag::Partial)));
    let failed = failed_json(Some(&way.url), &error);
    set(&mut record.result, "hostedUIError", failed);
    if alone {
        let (client, way) = (client.clone(), Rc::new(way));
        record.retry = Some(Rc::new(move || Run::leave_again(&client, &way)));
    }
}

/// The app's server sent the user on: it counts as returned, and the step says so.
fn note_elsewhere(result: &mut Json) {
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
                set(step, "reason", text("returned at another address"));
            }
        }
    }
}
