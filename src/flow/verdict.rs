//! What a sign-out came to, read off its settled state.

use super::machine::Machine;
use super::state::{Call, Hosted, Phase};
use crate::error::AuthErrorCode;

/// The tag of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Everything was done that was asked for.
    Complete,
    /// Signed out on this device; something remote failed.
    Partial,
    /// The user may still be signed in on this device.
    Failed,
}

/// Why a step counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The last answer says why; the driver kept it.
    Answer,
    /// The machine says why.
    Code(AuthErrorCode),
}

/// The result, without tokens and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Complete, partial or failed.
    pub tag: Tag,
    /// Why it failed, for `Failed`.
    pub cause: Option<AuthErrorCode>,
    /// RevokeToken.
    pub revoke: Option<Fault>,
    /// RevokeToken for further sessions.
    pub others: Option<Fault>,
    /// GlobalSignOut.
    pub global: Option<Fault>,
    /// ForgetDevice.
    pub forget: Option<Fault>,
    /// The hosted UI.
    pub hosted: Option<Fault>,
}

impl Machine {
    /// The verdict as of now. `early` is the code for what is unknown to a caller that leaves before the others.
    pub fn verdict(&self, early: Option<AuthErrorCode>) -> Verdict {
        let code = |code| Some(Fault::Code(code));
        let mut verdict = Verdict {
            tag: Tag::Complete,
            cause: None,
            revoke: match self.revoke {
                Call::Impossible if self.global == Call::Succeeded => None,
                Call::Impossible => code(AuthErrorCode::RevocationDisabled),
                call => self.revoke_fault(call, early),
            },
            others: self.revoke_fault(self.others, early),
            global: match self.global {
                Call::Impossible => code(AuthErrorCode::NotAuthorized),
                call => self.fault(call, early),
            },
            forget: match self.forget {
                Call::Impossible => code(AuthErrorCode::NotAuthorized),
                call => self.fault(call, early),
            },
            hosted: self.hosted_fault(early),
        };
        // Another tab was quicker, and nothing was heard of it in time: what was asked for is unknown.
        if self.following && !self.followed {
            let unknown = early.unwrap_or(match self.unanswered() {
                AuthErrorCode::Aborted => AuthErrorCode::Aborted,
                _ => AuthErrorCode::Unconfirmed,
            });
            if self.plan.revocation {
                verdict.revoke = code(unknown);
            }
            if self.plan.global {
                verdict.global = code(unknown);
            }
        }
        if !self.removed {
            let begun = !matches!(self.phase, Phase::Checked | Phase::Popup | Phase::Clearing);
            verdict.tag = Tag::Failed;
            // A caller that leaves before the clear is over: nothing is known to have failed.
            let early = early.filter(|_| !begun);
            verdict.cause = early.or(self.untouched).or(Some(AuthErrorCode::Storage));
        } else if [
            verdict.revoke,
            verdict.others,
            verdict.global,
            verdict.forget,
            verdict.hosted,
        ]
        .into_iter()
        .any(|fault| fault.is_some())
        {
            verdict.tag = Tag::Partial;
        }
        verdict
    }

    /// What to say of a request that was sent and not answered.
    fn unanswered(&self) -> AuthErrorCode {
        if self.aborted {
            AuthErrorCode::Aborted
        } else if self.hidden || self.plan.one_request || self.leave_now {
            AuthErrorCode::Unconfirmed
        } else {
            AuthErrorCode::Timeout
        }
    }

    fn fault(&self, call: Call, early: Option<AuthErrorCode>) -> Option<Fault> {
        let unknown = early.unwrap_or(self.unanswered());
        Some(match call {
            Call::Unneeded | Call::Succeeded => return None,
            Call::Failed | Call::GaveUp | Call::Impossible => Fault::Answer,
            Call::Pausing(_) if early.is_none() && !self.aborted => Fault::Answer,
            Call::HeldBack => Fault::Code(AuthErrorCode::Deferred),
            // timeoutMs: 0 leaves no request for the refresh that it needs.
            Call::Waiting if self.plan.one_request && self.must_refresh() => {
                Fault::Code(AuthErrorCode::TokenExpired)
            }
            Call::Waiting if early.is_none() && matches!(self.refresh, Call::Pausing(_)) => {
                Fault::Answer
            }
            Call::Waiting | Call::Pausing(_) | Call::Sent(_) => Fault::Code(unknown),
        })
    }

    /// An unsent RevokeToken was held back, whatever it waited for.
    fn revoke_fault(&self, call: Call, early: Option<AuthErrorCode>) -> Option<Fault> {
        if call == Call::Waiting && early.is_none() && !self.aborted {
            return Some(Fault::Code(AuthErrorCode::Deferred));
        }
        self.fault(call, early)
    }

    fn hosted_fault(&self, early: Option<AuthErrorCode>) -> Option<Fault> {
        Some(match self.hosted {
            Hosted::NotDue | Hosted::Manual | Hosted::Done => return None,
            Hosted::Unusable => Fault::Answer,
            Hosted::Blocked => Fault::Code(AuthErrorCode::PopupBlocked),
            Hosted::TimedOut => Fault::Code(AuthErrorCode::Timeout),
            Hosted::Cancelled => Fault::Code(AuthErrorCode::UserCancelled),
            Hosted::NotLeft => Fault::Code(AuthErrorCode::Navigation),
            // A failed removal forbids the navigation; the result says so by itself.
            Hosted::Due if !self.removed => return None,
            Hosted::Due => Fault::Code(early.unwrap_or(self.unanswered())),
        })
    }
}
