//! What a run came to: JSON for JavaScript and for the record of a redirect, and beside it what no JSON may hold.

use std::cell::RefCell;
use std::rc::Rc;

use super::journal::{LEAVING, STORAGE, Step};
use super::run::{Ask, Run};
use crate::browser::task::Slot;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Call, Codes, EXCLUSIVE, Fault, Hosted, Leave, Machine, Op, Tag, Verdict};
use crate::json::Json;
use crate::object::Object;
use crate::outcome::{LocalFuture, StepName, StepOutcome};
use crate::session::Secret;

/// Runs again what failed, once; calling it twice gives the same report.
pub type Again = Rc<dyn Fn() -> LocalFuture<Rc<Report>>>;

/// The result of a sign-out. Callers share it.
pub struct Report {
    pub tag: Tag,
    /// The codes of the steps that failed, for the other tabs.
    pub codes: Codes,
    /// The result without a token.
    pub json: Json,
    /// To retry RevokeToken with.
    pub refresh_token: Option<Secret>,
    /// To retry RevokeToken with, for further sessions.
    pub others: Vec<Secret>,
    /// To retry GlobalSignOut with.
    pub access_token: Option<Secret>,
    pub retry: Option<Again>,
}

impl Report {
    /// A failure before anything was touched.
    pub fn refused(error: &AuthError) -> Rc<Report> {
        let mut fields = head(Tag::Failed);
        fields.put("error", error_json(error));
        fields.put("steps", Json::Array(Vec::new()));
        Rc::new(Report {
            tag: Tag::Failed,
            codes: [None; 4],
            json: fields.done(),
            refresh_token: None,
            others: Vec::new(),
            access_token: None,
            retry: None,
        })
    }
}

/// The name of a tag, as JavaScript sees it.
pub fn status(tag: Tag) -> &'static str {
    match tag {
        Tag::Complete => "complete",
        Tag::Partial => "partial",
        Tag::Failed => "failed",
    }
}

fn head(tag: Tag) -> Object {
    let mut fields = Object::default();
    fields.text("status", status(tag));
    fields.put("signedOutLocally", Json::Bool(tag != Tag::Failed));
    fields
}

impl Run {
    /// The report as of now, for one caller or for all together; `early` for one that leaves before the others.
    pub fn report(self: &Rc<Self>, early: Option<AuthErrorCode>, ask: Option<&Ask>) -> Rc<Report> {
        self.report_of(&self.machine.get(), early, ask)
    }

    /// The report that a state of the machine stands for.
    pub fn report_of(
        self: &Rc<Self>,
        machine: &Machine,
        early: Option<AuthErrorCode>,
        ask: Option<&Ask>,
    ) -> Rc<Report> {
        // Read first: no borrow is held over a call into JavaScript.
        let (now, may_retry) = (self.elapsed(), self.client.may_retry());
        let all = machine.verdict(early);
        let mut verdict = match ask {
            Some(ask) => machine.verdict_for(&ask.asked, early),
            None => all,
        };
        let forgets = ask.map_or(machine.plan.forget_device, |ask| ask.asked.forget_device);
        if forgets && self.device_left.get() && verdict.forget.is_none() && machine.removed {
            verdict.forget = Some(Fault::Code(AuthErrorCode::Storage));
            verdict.tag = Tag::Partial;
        }
        let tag = verdict.tag;
        let mut fields = head(tag);
        let mut codes = [None; 4];
        let ending = self.ending.borrow();
        let own_way = ask.map(|ask| &ask.way).filter(|way| way.is_ok());
        let url = own_way.unwrap_or(&ending.way);
        let url = url.as_ref().ok().map(|way| &*way.url);
        let journal = self.journal.borrow();
        let error = |fault, op| match fault {
            Fault::Answer => journal.error_of(op),
            Fault::Code(code) => explain(code, op, machine),
        };
        if tag == Tag::Failed {
            let known = match verdict.cause {
                Some(AuthErrorCode::Storage) => journal.error(STORAGE).cloned(),
                _ => None,
            };
            let code = verdict.cause.unwrap_or(AuthErrorCode::Unknown);
            let error = known.unwrap_or_else(|| AuthError::new(code));
            fields.put("error", error_json(&error));
        } else {
            let signed_in = machine.session || machine.following;
            fields.put("wasSignedIn", Json::Bool(signed_in));
            let manual = match ask {
                Some(ask) => ask.asked.leave == Leave::Manual,
                None => machine.hosted == Hosted::Manual,
            };
            // What came of the hosted UI's session, the tab that left will know.
            let there = self.heard_leaves.get() && machine.elsewhere && verdict.hosted.is_none();
            let left = machine.hosted == Hosted::Done && machine.plan.leave != Leave::Popup;
            let due = manual || left || there;
            if due && let Some(url) = url {
                fields.text("logoutUrl", url);
            }
            if let Some(fault) = verdict.hosted {
                let known = match (fault, &ending.way) {
                    (Fault::Answer | Fault::Code(AuthErrorCode::PopupBlocked), Err(error)) => {
                        Some(error)
                    }
                    (Fault::Code(AuthErrorCode::Navigation), _) => journal.error(LEAVING),
                    _ => None,
                };
                let refused = ask.map_or([false; 3], |ask| ask.asked.refused);
                let error = known.cloned().unwrap_or_else(|| match fault {
                    Fault::Code(AuthErrorCode::InvalidState) => explain_refused(refused),
                    Fault::Code(code) => hosted_ui_error(code),
                    Fault::Answer => AuthError::new(AuthErrorCode::Unknown),
                });
                codes[2] = fields.failed("hostedUIError", url, &error);
            }
            if let Some(fault) = verdict.forget {
                let error = error(fault, Op::ForgetDevice);
                codes[3] = fields.failed("forgetDeviceError", None, &error);
            }
        }
        let revoke = verdict.revoke.map(|fault| (fault, Op::RevokeToken));
        let others = verdict.others.map(|fault| (fault, Op::RevokeOthers));
        if let Some((fault, op)) = revoke.or(others) {
            codes[0] = fields.failed("revokeTokenError", None, &error(fault, op));
        }
        if let Some(fault) = verdict.global {
            let error = error(fault, Op::GlobalSignOut);
            codes[1] = fields.failed("globalSignOutError", None, &error);
        }
        Rc::new(Report {
            tag,
            codes,
            // A token that was revoked, while another's revocation failed, is nothing to retry.
            refresh_token: verdict.revoke.and(ending.refresh.clone()),
            others: match verdict.others {
                Some(_) => ending.others.clone(),
                None => Vec::new(),
            },
            access_token: verdict.global.and(ending.access.clone()),
            retry: match tag {
                Tag::Partial if may_retry => ask.map(|ask| self.retry_handle(ask)),
                _ => None,
            },
            json: {
                fields.put("steps", self.steps(machine, &all, now));
                fields.done()
            },
        })
    }

