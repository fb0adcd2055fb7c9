//! The result of a run, for its callers, and as JSON for JavaScript and for the record of a redirect.

use std::rc::Rc;

use super::journal::Journal;
use super::run::Run;
use crate::error::{AuthError, AuthErrorCode};
use crate::flow::{Call, Codes, Fault, Leave, Machine, Op, Tag, Verdict};
use crate::json::Json;
use crate::outcome::{
    Complete, Failed, ForgetDeviceError, GlobalSignOutError, HostedUIError, Partial, Retry,
    RevokeTokenError, SignOutResult, SignOutStep, StepName,
};

impl Run {
    /// The result as of now; `early` for a caller that leaves before the others.
    pub fn result(self: &Rc<Self>, early: Option<AuthErrorCode>) -> SignOutResult {
        self.result_of(&self.machine.borrow(), early)
    }

    /// The result that a state of the machine stands for.
    pub fn result_of(
        self: &Rc<Self>,
        machine: &Machine,
        early: Option<AuthErrorCode>,
    ) -> SignOutResult {
        let mut verdict = machine.verdict(early);
        self.follow(machine, &mut verdict);
        let steps = self.steps(machine, &verdict);
        let journal = self.journal.borrow();
        let vault = self.vault.borrow();
        let error = |fault: Fault, op: Op| match fault {
            Fault::Answer => journal.error(op),
            Fault::Code(code) => explain(code, op, machine),
        };
        let revoke = verdict.revoke.map(|fault| error(fault, Op::RevokeToken));
        let others = verdict.others.map(|fault| error(fault, Op::RevokeOthers));
        let others_left = match others {
            Some(_) => vault.others.clone(),
            None => Vec::new(),
        };
        let revoke_token_error = revoke.or(others).map(|error| RevokeTokenError {
            // A token that was revoked, while another's revocation failed, is nothing to retry.
            refresh_token: verdict.revoke.and_then(|_| vault.refresh.clone()),
            error,
            others: others_left,
        });
        let global_sign_out_error = verdict.global.map(|fault| GlobalSignOutError {
            access_token: vault.access.clone(),
            error: error(fault, Op::GlobalSignOut),
        });
        let way = self.way.borrow();
        let url = way.as_ref().ok().map(|way| way.url.clone());
        let hosted_ui_error = verdict.hosted.map(|fault| HostedUIError {
            error: match (fault, &*way, &*self.leave_error.borrow()) {
                (Fault::Answer | Fault::Code(AuthErrorCode::PopupBlocked), Err(error), _) => {
                    error.clone()
                }
                (Fault::Code(AuthErrorCode::Navigation), _, Some(error)) => error.clone(),
                (Fault::Code(code), ..) => AuthError::new(code),
                (Fault::Answer, ..) => AuthError::new(AuthErrorCode::Unknown),
            },
            url: url.clone(),
        });
        let logout_url = match machine.hosted {
            crate::flow::Hosted::Manual => url,
            crate::flow::Hosted::Done if machine.plan.leave != Leave::Popup => url,
            _ => None,
        };
        let was_signed_in = machine.session || machine.following;
        match verdict.tag {
            Tag::Complete => SignOutResult::Complete(Complete {
                was_signed_in,
                logout_url,
                steps,
            }),
            Tag::Partial => SignOutResult::Partial(Partial {
                was_signed_in,
                revoke_token_error,
                global_sign_out_error,
                hosted_ui_error,
                forget_device_error: verdict.forget.map(|fault| ForgetDeviceError {
                    error: error(fault, Op::ForgetDevice),
                }),
                logout_url,
                retry: self.retry_handle(),
                steps,
            }),
            Tag::Failed => SignOutResult::Failed(Failed {
                error: self.failure(verdict.cause),
                revoke_token_error,
                global_sign_out_error,
                steps,
            }),
        }
    }

    fn failure(&self, cause: Option<AuthErrorCode>) -> AuthError {
        let stored = self.storage_error.borrow().clone();
        match (cause, stored) {
            (Some(AuthErrorCode::Storage), Some(error)) => error,
            (cause, _) => AuthError::new(cause.unwrap_or(AuthErrorCode::Unknown)),
        }
    }

