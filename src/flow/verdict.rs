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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use AuthErrorCode::{
        Aborted, Deferred, Navigation, NotAuthorized, PopupBlocked, RevocationDisabled, Storage,
        Timeout, TokenExpired, Unconfirmed, UserCancelled,
    };

    use super::super::state::{Access, Leave, Plan};
    use super::*;

    const PLAN: Plan = Plan {
        global: true,
        forget_device: true,
        revocation: true,
        leave: Leave::Auto,
        one_request: false,
    };

    /// A machine like another one but for some fields.
    macro_rules! machine {
        ($base:expr; $($field:ident: $value:expr),* $(,)?) => {{
            let mut machine: Machine = $base;
            $(machine.$field = $value;)*
            machine
        }};
    }

    /// A settled sign-out in which all went well.
    fn settled() -> Machine {
        machine!(Machine::new(PLAN);
            phase: Phase::Settled,
            removed: true,
            session: true,
            access: Access::Valid,
            refresh_token: true,
            forget: Call::Succeeded,
            global: Call::Succeeded,
            revoke: Call::Succeeded)
    }

    fn code(code: AuthErrorCode) -> Option<Fault> {
        Some(Fault::Code(code))
    }

    #[test]
    fn all_well_is_complete() {
        let verdict = settled().verdict(None);
        assert_eq!(
            verdict,
            Verdict {
                tag: Tag::Complete,
                cause: None,
                revoke: None,
                others: None,
                global: None,
                forget: None,
                hosted: None,
            }
        );
    }

    #[test]
    fn each_state_of_a_request_says_why() {
        for (call, fault, revoke_fault) in [
            (Call::Unneeded, None, None),
            (Call::Succeeded, None, None),
            (Call::Failed, Some(Fault::Answer), Some(Fault::Answer)),
            (Call::GaveUp, Some(Fault::Answer), Some(Fault::Answer)),
            // Cut short between two tries: the last answer says why.
            (Call::Pausing(1), Some(Fault::Answer), Some(Fault::Answer)),
            (Call::Sent(1), code(Timeout), code(Timeout)),
            (Call::Waiting, code(Timeout), code(Deferred)),
            (Call::HeldBack, code(Deferred), code(Deferred)),
        ] {
            let verdict = |machine: Machine| machine.verdict(None);
            assert_eq!(
                verdict(machine!(settled();
                    global: call))
                .global,
                fault
            );
            assert_eq!(
                verdict(machine!(settled();
                    forget: call))
                .forget,
                fault
            );
            assert_eq!(
                verdict(machine!(settled();
                    revoke: call))
                .revoke,
                revoke_fault
            );
            assert_eq!(
                verdict(machine!(settled();
                    others: call))
                .others,
                revoke_fault
            );
        }
    }

    #[test]
    fn what_is_impossible_says_why() {
        let machine = machine!(settled();
            global: Call::Impossible,
            forget: Call::Impossible,
            revoke: Call::Impossible);
        let verdict = machine.verdict(None);
        assert_eq!(verdict.global, code(NotAuthorized));
        assert_eq!(verdict.forget, code(NotAuthorized));
        assert_eq!(verdict.revoke, code(RevocationDisabled));
        let global = machine!(machine;
            global: Call::Succeeded);
        assert_eq!(global.verdict(None).revoke, None);
    }

    #[test]
    fn what_waits_for_a_refresh_that_is_tried_again_has_its_error() {
        let machine = machine!(settled();
            global: Call::Waiting,
            refresh: Call::Pausing(1));
        assert_eq!(machine.verdict(None).global, Some(Fault::Answer));
        assert_eq!(machine.verdict(Some(Aborted)).global, code(Aborted));
    }

    #[test]
    fn the_end_of_waiting_has_its_code() {
        let sent = machine!(settled();
            revoke: Call::Sent(1));
        let of = |machine: Machine| machine.verdict(None).revoke;
        assert_eq!(of(sent), code(Timeout));
        assert_eq!(
            of(machine!(sent;
                hidden: true)),
            code(Unconfirmed)
        );
        assert_eq!(
            of(machine!(sent;
                leave_now: true)),
            code(Unconfirmed)
        );
        let plan = Plan {
            one_request: true,
            ..PLAN
        };
        assert_eq!(of(machine!(sent; plan: plan)), code(Unconfirmed));
        assert_eq!(
            of(machine!(sent;
                aborted: true,
                hidden: true)),
            code(Aborted)
        );
        let waiting = machine!(sent;
            revoke: Call::Waiting,
            aborted: true);
        assert_eq!(of(waiting), code(Aborted));
        let pausing = machine!(sent;
            revoke: Call::Pausing(2),
            aborted: true);
        assert_eq!(of(pausing), code(Aborted));
    }

    #[test]
    fn timeout_0_has_no_request_for_a_refresh() {
        let machine = machine!(settled();
            plan: Plan {
                one_request: true,
                ..PLAN
            },
            access: Access::Expired,
            global: Call::Waiting);
        assert_eq!(machine.verdict(None).global, code(TokenExpired));
    }

    #[test]
    fn who_leaves_early_is_told_what_is_known() {
        let machine = machine!(settled();
            phase: Phase::Remote,
            global: Call::Succeeded,
            forget: Call::Failed,
            revoke: Call::Waiting,
            hosted: Hosted::Due);
        let verdict = machine.verdict(Some(Unconfirmed));
        assert_eq!(verdict.tag, Tag::Partial);
        assert_eq!(verdict.global, None);
        assert_eq!(verdict.forget, Some(Fault::Answer));
        assert_eq!(verdict.revoke, code(Unconfirmed));
        assert_eq!(verdict.hosted, code(Unconfirmed));
        // Before the clear is over, nothing is known to have failed.
        let early = machine!(Machine::new(PLAN);
            phase: Phase::Clearing,
            removed: false);
        let verdict = early.verdict(Some(Aborted));
        assert_eq!((verdict.tag, verdict.cause), (Tag::Failed, Some(Aborted)));
    }

    #[test]
    fn each_end_of_the_hosted_ui_has_its_code() {
        for (hosted, fault) in [
            (Hosted::NotDue, None),
            (Hosted::Manual, None),
            (Hosted::Done, None),
            (Hosted::Unusable, Some(Fault::Answer)),
            (Hosted::Blocked, code(PopupBlocked)),
            (Hosted::TimedOut, code(Timeout)),
            (Hosted::Cancelled, code(UserCancelled)),
            (Hosted::NotLeft, code(Navigation)),
        ] {
            let verdict = machine!(settled();
                hosted: hosted)
            .verdict(None);
            assert_eq!(verdict.hosted, fault);
            assert_eq!(verdict.tag == Tag::Complete, fault.is_none());
        }
        let aborted = machine!(settled();
            hosted: Hosted::Due,
            aborted: true);
        assert_eq!(aborted.verdict(None).hosted, code(Aborted));
    }

    #[test]
    fn a_session_still_stored_is_failed_whatever_else_went_well() {
        let machine = machine!(settled();
            removed: false,
            hosted: Hosted::Due);
        let verdict = machine.verdict(None);
        assert_eq!((verdict.tag, verdict.cause), (Tag::Failed, Some(Storage)));
        assert_eq!(verdict.hosted, None);
        let untouched = machine!(machine;
            untouched: Some(UserCancelled));
        assert_eq!(untouched.verdict(None).cause, Some(UserCancelled));
    }

    #[test]
    fn another_tab_that_was_not_heard_of_leaves_what_was_asked_unknown() {
        let following = |plan| {
            machine!(Machine::new(plan);
            phase: Phase::Settled,
            removed: true,
            following: true)
        };
        let verdict = following(PLAN).verdict(None);
        assert_eq!(
            (verdict.revoke, verdict.global),
            (code(Unconfirmed), code(Unconfirmed))
        );
        let aborted = machine!(following(PLAN);
            aborted: true);
        assert_eq!(aborted.verdict(None).revoke, code(Aborted));
        let nothing = Plan {
            global: false,
            revocation: false,
            ..PLAN
        };
        assert_eq!(following(nothing).verdict(None).tag, Tag::Complete);
        let heard = machine!(following(PLAN);
            followed: true);
        assert_eq!(heard.verdict(None).tag, Tag::Complete);
    }
}
