//! What a sign-out came to, read off its settled state.

use super::asked::Asked;
use super::machine::Machine;
use super::state::{Call, Hosted, Leave, Phase};
use crate::error::AuthErrorCode;
use crate::outcome::Status;

/// Why a step counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The last answer says why; the sign-out kept it.
    Answer,
    /// The machine says why.
    Code(AuthErrorCode),
}

/// The result, without tokens and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Complete, partial or failed.
    pub tag: Status,
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

impl Verdict {
    /// For a session that is gone from the storage.
    fn tag_of_faults(&self) -> Status {
        let faults = [
            self.revoke,
            self.others,
            self.global,
            self.forget,
            self.hosted,
        ];
        match faults.into_iter().any(|fault| fault.is_some()) {
            true => Status::Partial,
            false => Status::Complete,
        }
    }
}

impl Machine {
    /// The verdict of one caller as of now: of what it asked for, and of nothing else.
    pub fn verdict_for(&self, asked: &Asked, early: Option<AuthErrorCode>) -> Verdict {
        let mut verdict = self.verdict(early);
        verdict.global = verdict.global.filter(|_| asked.global);
        verdict.forget = verdict.forget.filter(|_| asked.forget_device);
        let hosted = match asked.leave {
            // The app has the URL, or none was wanted.
            Leave::Never | Leave::Manual => false,
            Leave::Auto => self.hosted_ui,
            Leave::Redirect | Leave::Popup => true,
        };
        verdict.hosted = verdict.hosted.filter(|_| hosted);
        // The page leaves, but not as this caller said.
        let leaves = asked.may_leave() && hosted && self.hosted != Hosted::NotDue;
        if leaves && asked.refused.contains(&true) {
            let refused = Some(Fault::Code(AuthErrorCode::InvalidState));
            verdict.hosted = verdict.hosted.or(refused);
        }
        if self.removed {
            verdict.tag = verdict.tag_of_faults();
        }
        verdict
    }