    /// Every call of it gives the same report.
    fn retry_handle(self: &Rc<Self>, ask: &Ask) -> Again {
        let (run, ask) = (self.clone(), ask.clone());
        let begun = RefCell::new(None);
        Rc::new(move || {
            let known: Option<Slot<Rc<Report>>> = begun.borrow().clone();
            Box::pin(known.unwrap_or_else(|| {
                let slot = run.run_again(ask.clone());
                begun.replace(Some(slot.clone()));
                slot
            }))
        })
    }

    /// The steps as they stand, and those that were not begun.
    fn steps(&self, machine: &Machine, verdict: &Verdict, now: f64) -> Json {
        let journal = self.journal.borrow();
        let mut list = Vec::new();
        let mut tell = |step: &Step| {
            let fault = match step.name {
                StepName::RevokeToken => verdict.revoke,
                StepName::GlobalSignOut => verdict.global,
                StepName::ForgetDevice => verdict.forget,
                StepName::Navigate => verdict.hosted,
                _ => None,
            };
            let (mut outcome, mut code, mut reason) =
                (step.outcome, step.code, step.reason.as_deref());
            if step.name == StepName::Navigate && machine.hosted == Hosted::Done {
                (outcome, code) = (StepOutcome::Ok, None);
            }
            if let Some(Fault::Code(told)) = fault {
                (outcome, code) = (StepOutcome::Failed, Some(told));
            }
            if step.name == StepName::Clear && machine.following {
                reason = Some("another tab signed out");
            }
            let took = match step.duration_ms < 0.0 {
                true => now - step.started_at_ms,
                false => step.duration_ms,
            };
            let mut fields = Object::default();
            fields.text("step", step.name.as_str());
            fields.text("outcome", outcome.as_str());
            fields.maybe("reason", reason);
            fields.put("attempts", Json::Number(step.attempts.into()));
            fields.put("startedAtMs", Json::Number(step.started_at_ms));
            fields.put("durationMs", Json::Number(took));
            fields.number("status", step.status.map(f64::from));
            fields.maybe("requestId", step.request_id.as_deref());
            fields.maybe("code", code.map(AuthErrorCode::as_str));
            list.push(fields.done());
        };
        for step in journal.steps() {
            tell(step);
        }
        // What succeeded before a retry was not skipped by it.
        let nobody = !machine.session
            && !machine.following
            && machine.removed
            && journal.step(StepName::Clear).is_some();
        let mut skip = |name, asked: bool, call, reason| {
            let due = asked && call != Call::Succeeded && journal.step(name).is_none();
            if due && nobody {
                tell(&Step::skipped(name, now, "nobody was signed in"));
            } else if due && machine.session {
                tell(&Step::skipped(name, now, reason));
            }
        };
        let plan = &machine.plan;
        let (forget, global) = (plan.forget_device, plan.global);
        skip(
            StepName::ForgetDevice,
            forget,
            machine.forget,
            match machine.forget {
                Call::Late => "asked for after the revocation had begun",
                _ => "no remembered device",
            },
        );
        skip(StepName::GlobalSignOut, global, machine.global, "not sent");
        let why = match machine.revoke {
            Call::Impossible => "token revocation is off for this app client",
            Call::HeldBack | Call::Waiting => "held back for a retry",
            _ if !plan.revocation => "token revocation is off in the configuration",
            _ => "the session has no refresh token, so nothing can be revoked",
        };
        // One that leaves again found no session, and knows nothing of one.
        let is_known = machine.hosted == Hosted::NotDue || journal.step(StepName::Clear).is_some();
        skip(StepName::RevokeToken, is_known, machine.revoke, why);
        Json::Array(list)
    }
}

