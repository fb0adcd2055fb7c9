//! What an observer of the sign-out machine knows, and what it demands of each step.
//!
//! It is written from the contract and looks at events, commands and public fields only.

use cognito_signout::error::AuthErrorCode;
use cognito_signout::flow::{
    Access, Answer, Back, Call, Command, Event, Found, Hosted, Leave, Machine, Op, Phase, PopupEnd,
    Tag,
};

/// The state of one request.
pub fn call(machine: &Machine, op: Op) -> Call {
    match op {
        Op::Refresh => machine.refresh,
        Op::ForgetDevice => machine.forget,
        Op::GlobalSignOut => machine.global,
        Op::RevokeToken => machine.revoke,
        Op::RevokeOthers => machine.others,
    }
}

/// What is known of the hosted UI's own session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Web {
    #[default]
    NotAsked,
    /// The page must leave for it.
    ToLeave,
    /// The app follows the URL.
    Handed,
    /// The browser went there, or the popup came back.
    Ended,
    /// It can't be, or could not be.
    Lost,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Monitor {
    cleared: bool,
    /// A read-back saw the storage without the session, and none since saw it with it.
    verified: bool,
    session: bool,
    needs_revoke: bool,
    revocable: bool,
    needs_others: bool,
    needs_forget: bool,
    revoke_ok: bool,
    global_ok: bool,
    others_ok: bool,
    forget_ok: bool,
    web: Web,
    can_leave: bool,
    follows: bool,
    followed: bool,
    deadline: bool,
    aborted: bool,
    forget_over: bool,
    newer: bool,
    /// Requests sent before `pagehide` with `timeoutMs: 0`.
    one_sent: u8,
    /// The operations that were refused for good.
    refused: [bool; 5],
    /// It ended before anything was touched.
    untouched: Option<AuthErrorCode>,
}

impl Monitor {
    /// A page that came back leaves for the hosted UI once more, and does nothing else.
    pub fn leaving() -> Monitor {
        Monitor {
            cleared: true,
            verified: true,
            session: true,
            revocable: true,
            web: Web::ToLeave,
            can_leave: true,
            ..Monitor::default()
        }
    }

    /// What is still known when the failed part runs again.
    pub fn retried(&self) -> Monitor {
        if !self.verified {
            return Monitor::default();
        }
        Monitor {
            deadline: false,
            aborted: false,
            forget_over: false,
            followed: false,
            newer: false,
            one_sent: 0,
            refused: [false; 5],
            ..*self
        }
    }

    /// Whether the driver delivers this event in this state, or it is no more than noise.
    fn belongs(&self, before: &Machine, event: Event) -> bool {
        use Phase::{Checked, Clearing, Following, Leaving, Popup, ReadingBack, Remote, Settled};
        let phase = before.phase;
        let remote = matches!(phase, Remote | ReadingBack | Leaving);
        match event {
            Event::Start => phase == Checked,
            Event::PopupEnded(_) => phase == Popup,
            Event::Cleared(_) => phase == Clearing,
            Event::Answered(op, _) => matches!(call(before, op), Call::Sent(_)),
            Event::PauseOver(op) => remote && matches!(call(before, op), Call::Pausing(_)),
            Event::ForgetDeviceOver => remote && !before.forget.is_settled(),
            Event::LeaveNow => {
                before.hosted == Hosted::Due && matches!(phase, Following | Remote | ReadingBack)
            }
            Event::Deadline => remote || matches!(phase, Clearing | Following),
            Event::OtherTabSettled => phase == Following,
            Event::ReadBack(_) => phase == ReadingBack,
            Event::Left | Event::LeaveFailed => phase == Leaving,
            Event::PageHide => phase != Checked,
            Event::Aborted | Event::Upgrade | Event::AlsoRedirect => phase != Settled,
        }
    }

    fn found(&mut self, before: &Machine, found: Found) {
        let plan = before.plan;
        self.cleared = true;
        self.verified = found.removed;
        self.session = found.session;
        self.needs_revoke = found.session && plan.revocation && found.refresh_token;
        self.revocable = found.revocable;
        self.needs_others = found.session && plan.revocation && found.others;
        self.needs_forget = found.session && plan.forget_device && found.device;
        self.can_leave = found.can_leave;
        self.follows = found.overtaken && found.removed && !found.session;
        if self.web == Web::NotAsked && found.removed {
            self.web = match (plan.leave, found.can_leave) {
                (Leave::Never | Leave::Popup, _) => Web::NotAsked,
                (Leave::Auto, _) if !found.session || !found.hosted_ui => Web::NotAsked,
                (_, false) => Web::Lost,
                (Leave::Manual, true) => Web::Handed,
                (Leave::Auto | Leave::Redirect, true) => Web::ToLeave,
            };
        }
    }

