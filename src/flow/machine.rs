//! The sign-out machine: state and event in, state and commands out. No I/O, no clock, no token.

use super::state::{Access, Answer, Back, Call, Command, Event, Found, Hosted, Leave, Op, Phase};
use super::state::{Plan, PopupEnd};
use crate::error::AuthErrorCode;

/// How often one request is sent at the most.
pub const MAX_TRIES: u8 = 3;

/// The state of one sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Machine {
    /// What was asked.
    pub plan: Plan,
    /// Where it stands.
    pub phase: Phase,
    /// The session is known to be out of the storage.
    pub removed: bool,
    /// A session was found.
    pub session: bool,
    /// What is known of the access token.
    pub access: Access,
    /// The session has a refresh token.
    pub refresh_token: bool,
    /// GetTokensFromRefreshToken.
    pub refresh: Call,
    /// ForgetDevice.
    pub forget: Call,
    /// GlobalSignOut.
    pub global: Call,
    /// RevokeToken.
    pub revoke: Call,
    /// RevokeToken for further sessions.
    pub others: Call,
    /// The hosted UI.
    pub hosted: Hosted,
    /// There is a logout URL, and this page may leave for it.
    pub can_leave: bool,
    /// Another tab ended the session, and its outcome came.
    pub followed: bool,
    /// Every caller aborted.
    pub aborted: bool,
    /// It ended before anything was touched, and why.
    pub untouched: Option<AuthErrorCode>,
    /// Another tab was quicker.
    pub following: bool,
    /// The page went away.
    pub hidden: bool,
    /// ForgetDevice has had its second.
    forget_over: bool,
    /// The page may wait no longer before it leaves.
    pub(super) leave_now: bool,
    /// No new request starts.
    deadline: bool,
    /// With `timeoutMs: 0`: the one request was sent.
    pub(super) spent: bool,
    /// A session written back was found once.
    came_back: bool,
}

impl Machine {
    /// A sign-out whose options were checked and that has touched nothing.
    pub fn new(plan: Plan) -> Self {
        Machine {
            plan,
            phase: Phase::Checked,
            removed: false,
            session: false,
            access: Access::Missing,
            refresh_token: false,
            refresh: Call::Unneeded,
            forget: Call::Unneeded,
            global: Call::Unneeded,
            revoke: Call::Unneeded,
            others: Call::Unneeded,
            hosted: Hosted::NotDue,
            can_leave: false,
            followed: false,
            aborted: false,
            untouched: None,
            following: false,
            hidden: false,
            forget_over: false,
            leave_now: false,
            deadline: false,
            spent: false,
            came_back: false,
        }
    }

    /// The machine that runs again what failed in a settled one, and only that.
    pub fn retry(&self) -> Self {
        let again = |call: Call| match call {
            Call::Unneeded | Call::Succeeded | Call::Impossible => call,
            _ => Call::Waiting,
        };
        let mut next = Machine {
            phase: Phase::Checked,
            session: self.session,
            removed: true,
            access: self.access,
            refresh_token: self.refresh_token,
            forget: again(self.forget),
            global: again(self.global),
            revoke: again(self.revoke),
            others: again(self.others),
            can_leave: self.can_leave,
            ..Machine::new(self.plan)
        };
        next.plan.one_request = false;
        next.hosted = match self.hosted {
            Hosted::NotLeft | Hosted::Blocked | Hosted::TimedOut | Hosted::Cancelled => Hosted::Due,
            // Aborted before it left.
            Hosted::Due => Hosted::Due,
            Hosted::Unusable => Hosted::Unusable,
            Hosted::Manual => Hosted::Manual,
            Hosted::Done | Hosted::NotDue => Hosted::NotDue,
        };
        next
    }

