//! The sign-out machine: state and event in, state and commands out. No I/O, no clock, no token.

use super::asked::Asked;
use super::state::{Access, Answer, Back, Call, Command, Event, Found, Heard, Hosted, Leave, Op};
use super::state::{Phase, Plan, PopupEnd};
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
    /// The session came from the hosted UI.
    pub hosted_ui: bool,
    /// The tab that was quicker ends the hosted UI's own session.
    pub elsewhere: bool,
    /// The session has a remembered device.
    pub device: bool,
    /// Another tab ended the session, and this is what it came to.
    pub heard: Option<Heard>,
    /// Every caller aborted.
    pub aborted: bool,
    /// It ended before anything was touched, and why.
    pub untouched: Option<AuthErrorCode>,
    /// Another tab was quicker.
    pub following: bool,
    /// The page went away.
    pub hidden: bool,
    /// The one-second wait for ForgetDevice has elapsed.
    forget_over: bool,
    /// A refresh brings a new refresh token too.
    pub rotates: bool,
    /// The page may wait no longer before it leaves.
    pub(super) leave_now: bool,
    /// No new request starts.
    deadline: bool,
    /// With `timeoutMs: 0`: the one request was sent.
    spent: bool,
    /// A newer refresh token turned up while RevokeToken was under way for the old one.
    newer_token: bool,
    /// RevokeToken went out for a newer refresh token; it does so once.
    chased: bool,
    /// The same for further sessions.
    chased_others: bool,
    /// GlobalSignOut, before it waits to be sent again.
    global_again: Again,
    /// ForgetDevice, before it waits to be sent again.
    forget_again: Again,
    /// The tries of RevokeToken, while it waits to be tried again after GlobalSignOut.
    revoke_tries: u8,
}

