//! What a sign-out came to, read off its machine, its log and its context.

use super::ask::Ask;
use super::scope::Scope;
use super::task::SignOutTask;
use crate::engine::outcome::{Outcome, hosted_ui_error};
use crate::engine::steps::{as_of, skipped};
use crate::engine::tables::{
    Call, Codes, EXCLUSIVE, Fault, Hosted, Leave, Machine, Op, Phase, Status, Verdict,
};
use crate::error::{AuthError, AuthErrorCode};
use crate::outcome::{
    ForgetDeviceError, GlobalSignOutError, HostedUiError, RevokeTokenError, SignOutStep, StepName,
    StepOutcome,
};

impl SignOutTask {
    /// The outcome as of now, for one caller or for all together; `early` for one that leaves before the others.
    pub(super) fn outcome(
        &self,
        early: Option<AuthErrorCode>,
        ask: Option<&Ask>,
        scope: &Scope,
    ) -> Outcome {
        self.outcome_of(&self.machine, early, ask, scope)
    }

    /// The codes of what failed as of now, for the other tabs.
    #[inline(never)]
    pub(super) fn codes(&self, early: Option<AuthErrorCode>, scope: &Scope) -> Codes {
        let [revoke, global, hosted, forget] = self.outcome(early, None, scope).codes();
        // What comes of the hosted UI's session, the page that leaves will know.
        let hosted = hosted.filter(|_| self.machine.phase != Phase::Leaving);
        [revoke, global, hosted, forget]
    }

    /// The outcome as the page after is to read it: the page has left.
    pub(super) fn outcome_after(&self, scope: &Scope) -> Outcome {
        let mut machine = self.machine;
        if machine.hosted != Hosted::Unconfirmed {
            machine.hosted = Hosted::Done;
        }
        machine.hidden = true;
        machine.phase = Phase::Settled;
        self.outcome_of(&machine, None, None, scope)
    }

    fn outcome_of(
        &self,
        machine: &Machine,
        early: Option<AuthErrorCode>,
        ask: Option<&Ask>,
        scope: &Scope,
    ) -> Outcome {
        let all = machine.verdict(early);
        let mut verdict = match ask {
            Some(ask) => machine.verdict_for(&ask.asked, early),
            None => all,
        };
        let forgets = ask.map_or(machine.plan.forget_device, |ask| ask.asked.forget_device);
        if forgets && self.device_left && verdict.forget.is_none() && machine.removed {
            verdict.forget = Some(Fault::Code(AuthErrorCode::Storage));
            verdict.tag = Status::Partial;
        }
        let context = &scope.context;
        let error = |fault, op| match fault {
            Fault::Answer => self.log.error_of(op),
            Fault::Code(code) => explain(code, op, machine),
        };
        let revoke = verdict.revoke.map(|fault| (fault, Op::RevokeToken));
        let others = verdict.others.map(|fault| (fault, Op::RevokeOthers));
        let mut outcome = Outcome {
            tag: verdict.tag,
            error: None,
            was_signed_in: machine.session || machine.following,
            revoke_token_error: revoke.or(others).map(|(fault, op)| RevokeTokenError {
                // A token that was revoked, while another's revocation failed, is nothing to retry.
                refresh_token: verdict.revoke.and(context.refresh.clone()),
                error: error(fault, op),
                others: match verdict.others {
                    Some(_) => context.others.clone(),
                    None => Vec::new(),
                },
            }),
            global_sign_out_error: verdict.global.map(|fault| GlobalSignOutError {
                access_token: context.access.clone(),
                error: error(fault, Op::GlobalSignOut),
            }),
            hosted_ui_error: None,
            forget_device_error: None,
            logout_url: None,
            steps: self.steps(machine, &all, self.elapsed(scope)),
            retry: None,
        };
        if verdict.tag == Status::Failed {
            outcome.error = Some(self.cause(&verdict));
            return outcome;
        }
        let own = ask.map(|ask| &ask.target).filter(|target| target.is_ok());
        let target = own.unwrap_or(&context.target);
        let url = target.as_ref().ok().map(|target| &target.url);
        let manual = match ask {
            Some(ask) => ask.asked.leave == Leave::Manual,
            None => machine.hosted == Hosted::Manual,
        };
        // What came of the hosted UI's session, the tab that left will know.
        let there = self.heard_leaves && machine.elsewhere && verdict.hosted.is_none();
        let left = machine.hosted == Hosted::Done && machine.plan.leave != Leave::Popup;
        // One who does not wait for that is told as the page begins to leave.
        let leaves = machine.phase == Phase::Leaving && verdict.hosted.is_none();
        outcome.logout_url = url.filter(|_| manual || left || leaves || there).cloned();
        outcome.hosted_ui_error = verdict.hosted.map(|fault| HostedUiError {
            url: url.cloned(),
            error: self.hosted_ui_error(fault, ask, scope),
        });
        outcome.forget_device_error = verdict.forget.map(|fault| ForgetDeviceError {
            error: error(fault, Op::ForgetDevice),
        });
        outcome
    }