    fn retry_handle(self: &Rc<Self>) -> Retry {
        let run = self.clone();
        Retry(Rc::new(move || run.run_again()))
    }

    /// The other tab's outcome is this call's too.
    fn follow(&self, machine: &Machine, verdict: &mut Verdict) {
        let Some([revoke, global, hosted, forget]) = self.codes.get() else {
            return;
        };
        verdict.revoke = revoke.map(Fault::Code);
        verdict.global = global.map(Fault::Code);
        // Whether the user's other sessions ended can't be learnt from a local sign-out.
        if machine.plan.global && !self.followed_global.get() {
            verdict.global = Some(Fault::Code(AuthErrorCode::Unconfirmed));
        }
        verdict.hosted = verdict.hosted.or(hosted.map(Fault::Code));
        verdict.forget = forget.map(Fault::Code);
        let faults = [
            verdict.revoke,
            verdict.global,
            verdict.hosted,
            verdict.forget,
        ];
        if machine.removed && faults.iter().any(Option::is_some) {
            verdict.tag = Tag::Partial;
        }
    }

    /// The codes of the steps that failed, for the other tabs.
    pub fn step_codes(self: &Rc<Self>) -> Codes {
        match self.result(None) {
            SignOutResult::Partial(partial) => [
                partial.revoke_token_error.map(|e| e.error.code),
                partial.global_sign_out_error.map(|e| e.error.code),
                partial.hosted_ui_error.map(|e| e.error.code),
                partial.forget_device_error.map(|e| e.error.code),
            ],
            _ => [None; 4],
        }
    }

    fn steps(&self, machine: &Machine, verdict: &Verdict) -> Vec<SignOutStep> {
        let now = self.elapsed();
        let mut journal = Journal::default();
        journal.copy_steps(&self.journal.borrow());
        if machine.session {
            if machine.plan.forget_device {
                journal.skip(StepName::ForgetDevice, now, "no remembered device");
            }
            if machine.plan.global && machine.global != Call::Succeeded {
                journal.skip(StepName::GlobalSignOut, now, "not sent");
            }
            let why = match machine.revoke {
                Call::Impossible => "token revocation is off for this app client",
                Call::HeldBack | Call::Waiting => "held back for a retry",
                _ if !machine.plan.revocation => "token revocation is off in the configuration",
                _ => "no refresh token",
            };
            journal.skip(StepName::RevokeToken, now, why);
        }
        if machine.following {
            journal.note(StepName::Clear, "another tab signed out");
        }
        if machine.hosted == crate::flow::Hosted::Done {
            journal.end(StepName::Navigate, now, None);
        }
        let told = [
            (StepName::RevokeToken, verdict.revoke),
            (StepName::GlobalSignOut, verdict.global),
            (StepName::ForgetDevice, verdict.forget),
            (StepName::Navigate, verdict.hosted),
        ];
        for (name, fault) in told {
            if let Some(Fault::Code(code)) = fault {
                journal.fail(name, code);
            }
        }
        journal.steps(now)
    }
}

/// The error for what the machine knows of a step that no answer explains.
fn explain(code: AuthErrorCode, op: Op, machine: &Machine) -> AuthError {
    match (code, op) {
        (AuthErrorCode::NotAuthorized, _) => AuthError::with_message(
            code,
            "The session holds neither an access token nor a refresh token.",
        ),
        (AuthErrorCode::TokenExpired, Op::GlobalSignOut) if machine.plan.one_request => {
            AuthError::with_message(
                code,
                "The access token has expired, and timeoutMs: 0 leaves no request to refresh it.",
            )
        }
        _ => AuthError::new(code),
    }
}

pub fn text(value: &str) -> Json {
    Json::String(value.to_owned())
}

/// A growing JSON object.
#[derive(Default)]
struct Fields(Vec<(String, Json)>);

impl Fields {
    fn put(&mut self, name: &str, value: Option<Json>) {
        if let Some(value) = value {
            self.0.push((name.to_owned(), value));
        }
    }
}