    /// The verdict of all that was asked for, as of now. `early` is the code for what is unknown to a caller that leaves
    /// before the others.
    pub fn verdict(&self, early: Option<AuthErrorCode>) -> Verdict {
        let code = |code| Some(Fault::Code(code));
        let mut verdict = Verdict {
            tag: Status::Complete,
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
                Call::Late => code(AuthErrorCode::InvalidState),
                call => self.fault(call, early),
            },
            hosted: self.hosted_fault(early),
        };
        if self.following {
            self.other_tabs(&mut verdict, early);
        }
        if !self.removed {
            let begun = !matches!(self.phase, Phase::Checked | Phase::Popup | Phase::Clearing);
            verdict.tag = Status::Failed;
            // A caller that leaves before the clear is over: nothing is known to have failed.
            let early = early.filter(|_| !begun);
            verdict.cause = early.or(self.untouched).or(Some(AuthErrorCode::Storage));
        } else {
            verdict.tag = verdict.tag_of_faults();
        }
        verdict
    }

    /// Another tab was quicker: its outcome is this one's, as far as it was asked for the same. What was not heard in time is
    /// unknown.
    fn other_tabs(&self, verdict: &mut Verdict, early: Option<AuthErrorCode>) {
        let code = |code| Some(Fault::Code(code));
        let unknown = code(early.unwrap_or(match self.unanswered() {
            AuthErrorCode::Aborted => AuthErrorCode::Aborted,
            _ => AuthErrorCode::Unconfirmed,
        }));
        let [revoke, global, hosted, forget] = match self.heard {
            Some(heard) => heard.codes.map(|told| told.map(Fault::Code)),
            None => [unknown; 4],
        };
        let (everywhere, forgets) = match self.heard {
            Some(heard) => (heard.global, heard.forget_device),
            None => (true, true),
        };
        if self.heard.is_some() || self.plan.revocation {
            // A newer refresh token that turned up here is this one's to revoke.
            verdict.revoke = revoke.or(verdict.revoke);
        }
        if self.plan.global {
            // Whether the user's other sessions ended can't be learnt from a local sign-out.
            verdict.global = match everywhere {
                true => global,
                false => code(AuthErrorCode::Unconfirmed),
            };
        }
        if self.plan.forget_device && self.device {
            verdict.forget = match forgets {
                true => forget,
                // This one has no token for it.
                false => code(AuthErrorCode::InvalidState),
            };
        }
        if self.hosted == Hosted::NotDue && self.elsewhere {
            verdict.hosted = hosted;
        }
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
            Call::Failed | Call::GaveUp | Call::Impossible | Call::Late => Fault::Answer,
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
            Hosted::Unconfirmed => Fault::Code(AuthErrorCode::Unconfirmed),
            Hosted::NotCompleted => Fault::Code(AuthErrorCode::RedirectNotCompleted),
            // A failed removal forbids the navigation; the result says so by itself.
            Hosted::Due if !self.removed => return None,
            Hosted::Due => Fault::Code(early.unwrap_or(self.unanswered())),
        })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use AuthErrorCode::{
        Aborted, Deferred, InvalidState, Navigation, Network, NotAuthorized, PopupBlocked,
        RedirectNotCompleted, RevocationDisabled, Storage, Throttled, Timeout, TokenExpired,
        Unconfirmed, UserCancelled,
    };

    use super::super::state::{Access, Heard, Plan};
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
                tag: Status::Complete,
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
        assert_eq!(verdict.tag, Status::Partial);
        assert_eq!(verdict.global, None);
        assert_eq!(verdict.forget, Some(Fault::Answer));
        assert_eq!(verdict.revoke, code(Unconfirmed));
        assert_eq!(verdict.hosted, code(Unconfirmed));
        // Before the clear is over, nothing is known to have failed.
        let early = machine!(Machine::new(PLAN);
            phase: Phase::Clearing,
            removed: false);
        let verdict = early.verdict(Some(Aborted));
        assert_eq!(
            (verdict.tag, verdict.cause),
            (Status::Failed, Some(Aborted))
        );
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
            (Hosted::Unconfirmed, code(Unconfirmed)),
            (Hosted::NotCompleted, code(RedirectNotCompleted)),
        ] {
            let verdict = machine!(settled();
                hosted: hosted)
            .verdict(None);
            assert_eq!(verdict.hosted, fault);
            assert_eq!(verdict.tag == Status::Complete, fault.is_none());
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
        assert_eq!(
            (verdict.tag, verdict.cause),
            (Status::Failed, Some(Storage))
        );
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
        let forgets = following(nothing);
        assert_eq!(forgets.verdict(None).tag, Status::Complete);
        let device = machine!(forgets;
            device: true);
        assert_eq!(device.verdict(None).forget, code(Unconfirmed));
        let heard = machine!(following(PLAN);
            heard: Some(HEARD));
        assert_eq!(heard.verdict(None).tag, Status::Complete);
    }

    const HEARD: Heard = Heard {
        codes: [None; 4],
        global: true,
        forget_device: true,
    };

    const ASKED: Asked = Asked {
        global: false,
        forget_device: false,
        leave: Leave::Never,
        refused: [false; 3],
    };

    #[test]
    fn what_another_tab_was_not_asked_for_is_not_its_outcome() {
        let of = |heard: Heard, hosted: Hosted| {
            machine!(Machine::new(PLAN);
                phase: Phase::Settled,
                removed: true,
                following: true,
                device: true,
                hosted_ui: true,
                elsewhere: true,
                hosted: hosted,
                heard: Some(heard))
            .verdict(None)
        };
        let all = Heard {
            codes: [
                Some(Throttled),
                Some(Network),
                Some(Navigation),
                Some(Timeout),
            ],
            ..HEARD
        };
        let verdict = of(all, Hosted::NotDue);
        assert_eq!(verdict.revoke, code(Throttled));
        assert_eq!(verdict.global, code(Network));
        assert_eq!(verdict.hosted, code(Navigation));
        assert_eq!(verdict.forget, code(Timeout));
        // It left for the hosted UI itself.
        assert_eq!(of(all, Hosted::Done).hosted, None);
        let less = Heard {
            global: false,
            forget_device: false,
            ..HEARD
        };
        let verdict = of(less, Hosted::NotDue);
        assert_eq!(verdict.global, code(Unconfirmed));
        assert_eq!(verdict.forget, code(InvalidState));
        assert_eq!((verdict.revoke, verdict.hosted), (None, None));
    }

    #[test]
    fn a_caller_is_told_of_what_it_asked_for_alone() {
        let machine = machine!(settled();
            global: Call::Failed,
            forget: Call::Late,
            hosted_ui: false,
            hosted: Hosted::NotLeft);
        let faults = |asked: Asked, machine: Machine| {
            let verdict = machine.verdict_for(&asked, None);
            let faults = [verdict.global, verdict.forget, verdict.hosted];
            let partial = faults.iter().any(Option::is_some);
            assert_eq!(verdict.tag == Status::Partial, partial);
            faults
        };
        assert_eq!(faults(ASKED, machine), [None; 3]);
        let global = Asked {
            global: true,
            ..ASKED
        };
        assert_eq!(faults(global, machine), [Some(Fault::Answer), None, None]);
        let forgets = Asked {
            forget_device: true,
            ..ASKED
        };
        assert_eq!(faults(forgets, machine), [None, code(InvalidState), None]);
        for (leave, here, hosted_ui) in [
            (Leave::Never, None, None),
            (Leave::Manual, None, None),
            (Leave::Auto, None, code(Navigation)),
            (Leave::Redirect, code(Navigation), code(Navigation)),
            (Leave::Popup, code(Navigation), code(Navigation)),
        ] {
            let asked = Asked { leave, ..ASKED };
            assert_eq!(faults(asked, machine)[2], here, "{leave:?}");
            let machine = machine!(machine;
                hosted_ui: true);
            assert_eq!(faults(asked, machine)[2], hosted_ui, "{leave:?}");
        }
    }

    #[test]
    fn an_option_that_was_not_followed_is_an_error_where_the_page_left() {
        let refused = |leave| Asked {
            leave,
            refused: [false, true, false],
            ..ASKED
        };
        let hosted = |leave, machine: Machine| machine.verdict_for(&refused(leave), None).hosted;
        let left = machine!(settled();
            hosted: Hosted::Done);
        assert_eq!(hosted(Leave::Redirect, left), code(InvalidState));
        // The session did not come from there: this caller did not ask to leave.
        assert_eq!(hosted(Leave::Auto, left), None);
        let came = machine!(left;
            hosted_ui: true);
        assert_eq!(hosted(Leave::Auto, came), code(InvalidState));
        assert_eq!(hosted(Leave::Never, came), None);
        assert_eq!(hosted(Leave::Manual, came), None);
        // What kept the page from leaving at all says more.
        let stayed = machine!(settled();
            hosted: Hosted::NotLeft);
        assert_eq!(hosted(Leave::Redirect, stayed), code(Navigation));
    }

    #[test]
    fn a_retry_leaves_only_for_the_caller_whose_way_out_failed() {
        let asked = |leave| Asked { leave, ..ASKED };
        let stayed = machine!(settled();
            hosted: Hosted::NotLeft);
        let retry = stayed.retry_for(&asked(Leave::Redirect));
        assert_eq!(
            (retry.hosted, retry.plan.leave),
            (Hosted::Due, Leave::Redirect)
        );
        let retry = stayed.retry_for(&asked(Leave::Never));
        assert_eq!(retry.hosted, Hosted::NotLeft);
        // And the one that wanted it still finds it undone.
        let after = machine!(retry;
            phase: Phase::Settled);
        let verdict = after.verdict_for(&asked(Leave::Redirect), None);
        assert_eq!(verdict.hosted, code(Navigation));
        let left = machine!(settled();
            hosted: Hosted::Done);
        assert_eq!(left.retry_for(&asked(Leave::Redirect)).hosted, Hosted::Done);
        let refused = Asked {
            refused: [true, false, false],
            ..asked(Leave::Redirect)
        };
        assert_eq!(left.retry_for(&refused).hosted, Hosted::Due);
        let aborted = machine!(settled();
            hosted: Hosted::Due,
            aborted: true);
        assert_eq!(
            aborted.retry_for(&asked(Leave::Never)).hosted,
            Hosted::NotLeft
        );
    }

    #[test]
    fn what_came_too_late_is_retried_while_its_token_may_live() {
        for (revoke, forget) in [
            (Call::Succeeded, Call::Late),
            (Call::Failed, Call::Waiting),
            (Call::HeldBack, Call::Waiting),
        ] {
            let machine = machine!(settled();
                global: Call::Unneeded,
                forget: Call::Late,
                revoke: revoke);
            assert_eq!(machine.retry().forget, forget, "{revoke:?}");
        }
    }
}