    /// The refresh token that RevokeToken is or was about is not the newest any more.
    fn newer_token(&mut self, before: &Machine) {
        self.revoke_ok = false;
        self.refused[Op::RevokeToken as usize] = false;
        if !self.needs_revoke {
            self.needs_revoke = true;
            self.revocable = true;
        }
        self.newer |= matches!(before.revoke, Call::Sent(_));
    }

    fn learn(&mut self, before: &Machine, event: Event) {
        match event {
            Event::Cleared(found) => self.found(before, found),
            Event::PopupEnded(PopupEnd::Returned) => self.web = Web::Ended,
            Event::PopupEnded(PopupEnd::Cancelled { session_dead })
                if !session_dead && !before.removed =>
            {
                self.untouched = Some(AuthErrorCode::UserCancelled);
            }
            Event::PopupEnded(_) => self.web = Web::Lost,
            Event::Answered(op, answer) => {
                match (op, answer) {
                    (Op::RevokeToken, Answer::Ok) => self.revoke_ok = !self.newer,
                    (Op::GlobalSignOut, Answer::Ok) => self.global_ok = true,
                    (Op::RevokeOthers, Answer::Ok) => self.others_ok = true,
                    (Op::ForgetDevice, Answer::Ok) => self.forget_ok = true,
                    (Op::GlobalSignOut | Op::ForgetDevice, Answer::Expired) => {}
                    (_, Answer::Final | Answer::Expired) => self.refused[op as usize] = true,
                    _ => {}
                }
                if op == Op::RevokeToken {
                    if self.newer {
                        self.refused[Op::RevokeToken as usize] = false;
                    }
                    self.newer = false;
                }
                let asked = !matches!(before.revoke, Call::Unneeded | Call::Impossible);
                if (op, answer) == (Op::Refresh, Answer::Ok) && asked {
                    self.newer_token(before);
                }
            }
            Event::ForgetDeviceOver => self.forget_over = true,
            Event::Deadline => {
                // With `timeoutMs: 0` the one request is still sent.
                self.deadline |= !(before.plan.one_request && before.phase == Phase::Clearing);
            }
            Event::OtherTabSettled => self.followed = true,
            Event::ReadBack(Back::Stuck) => self.verified = false,
            Event::ReadBack(Back::Removed { newer_token: true })
                if before.plan.revocation && before.revoke != Call::Impossible =>
            {
                self.newer_token(before);
            }
            Event::Left => self.web = Web::Ended,
            Event::LeaveFailed => {}
            Event::PageHide if before.phase == Phase::Leaving => self.web = Web::Ended,
            Event::Aborted => {
                self.aborted = true;
                let untouched = matches!(before.phase, Phase::Checked | Phase::Popup);
                if untouched && !before.removed {
                    self.untouched = Some(AuthErrorCode::Aborted);
                }
            }
            Event::AlsoRedirect => {
                let late = !matches!(
                    before.phase,
                    Phase::Checked | Phase::Popup | Phase::Clearing
                ) || before.removed;
                if late && self.verified && matches!(self.web, Web::NotAsked | Web::Handed) {
                    self.web = if self.can_leave {
                        Web::ToLeave
                    } else {
                        Web::Lost
                    };
                }
            }
            _ => {}
        }
    }

    /// Takes one step and fails where the machine broke a rule. `Err` says which.
    pub fn step(
        &self,
        before: &Machine,
        event: Event,
        after: &Machine,
        commands: &[Command],
    ) -> Result<Monitor, String> {
        if !self.belongs(before, event) {
            ensure(
                after == before && commands.is_empty(),
                "noise changed something",
            )?;
            return Ok(*self);
        }
        let mut next = *self;
        next.learn(before, event);
        if event == Event::PageHide && commands.contains(&Command::Send(Op::RevokeToken)) {
            next.newer = false;
        }
        next.check_ends(before, event, after, commands)?;
        for (i, command) in commands.iter().enumerate() {
            if let Command::Send(op) = *command {
                next.check_send(before, event, after, op)?;
                let earlier = commands.get(..i).unwrap_or_default();
                let sent = |other| earlier.contains(&Command::Send(other));
                ensure(
                    op != Op::ForgetDevice || !sent(Op::GlobalSignOut) && !sent(Op::RevokeToken),
                    "ForgetDevice after what kills its access token",
                )?;
                if event != Event::PageHide && before.plan.one_request {
                    next.one_sent += 1;
                    ensure(next.one_sent <= 1, "timeoutMs 0: a second request")?;
                }
            }
        }
        next.check_rest(after)?;
        Ok(next)
    }