    /// Why it failed.
    fn cause(&self, verdict: &Verdict) -> AuthError {
        let known = match verdict.cause {
            Some(AuthErrorCode::Storage) => self.log.clear_error().cloned(),
            _ => None,
        };
        let code = verdict.cause.unwrap_or(AuthErrorCode::Unknown);
        known.unwrap_or_else(|| AuthError::new(code))
    }

    fn hosted_ui_error(&self, fault: Fault, ask: Option<&Ask>, scope: &Scope) -> AuthError {
        let known = match (fault, &scope.context.target) {
            (Fault::Answer | Fault::Code(AuthErrorCode::PopupBlocked), Err(error)) => Some(error),
            (Fault::Code(AuthErrorCode::Navigation), _) => self.log.leaving_error(),
            _ => None,
        };
        let refused = ask.map_or([false; 3], |ask| ask.asked.refused);
        known.cloned().unwrap_or_else(|| match fault {
            Fault::Code(AuthErrorCode::InvalidState) => explain_refused(refused),
            Fault::Code(code) => hosted_ui_error(code),
            Fault::Answer => AuthError::new(AuthErrorCode::Unknown),
        })
    }

    /// The steps as they stand, and those that were not begun.
    fn steps(&self, machine: &Machine, verdict: &Verdict, now: f64) -> Vec<SignOutStep> {
        let log = &self.log;
        let mut list = Vec::new();
        for step in log.steps() {
            list.push(told(as_of(step, now), machine, verdict));
        }
        // What succeeded before a retry was not skipped by it.
        let cleared = log.has(StepName::Clear);
        let nobody = !machine.session && !machine.following && machine.removed && cleared;
        let plan = &machine.plan;
        let no_device = match machine.forget {
            Call::Late => "asked for after the revocation had begun",
            _ => "no remembered device",
        };
        let not_revoked = match machine.revoke {
            Call::Impossible => "token revocation is off for this app client",
            Call::HeldBack | Call::Waiting => "held back for a retry",
            _ if !plan.revocation => "token revocation is off in the configuration",
            _ => "the session has no refresh token, so nothing can be revoked",
        };
        // One that leaves again found no session, and knows nothing of one.
        let is_known = machine.hosted == Hosted::NotDue || cleared;
        for (name, asked, call, reason) in [
            (
                StepName::ForgetDevice,
                plan.forget_device,
                machine.forget,
                no_device,
            ),
            (
                StepName::GlobalSignOut,
                plan.global,
                machine.global,
                "not sent",
            ),
            (StepName::RevokeToken, is_known, machine.revoke, not_revoked),
        ] {
            let due = asked && call != Call::Succeeded && !log.has(name);
            let reason = match (nobody, machine.session) {
                (true, _) => "nobody was signed in",
                (false, true) => reason,
                (false, false) => continue,
            };
            if due {
                list.push(told(skipped(name, now, reason), machine, verdict));
            }
        }
        list
    }
}

/// A step as the verdict has it.
fn told(mut step: SignOutStep, machine: &Machine, verdict: &Verdict) -> SignOutStep {
    let fault = match step.step {
        StepName::RevokeToken => verdict.revoke,
        StepName::GlobalSignOut => verdict.global,
        StepName::ForgetDevice => verdict.forget,
        StepName::Navigate => verdict.hosted,
        _ => None,
    };
    if step.step == StepName::Navigate && machine.hosted == Hosted::Done {
        (step.outcome, step.code) = (StepOutcome::Ok, None);
    }
    if let Some(Fault::Code(code)) = fault {
        (step.outcome, step.code) = (StepOutcome::Failed, Some(code));
    }
    if step.step == StepName::Clear && machine.following {
        step.reason = Some("another tab signed out".into());
    }
    step
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