/// An error as JSON: what its `toJSON()` gives, and its cause.
pub fn error_json(error: &AuthError) -> Json {
    let mut fields = Fields::default();
    fields.put("code", Some(text(error.code.as_str())));
    fields.put("message", Some(text(&error.message)));
    fields.put("recoverySuggestion", Some(text(&error.recovery_suggestion)));
    fields.put("retryable", Some(Json::Bool(error.retryable)));
    fields.put(
        "service",
        error.service.as_ref().map(|service| {
            let mut fields = Fields::default();
            fields.put(
                "type",
                (!service.kind.is_empty()).then(|| text(&service.kind)),
            );
            fields.put("status", Some(Json::Number(service.status.into())));
            fields.put("requestId", service.request_id.as_deref().map(text));
            Json::Object(fields.0)
        }),
    );
    fields.put(
        "cause",
        error.cause.as_ref().map(|cause| {
            let mut fields = Fields::default();
            fields.put("name", Some(text(&cause.name)));
            fields.put("message", Some(text(&cause.message)));
            Json::Object(fields.0)
        }),
    );
    Json::Object(fields.0)
}

fn step_json(step: &SignOutStep) -> Json {
    let mut fields = Fields::default();
    fields.put("step", Some(text(step.step.as_str())));
    fields.put("outcome", Some(text(step.outcome.as_str())));
    fields.put("reason", step.reason.as_deref().map(text));
    fields.put("attempts", Some(Json::Number(step.attempts.into())));
    fields.put("startedAtMs", Some(Json::Number(step.started_at_ms)));
    fields.put("durationMs", Some(Json::Number(step.duration_ms)));
    fields.put(
        "status",
        step.status.map(|status| Json::Number(status.into())),
    );
    fields.put("requestId", step.request_id.as_deref().map(text));
    fields.put("code", step.code.map(|code| text(code.as_str())));
    Json::Object(fields.0)
}

/// A result as JSON. No token is in it: they have their own way out.
pub fn result_json(result: &SignOutResult) -> Json {
    let mut fields = Fields::default();
    fields.put("status", Some(text(result.status())));
    fields.put(
        "signedOutLocally",
        Some(Json::Bool(result.signed_out_locally())),
    );
    let wrapped = |error: &AuthError, url: Option<&String>| {
        let mut fields = Fields::default();
        fields.put("url", url.map(|url| text(url)));
        fields.put("error", Some(error_json(error)));
        Json::Object(fields.0)
    };
    let (revoke, global) = match result {
        SignOutResult::Complete(complete) => {
            fields.put("wasSignedIn", Some(Json::Bool(complete.was_signed_in)));
            fields.put("logoutUrl", complete.logout_url.as_deref().map(text));
            (None, None)
        }
        SignOutResult::Partial(partial) => {
            fields.put("wasSignedIn", Some(Json::Bool(partial.was_signed_in)));
            fields.put("logoutUrl", partial.logout_url.as_deref().map(text));
            let hosted = partial.hosted_ui_error.as_ref();
            fields.put(
                "hostedUIError",
                hosted.map(|e| wrapped(&e.error, e.url.as_ref())),
            );
            let forget = partial.forget_device_error.as_ref();
            fields.put("forgetDeviceError", forget.map(|e| wrapped(&e.error, None)));
            (
                partial.revoke_token_error.as_ref(),
                partial.global_sign_out_error.as_ref(),
            )
        }
        SignOutResult::Failed(failed) => {
            fields.put("error", Some(error_json(&failed.error)));
            (
                failed.revoke_token_error.as_ref(),
                failed.global_sign_out_error.as_ref(),
            )
        }
    };
    fields.put("revokeTokenError", revoke.map(|e| wrapped(&e.error, None)));
    fields.put(
        "globalSignOutError",
        global.map(|e| wrapped(&e.error, None)),
    );
    fields.put(
        "steps",
        Some(Json::Array(result.steps().iter().map(step_json).collect())),
    );
    Json::Object(fields.0)
}