    /// The turning points: clear, leave, settle.
    fn check_ends(
        &self,
        before: &Machine,
        event: Event,
        after: &Machine,
        commands: &[Command],
    ) -> Result<(), String> {
        let count = |command| commands.iter().filter(|c| **c == command).count();
        let turned = |phase| before.phase != phase && after.phase == phase;
        for (command, phase) in [
            (Command::RunPopup, Phase::Popup),
            (Command::Clear, Phase::Clearing),
            (Command::ReadBack, Phase::ReadingBack),
            (Command::Leave, Phase::Leaving),
            (Command::Settle, Phase::Settled),
        ] {
            ensure(
                count(command) == usize::from(turned(phase)),
                "a command without its phase, twice, or a phase without its command",
            )?;
        }
        ensure(
            before.phase != Phase::Settled || after.phase == Phase::Settled,
            "went on after the end",
        )?;
        ensure(
            count(Command::Settle) == 0 || commands.last() == Some(&Command::Settle),
            "did something after the end",
        )?;
        ensure(
            !turned(Phase::Clearing) || !self.cleared && !before.removed,
            "cleared twice",
        )?;
        if let Some(at) = commands.iter().position(|c| *c == Command::ReadBack) {
            ensure(
                commands.get(at + 1..).unwrap_or_default().is_empty(),
                "something between the last request and the read-back",
            )?;
        }
        if turned(Phase::Leaving) {
            ensure(
                self.verified && after.removed,
                "left before the removal was verified",
            )?;
            ensure(self.web == Web::ToLeave, "left though nobody asked")?;
            ensure(!self.aborted, "left though all had aborted")?;
            ensure(
                self.follows || matches!(event, Event::ReadBack(_)),
                "left without a read-back",
            )?;
            ensure(
                commands.last() == Some(&Command::Leave),
                "something after the leave",
            )?;
        }
        if turned(Phase::Settled) {
            let way = match before.phase {
                Phase::Checked | Phase::Popup => {
                    self.untouched.is_some() || before.removed && event == Event::Aborted
                }
                Phase::ReadingBack => matches!(event, Event::ReadBack(_)),
                Phase::Leaving => {
                    matches!(
                        event,
                        Event::Left | Event::LeaveFailed | Event::PageHide | Event::Aborted
                    )
                }
                Phase::Following | Phase::Clearing => self.follows,
                Phase::Remote | Phase::Settled => false,
            };
            let retry_follows = before.phase == Phase::Checked && self.follows;
            ensure(way || retry_follows, "settled without a read-back")?;
            ensure(
                self.web != Web::ToLeave
                    || !self.verified
                    || self.aborted
                    || event == Event::LeaveFailed,
                "settled without leaving",
            )?;
            self.check_verdict(after)?;
        }
        Ok(())
    }

    fn check_send(
        &self,
        before: &Machine,
        event: Event,
        after: &Machine,
        op: Op,
    ) -> Result<(), String> {
        let forget_done = after.forget.is_settled() || self.forget_over;
        let one = before.plan.one_request;
        ensure(self.cleared, "sent before the clear")?;
        ensure(!self.aborted, "sent after abort")?;
        ensure(
            !self.refused[op as usize],
            "sent again after a final answer",
        )?;
        ensure(
            matches!(call(after, op), Call::Sent(_)),
            "sent, but not marked as sent",
        )?;
        if event == Event::PageHide {
            return ensure(
                matches!(op, Op::RevokeToken | Op::RevokeOthers),
                "in pagehide only RevokeToken is sent",
            );
        }
        ensure(!self.deadline, "sent after the deadline")?;
        let remote = |phase| matches!(phase, Phase::Remote | Phase::ReadingBack | Phase::Leaving);
        ensure(
            remote(after.phase) || before.phase == Phase::ReadingBack,
            "sent out of turn",
        )?;
        let renewed = after.access == Access::Valid || !after.refresh_token;
        match op {
            Op::Refresh => ensure(
                !one && (after.global == Call::Waiting || after.forget == Call::Waiting),
                "a refresh that nothing waits for",
            ),
            Op::ForgetDevice => ensure(!one && renewed, "ForgetDevice with an expired token"),
            Op::GlobalSignOut => ensure(
                forget_done && renewed || one && after.access != Access::Missing,
                "GlobalSignOut out of turn",
            ),
            Op::RevokeToken => {
                let global_done = matches!(
                    after.global,
                    Call::Unneeded | Call::Succeeded | Call::Failed | Call::Impossible
                );
                ensure(
                    one && after.global == Call::Waiting && after.access != Access::Valid
                        || (forget_done || one) && global_done,
                    "RevokeToken beside GlobalSignOut, or after it gave up",
                )
            }
            Op::RevokeOthers => Ok(()),
        }
    }