    /// Takes one event and appends what is to be done. An event that does not belong to the state changes nothing.
    pub fn handle(&mut self, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::Start => self.start(out),
            Event::PopupEnded(end) if self.phase == Phase::Popup => self.popup_ended(end, out),
            Event::Cleared(found) if self.phase == Phase::Clearing => self.cleared(found, out),
            Event::Answered(op, answer) => self.answered(op, answer, out),
            Event::PauseOver(op) => {
                if let Call::Pausing(tries) = *self.call(op)
                    && self.runs()
                    && self.may_send()
                {
                    self.send(op, tries, out);
                }
            }
            Event::ForgetDeviceOver if !self.forget_over => {
                self.forget_over = true;
                self.advance(out);
            }
            Event::LeaveNow => {
                self.leave_now = true;
                self.advance(out);
            }
            Event::Deadline => {
                self.deadline = true;
                if self.phase == Phase::Following {
                    self.read_back_done(out);
                }
                self.advance(out);
            }
            Event::OtherTabSettled if self.phase == Phase::Following => {
                self.followed = true;
                self.read_back_done(out);
            }
            Event::ReadBack(back) if self.phase == Phase::ReadingBack => self.read_back(back, out),
            Event::Left if self.phase == Phase::Leaving => {
                self.hosted = Hosted::Done;
                self.settle(out);
            }
            Event::LeaveFailed if self.phase == Phase::Leaving => {
                self.hosted = Hosted::NotLeft;
                self.settle(out);
            }
            Event::PageHide => self.page_hide(out),
            Event::Aborted => self.abort(out),
            Event::Upgrade if self.phase != Phase::Settled => self.upgrade(out),
            Event::AlsoRedirect => self.also_redirect(),
            _ => {}
        }
    }

    fn start(&mut self, out: &mut Vec<Command>) {
        if self.phase != Phase::Checked {
            return;
        }
        let again = self.removed;
        if self.plan.leave == Leave::Popup && (!again || self.hosted == Hosted::Due) {
            self.phase = Phase::Popup;
            out.push(Command::RunPopup);
        } else {
            self.clear(out);
        }
    }

    /// Goes on to the clear, or past it in a retry.
    fn clear(&mut self, out: &mut Vec<Command>) {
        if self.removed {
            self.phase = Phase::Remote;
            self.advance(out);
        } else {
            self.phase = Phase::Clearing;
            out.push(Command::Clear);
        }
    }

    fn popup_ended(&mut self, end: PopupEnd, out: &mut Vec<Command>) {
        self.hosted = match end {
            PopupEnd::Returned => Hosted::Done,
            PopupEnd::Blocked => Hosted::Blocked,
            PopupEnd::TimedOut => Hosted::TimedOut,
            PopupEnd::Cancelled { session_dead } if session_dead || self.removed => {
                Hosted::Cancelled
            }
            PopupEnd::Cancelled { .. } => {
                self.untouched = Some(AuthErrorCode::UserCancelled);
                self.settle(out);
                return;
            }
        };
        self.clear(out);
    }

    fn cleared(&mut self, found: Found, out: &mut Vec<Command>) {
        self.removed = found.removed;
        self.session = found.session;
        self.access = found.access;
        self.refresh_token = found.refresh_token;
        self.can_leave = found.can_leave;
        let has_access = found.access != Access::Missing || found.refresh_token;
        let needed = |asked: bool, possible: bool| match (asked && found.session, possible) {
            (false, _) => Call::Unneeded,
            (true, true) => Call::Waiting,
            (true, false) => Call::Impossible,
        };
        self.forget = needed(self.plan.forget_device && found.device, has_access);
        self.global = needed(self.plan.global, has_access);
        self.revoke = needed(
            self.plan.revocation && found.refresh_token,
            found.revocable,
        );
        self.others = needed(self.plan.revocation && found.others, true);
        if self.hosted == Hosted::NotDue && found.removed {
            self.hosted = match self.plan.leave {
                Leave::Never | Leave::Popup => Hosted::NotDue,
                Leave::Auto if !(found.session && found.hosted_ui) => Hosted::NotDue,
                Leave::Manual if found.can_leave => Hosted::Manual,
                _ if found.can_leave => Hosted::Due,
                _ => Hosted::Unusable,
            };
        }
        if found.overtaken && found.removed && !found.session {
            self.following = true;
            self.phase = Phase::Following;
            out.push(Command::Follow);
            return;
        }
        self.phase = Phase::Remote;
        self.advance(out);
    }

    fn call(&mut self, op: Op) -> &mut Call {
        match op {
            Op::Refresh => &mut self.refresh,
            Op::ForgetDevice => &mut self.forget,
            Op::GlobalSignOut => &mut self.global,
            Op::RevokeToken => &mut self.revoke,
            Op::RevokeOthers => &mut self.others,
        }
    }

    /// Requests may follow one another: before the page leaves, and while it leaves.
    fn runs(&self) -> bool {
        matches!(self.phase, Phase::Remote | Phase::ReadingBack | Phase::Leaving)
    }

    fn may_send(&self) -> bool {
        !self.deadline && !self.aborted && !self.spent
    }

    fn send(&mut self, op: Op, tries: u8, out: &mut Vec<Command>) {
        *self.call(op) = Call::Sent(tries + 1);
        self.spent = self.plan.one_request;
        out.push(Command::Send(op));
    }

    fn answered(&mut self, op: Op, answer: Answer, out: &mut Vec<Command>) {
        let Call::Sent(tries) = *self.call(op) else {
            return;
        };
        let goes_on = self.runs() && self.may_send();
        let mut paused = false;
        *self.call(op) = match answer {
            Answer::Ok => Call::Succeeded,
            // One refresh and one more try: never trust the clock alone.
            Answer::Expired
                if goes_on
                    && matches!(op, Op::GlobalSignOut | Op::ForgetDevice)
                    && self.refresh == Call::Unneeded
                    && self.refresh_token =>
            {
                self.access = Access::Expired;
                Call::Waiting
            }
            Answer::Expired | Answer::Final => Call::Failed,
            Answer::Transient { again } if again && goes_on && tries < MAX_TRIES => {
                paused = true;
                Call::Pausing(tries)
            }
            Answer::Transient { .. } => Call::GaveUp,
        };
        if paused {
            out.push(Command::Pause(op, tries));
        }
        if op == Op::Refresh && self.refresh == Call::Succeeded {
            self.access = Access::Valid;
        }
        self.advance(out);
    }

    /// Sends what is due, in the contract's order, and goes on where nothing more is awaited.
    fn advance(&mut self, out: &mut Vec<Command>) {
        if !self.runs() {
            return;
        }
        if !self.plan.one_request {
            self.send_with_access(Op::ForgetDevice, out);
        }
        let forget_first = !self.plan.one_request && !self.forget_over && !self.forget.is_settled();
        if !forget_first {
            // With one request only, there is none to spare for a refresh.
            if !(self.plan.one_request && self.must_refresh()) {
                self.send_with_access(Op::GlobalSignOut, out);
            }
            self.send_revoke(out);
        }
        if self.others == Call::Waiting && self.may_send() {
            self.send(Op::RevokeOthers, 0, out);
        }
        if self.phase == Phase::Remote && (self.is_over() || self.all_settled()) {
            self.phase = Phase::ReadingBack;
            out.push(Command::ReadBack);
        }
    }

    pub(super) fn must_refresh(&self) -> bool {
        self.access != Access::Valid && self.refresh_token
    }

    /// Sends a request that needs a valid access token, after the refresh it may need.
    fn send_with_access(&mut self, op: Op, out: &mut Vec<Command>) {
        if *self.call(op) != Call::Waiting {
            return;
        }
        if !self.must_refresh() {
            if self.may_send() {
                self.send(op, 0, out);
            }
            return;
        }
        match self.refresh {
            Call::Unneeded if self.may_send() => self.send(Op::Refresh, 0, out),
            Call::Failed => *self.call(op) = Call::Failed,
            Call::GaveUp => *self.call(op) = Call::GaveUp,
            _ => {}
        }
    }

    fn send_revoke(&mut self, out: &mut Vec<Command>) {
        if self.revoke != Call::Waiting {
            return;
        }
        match self.global {
            Call::Unneeded | Call::Succeeded | Call::Failed | Call::Impossible => {
                if self.may_send() {
                    self.send(Op::RevokeToken, 0, out);
                }
            }
            // RevokeToken would kill the access token that a retry needs.
            Call::GaveUp => self.revoke = Call::HeldBack,
            Call::Waiting if self.plan.one_request && self.may_send() => {
                self.send(Op::RevokeToken, 0, out);
            }
            _ => {}
        }
    }

    fn all_settled(&self) -> bool {
        let calls = [self.refresh, self.forget, self.global, self.revoke, self.others];
        calls.into_iter().all(Call::is_settled)
    }

    /// Nothing remote is waited for any more.
    fn is_over(&self) -> bool {
        self.deadline || self.aborted || self.spent || self.leave_now
    }

    fn read_back(&mut self, back: Back, out: &mut Vec<Command>) {
        match back {
            Back::Gone => {}
            Back::Stuck => self.removed = false,
            Back::Removed { newer_token } => {
                let unsent = matches!(self.revoke, Call::Waiting | Call::HeldBack);
                if newer_token && self.plan.revocation && !unsent {
                    self.revoke = Call::Waiting;
                    if self.came_back {
                        self.revoke = Call::HeldBack;
                    }
                }
                self.came_back = true;
            }
        }
        self.read_back_done(out);
    }

    fn read_back_done(&mut self, out: &mut Vec<Command>) {
        if !self.is_over() && !self.all_settled() {
            self.phase = Phase::Remote;
            self.advance(out);
        } else if self.hosted == Hosted::Due && self.removed && !self.aborted {
            self.phase = Phase::Leaving;
            out.push(Command::Leave);
        } else {
            self.settle(out);
        }
    }

    fn page_hide(&mut self, out: &mut Vec<Command>) {
        self.hidden = true;
        let unsent = matches!(
            self.revoke,
            Call::Waiting | Call::Pausing(_) | Call::HeldBack
        );
        if unsent && !self.aborted && self.phase != Phase::Checked {
            self.revoke = Call::Sent(MAX_TRIES);
            out.push(Command::Send(Op::RevokeToken));
        }
        if self.phase == Phase::Leaving {
            self.hosted = Hosted::Done;
            self.settle(out);
        }
    }

    fn abort(&mut self, out: &mut Vec<Command>) {
        match self.phase {
            Phase::Checked | Phase::Settled => {}
            Phase::Popup => {
                self.aborted = true;
                if !self.removed {
                    self.untouched = Some(AuthErrorCode::Aborted);
                }
                out.push(Command::ClosePopup);
                self.settle(out);
            }
            Phase::Clearing => self.aborted = true,
            Phase::Following | Phase::Leaving => {
                self.aborted = true;
                out.push(Command::AbortRequests);
                self.settle(out);
            }
            Phase::Remote | Phase::ReadingBack => {
                self.aborted = true;
                out.push(Command::AbortRequests);
                self.advance(out);
            }
        }
    }

    fn upgrade(&mut self, out: &mut Vec<Command>) {
        if self.plan.global {
            return;
        }
        self.plan.global = true;
        if self.session && self.runs() {
            self.global = if self.access == Access::Missing && !self.refresh_token {
                Call::Impossible
            } else {
                Call::Waiting
            };
            self.advance(out);
        }
    }

    fn also_redirect(&mut self) {
        let early = matches!(self.phase, Phase::Checked | Phase::Popup | Phase::Clearing);
        if early && self.plan.leave != Leave::Popup {
            self.plan.leave = Leave::Redirect;
        } else if self.hosted == Hosted::NotDue && self.phase != Phase::Settled {
            self.hosted = if self.can_leave {
                Hosted::Due
            } else {
                Hosted::Unusable
            };
        }
    }

    fn settle(&mut self, out: &mut Vec<Command>) {
        self.phase = Phase::Settled;
        out.push(Command::Settle);
    }
}