/// The error for what came of the hosted UI: no request was sent there, the browser went.
pub fn hosted_ui_error(code: AuthErrorCode) -> AuthError {
    let error = AuthError::new(code);
    match code {
        AuthErrorCode::Unconfirmed => error
            .say("The browser went to the hosted UI; nothing shows whether its session has ended.")
            .suggest(
                "Call retry() on a click, where there is one. Check the allowed sign-out URLs and route guards.",
            ),
        AuthErrorCode::Timeout => error
            .say("The sign-out window did not report in time.")
            .suggest(
                "Check that the page it returns to calls configure(), and is an allowed sign-out URL; popupTimeoutMs allows more time.",
            ),
        _ => error,
    }
}

const FORGET_IN_TIME: &str = "Set forgetDevice: true in the first call of signOut(). The device's keys are gone from this browser.";

/// Why options of this caller were not followed.
fn explain_refused(refused: [bool; 3]) -> AuthError {
    let mut names = String::new();
    for (name, refused) in EXCLUSIVE.iter().zip(refused) {
        if refused {
            names.push_str(if names.is_empty() { "" } else { ", " });
            names.push_str(name);
        }
    }
    AuthError::with_message(
        AuthErrorCode::InvalidState,
        [
            "Another call of signOut() came first, and the page leaves as that one said. Not used of this call: ",
            &names,
            ".",
        ]
        .concat(),
    )
    .suggest("Give these options in the first call, or call retry() to leave as this call says.")
}

/// The error for what the machine knows of a step that no answer explains.
fn explain(code: AuthErrorCode, op: Op, machine: &Machine) -> AuthError {
    let error = AuthError::new(code);
    match (code, op) {
        (AuthErrorCode::NotAuthorized, _) => {
            error.say("The session holds neither an access token nor a refresh token.")
        }
        (AuthErrorCode::InvalidState, _) if machine.following => error
            .say("Another tab had signed out, and this one has no token for ForgetDevice.")
            .suggest(FORGET_IN_TIME),
        (AuthErrorCode::InvalidState, _) => error
            .say("The access token that ForgetDevice needs was being revoked when this call came.")
            .suggest(FORGET_IN_TIME),
        (AuthErrorCode::TokenExpired, Op::GlobalSignOut) if machine.plan.one_request => error
            .say("The access token has expired, and timeoutMs: 0 leaves no request to refresh it."),
        _ => error,
    }
}

impl Object {
    /// The error of a step; returns its code.
    fn failed(
        &mut self,
        name: &str,
        url: Option<&str>,
        error: &AuthError,
    ) -> Option<AuthErrorCode> {
        self.put(name, failed_json(url, error));
        Some(error.code)
    }
}

/// The error of a step as JSON.
pub fn failed_json(url: Option<&str>, error: &AuthError) -> Json {
    let mut fields = Object::default();
    fields.maybe("url", url);
    fields.put("error", error_json(error));
    fields.done()
}

/// An error as JSON: what its `toJSON()` gives, and its cause.
pub fn error_json(error: &AuthError) -> Json {
    let mut fields = Object::default();
    fields.text("code", error.code.as_str());
    fields.text("message", &error.message);
    fields.text("recoverySuggestion", &error.recovery_suggestion);
    fields.put("retryable", Json::Bool(error.retryable));
    if let Some(service) = &error.service {
        let mut inner = Object::default();
        let kind = Some(&*service.kind);
        inner.maybe("type", kind.filter(|kind| !kind.is_empty()));
        inner.put("status", Json::Number(service.status.into()));
        inner.maybe("requestId", service.request_id.as_deref());
        fields.put("service", inner.done());
    }
    if let Some(cause) = &error.cause {
        let mut inner = Object::default();
        inner.text("name", &cause.name);
        inner.text("message", &cause.message);
        fields.put("cause", inner.done());
    }
    fields.done()
}