    /// Nothing idles: what is unsent waits for something that is under way.
    fn check_rest(&self, after: &Machine) -> Result<(), String> {
        let under_way = |call| matches!(call, Call::Sent(_) | Call::Pausing(_));
        ensure(
            after.refresh != Call::Waiting,
            "the refresh waits for nothing",
        )?;
        if !matches!(after.phase, Phase::Remote) {
            return Ok(());
        }
        ensure(
            !self.deadline && !self.aborted,
            "waits after the end of waiting",
        )?;
        ensure(!after.plan.one_request, "timeoutMs 0 waits")?;
        let forgetting = !after.forget.is_settled() && !self.forget_over;
        let waits = |call| call == Call::Waiting;
        ensure(
            !waits(after.forget) || under_way(after.refresh),
            "ForgetDevice waits for nothing",
        )?;
        ensure(
            !waits(after.global) || under_way(after.refresh) || forgetting,
            "GlobalSignOut waits for nothing",
        )?;
        ensure(
            !waits(after.revoke) || !after.global.is_settled() || forgetting,
            "RevokeToken waits for nothing",
        )?;
        ensure(
            !waits(after.others),
            "RevokeToken for others waits for nothing",
        )?;
        let calls = [
            after.refresh,
            after.forget,
            after.global,
            after.revoke,
            after.others,
        ];
        ensure(
            calls.into_iter().any(under_way),
            "the remote phase waits for nothing",
        )
    }

    /// The verdict says what is known: no more and no less.
    fn check_verdict(&self, after: &Machine) -> Result<(), String> {
        let verdict = after.verdict(None);
        let unheard = self.follows && !self.followed;
        let global = after.plan.global;
        let missed = |need: bool, ok: bool| need && !ok;
        let revoke = if unheard {
            after.plan.revocation
        } else if self.revocable {
            missed(self.needs_revoke, self.revoke_ok)
        } else {
            missed(self.needs_revoke, self.global_ok)
        };
        let others = missed(self.needs_others, self.others_ok);
        let forget = missed(self.needs_forget, self.forget_ok);
        let global = missed(global && self.session, self.global_ok) || unheard && global;
        let web = self.web == Web::Lost || self.web == Web::ToLeave && self.verified;
        let name = format!("{verdict:?} {self:?}");
        ensure(
            verdict.revoke.is_some() == revoke,
            &["revoke ", &name].concat(),
        )?;
        ensure(
            verdict.others.is_some() == others,
            &["others ", &name].concat(),
        )?;
        ensure(
            verdict.forget.is_some() == forget,
            &["forget ", &name].concat(),
        )?;
        ensure(
            verdict.global.is_some() == global,
            &["global ", &name].concat(),
        )?;
        ensure(
            verdict.hosted.is_some() == web,
            &["hosted ", &name].concat(),
        )?;
        let expected = match (self.verified, revoke || others || forget || global || web) {
            (false, _) => Tag::Failed,
            (true, true) => Tag::Partial,
            (true, false) => Tag::Complete,
        };
        ensure(verdict.tag == expected, &["tag ", &name].concat())?;
        let cause = match (self.verified, self.untouched) {
            (true, _) => None,
            (false, Some(code)) => Some(code),
            (false, None) => Some(AuthErrorCode::Storage),
        };
        ensure(verdict.cause == cause, &["cause ", &name].concat())
    }
}

fn ensure(holds: bool, rule: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}