/// What a request that waits again has behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Again {
    /// How often it was sent; kept only while it waits.
    tries: u8,
    /// Its last try had a refreshed access token, so there is no more to be had by a refresh.
    renewed: bool,
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
            hosted_ui: false,
            elsewhere: false,
            device: false,
            heard: None,
            aborted: false,
            untouched: None,
            following: false,
            hidden: false,
            forget_over: false,
            rotates: true,
            leave_now: false,
            deadline: false,
            spent: false,
            newer_token: false,
            chased: false,
            chased_others: false,
            global_again: Again::default(),
            forget_again: Again::default(),
            revoke_tries: 0,
        }
    }

    /// The machine that runs again what failed in a settled one, and only that.
    pub fn retry(&self) -> Self {
        if !self.removed {
            // The user may still be signed in: all of it is to be done.
            return Machine::new(self.plan);
        }
        let dead = self.revoke == Call::Succeeded || self.global == Call::Succeeded;
        let again = |call: Call| match call {
            Call::Unneeded | Call::Succeeded | Call::Impossible => call,
            // What killed the access token has succeeded.
            Call::Late if dead => call,
            _ => Call::Waiting,
        };
        let mut next = Machine {
            session: self.session,
            removed: true,
            access: self.access,
            refresh_token: self.refresh_token,
            forget: again(self.forget),
            global: again(self.global),
            revoke: again(self.revoke),
            others: again(self.others),
            hosted_ui: self.hosted_ui,
            elsewhere: self.elsewhere,
            device: self.device,
            // What another tab did is known only from its outcome: it is asked for again.
            following: self.following,
            ..Machine::new(self.plan)
        };
        next.plan.one_request = false;
        next.hosted = match self.hosted {
            Hosted::NotLeft | Hosted::Unconfirmed | Hosted::NotCompleted => Hosted::Due,
            Hosted::Blocked | Hosted::TimedOut | Hosted::Cancelled => Hosted::Due,
            // Aborted before it left.
            Hosted::Due => Hosted::Due,
            Hosted::Unusable | Hosted::Manual | Hosted::Done | Hosted::NotDue => self.hosted,
        };
        next
    }

    /// The machine that runs again what failed for one caller: the hosted UI is that caller's alone, the rest is shared.
    pub fn retry_for(&self, asked: &Asked) -> Self {
        let mut next = self.retry();
        if !next.removed {
            next.plan.leave = asked.leave;
            return next;
        }
        let failed = self.verdict_for(asked, None).hosted.is_some();
        next.hosted = match self.hosted {
            Hosted::Unusable => Hosted::Unusable,
            _ if failed => Hosted::Due,
            // Others may still want it, so that it stays a failure.
            Hosted::Due => Hosted::NotLeft,
            hosted => hosted,
        };
        if next.hosted == Hosted::Due {
            next.plan.leave = asked.leave;
        }
        next
    }

    /// The machine that only leaves for the hosted UI: the rest was done on the page before.
    pub fn leave_only(plan: Plan) -> Self {
        Machine {
            removed: true,
            session: true,
            hosted: Hosted::Due,
            ..Machine::new(plan)
        }
    }

    /// The machine of a sign-out whose keys were removed before it began. As a retry, it does what
    /// comes after the clear.
    pub fn after_removal(plan: Plan, found: Found) -> Self {
        let mut next = Machine::new(plan);
        next.plan.one_request = false;
        next.hosted = match plan.leave {
            Leave::Popup if found.can_leave => Hosted::Due,
            Leave::Popup => Hosted::Unusable,
            _ => Hosted::NotDue,
        };
        next.learn(found);
        next
    }

    /// Takes one event and appends what is to be done. An event that does not belong to the state changes nothing.
    pub fn handle(&mut self, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::Start if self.phase == Phase::Checked => self.start(out),
            Event::PopupEnded(end) if self.phase == Phase::Popup => self.popup_ended(end, out),
            Event::Cleared(found) if self.phase == Phase::Clearing => self.cleared(found, out),
            Event::Answered(op, answer) => self.answered(op, answer, out),
            Event::PauseOver(op) => self.pause_over(op, out),
            Event::ForgetDeviceOver
                if self.runs() && !self.forget_over && !self.forget.is_settled() =>
            {
                self.forget_over = true;
                self.advance(out);
            }
            Event::LeaveNow if self.hosted == Hosted::Due && self.waits() => {
                self.leave_now = true;
                self.stop_waiting(out);
            }
            Event::Deadline if self.phase == Phase::Clearing || self.waits() || self.runs() => {
                // `timeoutMs: 0` still sends its one request after an asynchronous clear.
                self.deadline = !(self.plan.one_request && self.phase == Phase::Clearing);
                self.stop_waiting(out);
            }
            Event::OtherTabSettled(heard) if self.phase == Phase::Following => {
                self.heard = Some(heard);
                self.read_back_done(out);
            }
            Event::ReadBack(back) if self.phase == Phase::ReadingBack => self.read_back(back, out),
            Event::NewerToken if self.runs() || (self.phase == Phase::Popup && self.removed) => {
                self.newest_token();
                self.advance(out);
            }
            Event::NewerOthers if self.may_chase_others() => {
                self.chased_others = true;
                self.others = Call::Waiting;
                self.advance(out);
            }
            Event::Left if self.phase == Phase::Leaving => self.left(out),
            Event::Replaced if self.phase == Phase::Leaving => self.hosted = Hosted::Unconfirmed,
            Event::LeaveFailed if self.phase == Phase::Leaving => {
                self.hosted = Hosted::NotLeft;
                self.settle(out);
            }
            Event::PageHide if self.phase != Phase::Checked => self.page_hide(out),
            Event::Aborted => self.abort(out),
            Event::Upgrade if self.phase != Phase::Settled => self.upgrade(out),
            Event::AlsoForget if self.phase != Phase::Settled => self.also_forget(out),
            Event::AlsoLeave { always, possible } if self.phase != Phase::Settled => {
                self.also_leave(always, possible);
            }
            _ => {}
        }
    }

    fn start(&mut self, out: &mut Vec<Command>) {
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
        if self.removed && self.following {
            self.follow(out);
        } else if self.removed {
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
            PopupEnd::NotCompleted => Hosted::NotCompleted,
            PopupEnd::Unconfirmed => Hosted::Unconfirmed,
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
        self.learn(found);
        if found.overtaken && found.removed && !found.session {
            self.following = true;
            self.follow(out);
            return;
        }
        self.phase = Phase::Remote;
        self.advance(out);
    }

    /// Learns what is to be done from what was found.
    fn learn(&mut self, found: Found) {
        self.removed = found.removed;
        self.session = found.session;
        self.access = found.access;
        self.refresh_token = found.refresh_token;
        self.hosted_ui = found.hosted_ui;
        self.elsewhere = found.elsewhere;
        self.device = found.device;
        let has_access = found.access != Access::Missing || found.refresh_token;
        let needed = |asked: bool, possible: bool| match (asked && found.session, possible) {
            (false, _) => Call::Unneeded,
            (true, true) => Call::Waiting,
            (true, false) => Call::Impossible,
        };
        self.forget = needed(self.plan.forget_device && found.device, has_access);
        self.global = needed(self.plan.global, has_access);
        self.revoke = needed(self.plan.revocation && found.refresh_token, found.revocable);
        self.others = needed(self.plan.revocation && found.others, true);
        if self.hosted == Hosted::NotDue && found.removed {
            self.hosted = match self.plan.leave {
                Leave::Never | Leave::Popup => Hosted::NotDue,
                Leave::Auto if !self.must_leave() => Hosted::NotDue,
                Leave::Manual if found.can_leave => Hosted::Manual,
                _ if found.can_leave => Hosted::Due,
                _ => Hosted::Unusable,
            };
        }
    }

    /// "auto" leaves: the session came from the hosted UI, and no other tab ends that one's own session.
    fn must_leave(&self) -> bool {
        self.hosted_ui && !self.elsewhere
    }

    /// Waits for the other tab's outcome.
    fn follow(&mut self, out: &mut Vec<Command>) {
        self.phase = Phase::Following;
        out.push(Command::Follow);
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
        matches!(
            self.phase,
            Phase::Remote | Phase::ReadingBack | Phase::Leaving
        )
    }

    /// Something remote is waited for.
    fn waits(&self) -> bool {
        matches!(
            self.phase,
            Phase::Following | Phase::Remote | Phase::ReadingBack
        )
    }

    fn stop_waiting(&mut self, out: &mut Vec<Command>) {
        if self.phase == Phase::Following {
            self.read_back_done(out);
        } else {
            self.advance(out);
        }
    }

    fn may_send(&self) -> bool {
        !self.deadline && !self.aborted && !self.spent
    }

    fn send(&mut self, op: Op, tries: u8, out: &mut Vec<Command>) {
        *self.call(op) = Call::Sent(tries + 1);
        let renewed = self.refresh == Call::Succeeded;
        match op {
            Op::GlobalSignOut => self.global_again = Again { tries: 0, renewed },
            Op::ForgetDevice => self.forget_again = Again { tries: 0, renewed },
            Op::RevokeToken => self.revoke_tries = 0,
            Op::Refresh | Op::RevokeOthers => {}
        }
        self.spent = self.plan.one_request;
        out.push(Command::Send(op));
    }

    fn answered(&mut self, op: Op, answer: Answer, out: &mut Vec<Command>) {
        let tries = match *self.call(op) {
            Call::Sent(tries) => tries,
            // An earlier request for the same was answered after all.
            Call::Waiting | Call::Pausing(_) | Call::HeldBack | Call::Failed | Call::GaveUp
                if answer == Answer::Ok =>
            {
                0
            }
            _ => return,
        };
        let goes_on = self.runs() && self.may_send();
        let mut paused = false;
        *self.call(op) = match answer {
            Answer::Ok => Call::Succeeded,
            Answer::Expired if goes_on && self.renew(op, tries) => Call::Waiting,
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
            // Rotation: the refresh token that was revoked meanwhile may not be the newest.
            if self.rotates && !matches!(self.revoke, Call::Unneeded | Call::Impossible) {
                self.newest_token();
            }
        }
        if op == Op::RevokeToken && self.newer_token {
            self.newer_token = false;
            self.newest_token();
        }
        self.advance(out);
    }

    /// The access token of this request has expired: one refresh and one more try (never trust the clock alone).
    fn renew(&mut self, op: Op, tries: u8) -> bool {
        let again = match op {
            Op::GlobalSignOut => &mut self.global_again,
            Op::ForgetDevice => &mut self.forget_again,
            Op::Refresh | Op::RevokeToken | Op::RevokeOthers => return false,
        };
        if again.renewed || !self.refresh_token {
            return false;
        }
        again.tries = tries;
        // The other request may have asked for the refresh, and may have it already.
        if self.refresh != Call::Succeeded {
            self.access = Access::Expired;
        }
        true
    }

    /// A newer refresh token of the session turned up: RevokeToken is for that one, once.
    fn newest_token(&mut self) {
        match self.revoke {
            _ if !self.plan.revocation => {}
            // The sign-out sends the newest that it knows.
            Call::Waiting | Call::HeldBack | Call::Pausing(_) => {}
            Call::Impossible | Call::Late => {}
            Call::Sent(_) => self.newer_token = true,
            _ if self.chased => self.revoke = Call::HeldBack,
            Call::Unneeded | Call::Succeeded | Call::Failed | Call::GaveUp => {
                self.chased = true;
                self.revoke = Call::Waiting;
            }
        }
    }

    /// Whether RevokeToken is sent for newer refresh tokens of further sessions; it is so once.
    pub fn may_chase_others(&self) -> bool {
        self.plan.revocation && self.runs() && !self.chased_others
    }

    fn pause_over(&mut self, op: Op, out: &mut Vec<Command>) {
        let Call::Pausing(tries) = *self.call(op) else {
            return;
        };
        if !self.runs() || !self.may_send() {
            return;
        }
        // What has to wait for another request meanwhile does so.
        match op {
            // What needed the refresh has succeeded meanwhile.
            Op::Refresh if self.global != Call::Waiting && self.forget != Call::Waiting => {
                self.refresh = Call::Unneeded;
                return self.advance(out);
            }
            Op::Refresh | Op::RevokeOthers => return self.send(op, tries, out),
            Op::GlobalSignOut => self.global_again.tries = tries,
            Op::ForgetDevice => self.forget_again.tries = tries,
            Op::RevokeToken => self.revoke_tries = tries,
        }
        *self.call(op) = Call::Waiting;
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
            if self.plan.one_request {
                self.send_the_one(out);
            } else {
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

    /// Whether a request waits for a refresh of the access token.
    pub fn waits_for_refresh(&mut self, op: Op) -> bool {
        *self.call(op) == Call::Waiting
    }

    pub(super) fn must_refresh(&self) -> bool {
        self.access != Access::Valid && self.refresh_token
    }

    /// With one request only there is none to spare for a refresh: RevokeToken goes in its place, where it can.
    fn send_the_one(&mut self, out: &mut Vec<Command>) {
        let hopeless =
            self.must_refresh() && (self.revoke == Call::Waiting || self.access == Access::Missing);
        if self.global == Call::Waiting && !hopeless && self.may_send() {
            self.send(Op::GlobalSignOut, 0, out);
        }
    }

    /// Sends a request that needs a valid access token, after the refresh it may need.
    fn send_with_access(&mut self, op: Op, out: &mut Vec<Command>) {
        if *self.call(op) != Call::Waiting {
            return;
        }
        if !self.must_refresh() {
            if self.may_send() {
                let tries = match op {
                    Op::ForgetDevice => self.forget_again.tries,
                    _ => self.global_again.tries,
                };
                self.send(op, tries, out);
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
            Call::Unneeded | Call::Succeeded | Call::Failed | Call::Impossible
                if self.may_send() =>
            {
                self.send(Op::RevokeToken, self.revoke_tries, out);
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
        let calls = [
            self.refresh,
            self.forget,
            self.global,
            self.revoke,
            self.others,
        ];
        calls.into_iter().all(Call::is_settled)
    }

    /// Nothing remote is waited for any more.
    pub fn is_over(&self) -> bool {
        self.deadline || self.aborted || self.plan.one_request || self.leave_now
    }

    fn read_back(&mut self, back: Back, out: &mut Vec<Command>) {
        match back {
            Back::Gone | Back::Removed { newer_token: false } => {}
            Back::Stuck => self.removed = false,
            Back::Removed { newer_token: true } => {
                self.newest_token();
                // It is sent at once, even where the page does not wait for the answer.
                self.advance(out);
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
        // A page that comes back and goes again does not send for ever newer tokens.
        let enough = self.hidden && self.chased;
        self.hidden = true;
        // Even beside an unanswered request: nothing can be sent later.
        for op in [Op::RevokeToken, Op::RevokeOthers] {
            let newer = op == Op::RevokeToken && self.newer_token;
            let call = self.call(op);
            let unsent = matches!(call, Call::Waiting | Call::Pausing(_) | Call::HeldBack);
            if (unsent || newer) && !self.aborted && !enough {
                *self.call(op) = Call::Sent(MAX_TRIES);
                self.chased |= newer;
                out.push(Command::Send(op));
            }
        }
        self.newer_token &= self.aborted || enough;
        if self.phase == Phase::Leaving {
            self.left(out);
        }
    }

    /// The page is on its way, by our navigation unless another one replaced it.
    fn left(&mut self, out: &mut Vec<Command>) {
        if self.hosted != Hosted::Unconfirmed {
            self.hosted = Hosted::Done;
        }
        self.settle(out);
    }

    fn abort(&mut self, out: &mut Vec<Command>) {
        match self.phase {
            Phase::Settled => {}
            Phase::Checked | Phase::Popup => {
                self.aborted = true;
                if !self.removed {
                    self.untouched = Some(AuthErrorCode::Aborted);
                }
                if self.phase == Phase::Popup {
                    out.push(Command::AbortPopup);
                }
                self.settle(out);
            }
            Phase::Clearing => self.aborted = true,
            Phase::Following | Phase::Leaving => {
                self.aborted = true;
                out.push(Command::AbortRequests);
                self.settle(out);
            }
            Phase::Remote | Phase::ReadingBack => {
                if !self.aborted {
                    self.aborted = true;
                    out.push(Command::AbortRequests);
                    self.advance(out);
                }
            }
        }
    }

    fn upgrade(&mut self, out: &mut Vec<Command>) {
        if self.plan.global {
            return;
        }
        self.plan.global = true;
        // Before the clear it is not known, and the clear looks at the plan.
        if self.session {
            self.global = if self.access == Access::Missing && !self.refresh_token {
                Call::Impossible
            } else {
                Call::Waiting
            };
            self.advance(out);
        }
    }

    fn also_forget(&mut self, out: &mut Vec<Command>) {
        if self.plan.forget_device {
            return;
        }
        self.plan.forget_device = true;
        // Before the clear it is not known, and the clear looks at the plan.
        if !(self.session && self.device) {
            return;
        }
        // Sent once, it may have ended the access token, whatever the answer was; and again for a newer refresh token.
        let ends = |call: Call| {
            !matches!(
                call,
                Call::Unneeded | Call::Waiting | Call::HeldBack | Call::Impossible
            )
        };
        self.forget = if self.access == Access::Missing && !self.refresh_token {
            Call::Impossible
        } else if ends(self.global) || ends(self.revoke) || self.chased {
            Call::Late
        } else {
            Call::Waiting
        };
        self.advance(out);
    }

    fn also_leave(&mut self, always: bool, possible: bool) {
        let early = matches!(self.phase, Phase::Checked | Phase::Popup | Phase::Clearing);
        if early && !self.removed {
            self.plan.leave = match self.plan.leave {
                Leave::Popup | Leave::Redirect => return,
                _ if always => Leave::Redirect,
                _ => Leave::Auto,
            };
        } else if self.removed && (always || self.must_leave()) {
            self.hosted = match self.hosted {
                Hosted::NotDue | Hosted::Manual | Hosted::Unusable if possible => Hosted::Due,
                // A popup ended it before, and somebody may have signed in there since.
                Hosted::Done if always && possible => Hosted::Due,
                Hosted::NotDue | Hosted::Manual => Hosted::Unusable,
                hosted => hosted,
            };
        }
    }

    fn settle(&mut self, out: &mut Vec<Command>) {
        self.phase = Phase::Settled;
        out.push(Command::Settle);
    }
}
