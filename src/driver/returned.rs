//! The result of a sign-out that left the page, for the page that comes after.

use std::borrow::Cow;
use std::rc::Rc;

use super::client::Inner;
use super::outward::{error_json, result_json, text};
use super::run::{Run, Way};
use crate::browser::{clock, page};
use crate::error::{AuthError, AuthErrorCode, Cause, ServiceAnswer};
use crate::flow::{Hosted, Phase};
use crate::json::Json;
use crate::outcome::{HostedUIError, Retry, SignOutStep, StepName, StepOutcome};
use crate::protocol::logout_url;
use crate::session::SessionId;

/// How long the record is kept, in milliseconds.
const KEPT_MS: f64 = 600_000.0;

/// What a sign-out that left the page came to, without tokens.
#[derive(Clone, Debug)]
pub struct ReturnedSignOutResult {
    /// `complete`, `partial` or `failed`.
    pub status: String,
    /// Whether a session was found.
    pub was_signed_in: bool,
    /// RevokeToken failed, or its outcome is not known.
    pub revoke_token_error: Option<AuthError>,
    /// GlobalSignOut failed, or its outcome is not known.
    pub global_sign_out_error: Option<AuthError>,
    /// The hosted UI's session could not be ended.
    pub hosted_ui_error: Option<HostedUIError>,
    /// ForgetDevice failed.
    pub forget_device_error: Option<AuthError>,
    /// The logout URL that the browser was sent to.
    pub logout_url: Option<String>,
    /// What was done, in order.
    pub steps: Vec<SignOutStep>,
    /// The JSON that was given to the sign-out.
    pub app_state: Option<String>,
    /// Leaves for the hosted UI once more; only where that step alone failed.
    pub retry: Option<Retry>,
}

/// The record as it is stored: the result is [`result_json`]'s.
#[derive(Clone, Debug)]
pub struct Record {
    /// When the page left, which tells one record from another.
    #[cfg(feature = "js")]
    pub at: f64,
    /// The result.
    pub result: Json,
    /// The app's own JSON.
    pub app_state: Option<String>,
    /// Leaves once more.
    pub retry: Option<Retry>,
}

/// Stores the record; without sessionStorage the page after learns nothing.
pub fn save(run: &Rc<Run>, way: &Way) {
    let mut machine = *run.machine.borrow();
    machine.hosted = Hosted::Done;
    machine.hidden = true;
    machine.phase = Phase::Settled;
    let ids = run.ids.borrow().clone();
    let mut fields = vec![
        ("at".to_owned(), Json::Number(clock::wall())),
        ("url".to_owned(), text(&way.url)),
        ("back".to_owned(), text(&way.back)),
        (
            "ids".to_owned(),
            Json::Array(ids.iter().map(|id| Json::String(id.to_hex())).collect()),
        ),
        (
            "result".to_owned(),
            result_json(&run.result_of(&machine, None)),
        ),
    ];
    if let Some(state) = &run.app_state {
        fields.push(("appState".to_owned(), text(state)));
    }
    let client = &run.client;
    if let Some(storage) = &client.session_store {
        let _ = storage.set_item(&client.key("result"), &Json::Object(fields).to_text());
    }
}

/// Forgets the record.
pub fn forget(client: &Inner) {
    client.taken.replace(None);
    if let Some(storage) = &client.session_store {
        let _ = storage.remove_item(&client.key("result"));
    }
}

fn stored(client: &Inner) -> Option<Json> {
    let storage = client.session_store.as_ref()?;
    let record = Json::parse(&storage.get_item(&client.key("result")).ok()??)?;
    let at = record.get("at")?.as_f64()?;
    ((clock::wall() - at).abs() < KEPT_MS).then_some(record)
}

impl Inner {
    /// In the tab that left, after the return: the sign-out is over for every tab.
    pub fn finish_return(self: &Rc<Self>) {
        if self.left_here.get() || self.return_seen.replace(true) {
            return;
        }
        super::popup::report_return(self);
        let Some(record) = stored(self) else {
            return;
        };
        let ids: Vec<SessionId> = record
            .get("ids")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|id| SessionId::from_hex(id.as_str()?))
            .collect();
        self.change_mark(&mut |mark| {
            for id in &ids {
                mark.update(*id, |entry| {
                    entry.leaving_since = None;
                    entry.until = 0.0;
                });
            }
        });
    }
}

/// Takes the record: the same for every call in one document, none after a reload.
pub fn take(client: &Rc<Inner>) -> Option<Record> {
    if client.left_here.get() || client.active().is_some() {
        return None;
    }
    if let Some(record) = &*client.taken.borrow() {
        return Some(record.clone());
    }
    let json = stored(client)?;
    if let Some(storage) = &client.session_store {
        let _ = storage.remove_item(&client.key("result"));
    }
    let field = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
    let way = Way {
        url: field("url").to_owned(),
        back: field("back").to_owned(),
    };
    let mut record = Record {
        #[cfg(feature = "js")]
        at: json.get("at").and_then(Json::as_f64).unwrap_or(0.0),
        result: json.get("result").cloned()?,
        app_state: json
            .get("appState")
            .and_then(Json::as_str)
            .map(str::to_owned),
        retry: None,
    };
    let elsewhere = !logout_url::same_address(&page::url(), &way.back);
    let restored = client.restored.get();
    if restored || page::came_by_history() || (elsewhere && page::referrer().is_empty()) {
        not_completed(client, &mut record, &way);
    } else if elsewhere {
        note_elsewhere(&mut record.result);
    }
    client.taken.replace(Some(record.clone()));
    Some(record)
}

fn set(json: &mut Json, name: &str, value: Json) {
    if let Json::Object(fields) = json {
        fields.retain(|field| field.0 != name);
        fields.push((name.to_owned(), value));
    }
}

/// Cognito shows an error page of its own and never sends the browser back (cognito-idp, logout endpoint).
fn not_completed(client: &Rc<Inner>, record: &mut Record, way: &Way) {
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
    set(&mut record.result, "status", text("partial"));
    set(
        &mut record.result,
        "hostedUIError",
        Json::Object(vec![
            ("url".to_owned(), text(&way.url)),
            ("error".to_owned(), error_json(&error)),
        ]),
    );
    if alone {
        let (client, way) = (client.clone(), way.clone());
        record.retry = Some(Retry(Rc::new(move || Run::leave_again(&client, &way))));
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

fn owned(json: &Json, name: &str) -> Option<String> {
    json.get(name).and_then(Json::as_str).map(str::to_owned)
}

fn error_of(json: &Json) -> Option<AuthError> {
    let mut error = AuthError::new(AuthErrorCode::from_name(json.get("code")?.as_str()?)?);
    if let Some(message) = owned(json, "message") {
        error.message = Cow::Owned(message);
    }
    if let Some(suggestion) = owned(json, "recoverySuggestion") {
        error.recovery_suggestion = Cow::Owned(suggestion);
    }
    if let Some(retryable) = json.get("retryable").and_then(Json::as_bool) {
        error.retryable = retryable;
    }
    error.service = json.get("service").map(|service| ServiceAnswer {
        kind: owned(service, "type").unwrap_or_default(),
        status: number(service, "status") as u16,
        request_id: owned(service, "requestId"),
    });
    error.cause = json.get("cause").map(|cause| Cause {
        name: owned(cause, "name").unwrap_or_default(),
        message: owned(cause, "message").unwrap_or_default(),
    });
    Some(error)
}

fn number(json: &Json, name: &str) -> f64 {
    json.get(name).and_then(Json::as_f64).unwrap_or(0.0)
}

fn step_of(json: &Json) -> Option<SignOutStep> {
    let named = |name: &str| json.get(name).and_then(Json::as_str);
    Some(SignOutStep {
        step: StepName::ALL
            .into_iter()
            .find(|step| named("step") == Some(step.as_str()))?,
        outcome: StepOutcome::ALL
            .into_iter()
            .find(|outcome| named("outcome") == Some(outcome.as_str()))?,
        reason: owned(json, "reason").map(Cow::Owned),
        attempts: number(json, "attempts") as u32,
        started_at_ms: number(json, "startedAtMs"),
        duration_ms: number(json, "durationMs"),
        status: json.get("status").map(|_| number(json, "status") as u16),
        request_id: owned(json, "requestId"),
        code: named("code").and_then(AuthErrorCode::from_name),
    })
}

impl Record {
    /// The record for Rust.
    pub fn typed(&self) -> ReturnedSignOutResult {
        let json = &self.result;
        let error = |name: &str| error_of(json.get(name)?.get("error")?);
        ReturnedSignOutResult {
            status: owned(json, "status").unwrap_or_default(),
            was_signed_in: json.get("wasSignedIn").and_then(Json::as_bool) == Some(true),
            revoke_token_error: error("revokeTokenError"),
            global_sign_out_error: error("globalSignOutError"),
            hosted_ui_error: error("hostedUIError").map(|error| HostedUIError {
                url: json.get("hostedUIError").and_then(|e| owned(e, "url")),
                error,
            }),
            forget_device_error: error("forgetDeviceError"),
            logout_url: owned(json, "logoutUrl"),
            steps: json
                .get("steps")
                .map(Json::items)
                .unwrap_or_default()
                .iter()
                .filter_map(step_of)
                .collect(),
            app_state: self.app_state.clone(),
            retry: self.retry.clone(),
        }
    }
}
