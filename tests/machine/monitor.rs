//! What an observer of the sign-out machine knows, and what it demands of each step.
//!
//! It is written from the contract and looks at events, commands and public fields only.

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::tables::{
    Access, Answer, Asked, Back, Call, Command, Event, Fault, Found, Heard, Hosted, Leave, Machine,
    Op, Phase, PopupEnd, Status,
};

/// All that can be said of the hosted UI.
pub const LEAVES: [Leave; 5] = [
    Leave::Auto,
    Leave::Never,
    Leave::Redirect,
    Leave::Popup,
    Leave::Manual,
];

pub const OPS: [Op; 5] = [
    Op::Refresh,
    Op::ForgetDevice,
    Op::GlobalSignOut,
    Op::RevokeToken,
    Op::RevokeOthers,
];

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

/// The answer is for an earlier request for the same, which was given up or is to be repeated.
fn is_late(machine: &Machine, op: Op) -> bool {
    matches!(
        call(machine, op),
        Call::Waiting | Call::Pausing(_) | Call::HeldBack | Call::Failed | Call::GaveUp
    )
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
    /// Another navigation of the page replaced the one that went there.
    Replaced,
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
    /// The session came from the hosted UI; and the tab that was quicker ends that one's own session.
    hosted_ui: bool,
    elsewhere: bool,
    device: bool,
    /// A request was sent that ends the access token.
    ends_access: bool,
    /// ForgetDevice was asked for after that.
    late: bool,
    follows: bool,
    heard: Option<Heard>,
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
    /// An earlier RevokeToken was answered late.
    revoked_late: bool,
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
            heard: None,
            ends_access: false,
            late: false,
            newer: false,
            one_sent: 0,
            refused: [false; 5],
            web: match self.web {
                Web::Replaced => Web::ToLeave,
                web => web,
            },
            ..*self
        }
    }

    /// Whether it may happen at all, where these operations have an earlier request in flight: one at the most.
    pub fn may_happen(&self, before: &Machine, event: Event, earlier: &[Op]) -> bool {
        match event {
            Event::Answered(op, Answer::Ok) if is_late(before, op) => {
                // No other one becomes due again.
                earlier.contains(&op) && !(op == Op::RevokeToken && self.revoked_late)
            }
            _ => true,
        }
    }

    /// Whether the sign-out delivers this event in this state, or it is no more than noise.
    fn belongs(&self, before: &Machine, event: Event) -> bool {
        use Phase::{Checked, Clearing, Following, Leaving, Popup, ReadingBack, Remote, Settled};
        let phase = before.phase;
        let remote = matches!(phase, Remote | ReadingBack | Leaving);
        match event {
            Event::Start => phase == Checked,
            Event::PopupEnded(_) => phase == Popup,
            Event::Cleared(_) => phase == Clearing,
            Event::Answered(op, answer) => {
                // A late answer is passed on only where it is a success.
                let late = answer == Answer::Ok && is_late(before, op);
                matches!(call(before, op), Call::Sent(_)) || late
            }
            Event::PauseOver(op) => remote && matches!(call(before, op), Call::Pausing(_)),
            Event::ForgetDeviceOver => remote && !before.forget.is_settled(),
            Event::LeaveNow => {
                before.hosted == Hosted::Due && matches!(phase, Following | Remote | ReadingBack)
            }
            Event::Deadline => remote || matches!(phase, Clearing | Following),
            Event::OtherTabSettled(_) => phase == Following,
            Event::ReadBack(_) => phase == ReadingBack,
            // Not beside the clear, which reads the storage itself.
            Event::NewerToken => remote || phase == Popup && before.removed,
            // What comes later or a second time is revoked in passing.
            Event::NewerOthers => remote && before.may_chase_others(),
            Event::Left | Event::Replaced | Event::LeaveFailed => phase == Leaving,
            Event::PageHide => phase != Checked,
            Event::Aborted | Event::Upgrade => phase != Settled,
            Event::AlsoForget | Event::AlsoLeave { .. } => phase != Settled,
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
        self.hosted_ui = found.hosted_ui;
        self.elsewhere = found.elsewhere;
        self.device = found.device;
        self.follows = found.overtaken && found.removed && !found.session;
        if self.web == Web::NotAsked && found.removed {
            self.web = match (plan.leave, found.can_leave) {
                (Leave::Never | Leave::Popup, _) => Web::NotAsked,
                (Leave::Auto, _) if !found.hosted_ui || found.elsewhere => Web::NotAsked,
                (_, false) => Web::Lost,
                (Leave::Manual, true) => Web::Handed,
                (Leave::Auto | Leave::Redirect, true) => Web::ToLeave,
            };
        }
    }

    /// The refresh token that RevokeToken is or was about is not the newest any more.
    fn newer_token(&mut self, before: &Machine) {
        if !before.plan.revocation || before.revoke == Call::Impossible {
            return;
        }
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
                self.revoked_late |= op == Op::RevokeToken && is_late(before, op);
                match (op, answer) {
                    (Op::RevokeToken, Answer::Ok) => self.revoke_ok = !self.newer,
                    (Op::GlobalSignOut, Answer::Ok) => self.global_ok = true,
                    (Op::RevokeOthers, Answer::Ok) => self.others_ok = true,
                    (Op::ForgetDevice, Answer::Ok) => self.forget_ok = true,
                    // It did not run.
                    (Op::GlobalSignOut, Answer::Expired) => self.ends_access = false,
                    (Op::ForgetDevice, Answer::Expired) => {}
                    (_, Answer::Final | Answer::Expired) => self.refused[op as usize] = true,
                    _ => {}
                }
                if op == Op::RevokeToken {
                    if self.newer {
                        self.refused[Op::RevokeToken as usize] = false;
                    }
                    self.newer = false;
                }
                // It brings a newer refresh token where the pool rotates them.
                let asked = before.rotates && before.revoke != Call::Unneeded;
                if (op, answer) == (Op::Refresh, Answer::Ok) && asked {
                    self.newer_token(before);
                }
            }
            Event::ForgetDeviceOver => self.forget_over = true,
            Event::Deadline => {
                // With `timeoutMs: 0` the one request is still sent.
                self.deadline |= !(before.plan.one_request && before.phase == Phase::Clearing);
            }
            Event::OtherTabSettled(heard) => self.heard = Some(heard),
            Event::ReadBack(Back::Stuck) => self.verified = false,
            Event::NewerToken | Event::ReadBack(Back::Removed { newer_token: true }) => {
                self.newer_token(before);
            }
            Event::NewerOthers => {
                self.needs_others = true;
                self.others_ok = false;
                self.refused[Op::RevokeOthers as usize] = false;
            }
            Event::Replaced => self.web = Web::Replaced,
            // Whatever replaced it, the page is still here.
            Event::LeaveFailed => self.web = Web::ToLeave,
            Event::Left | Event::PageHide
                if before.phase == Phase::Leaving && self.web == Web::ToLeave =>
            {
                self.web = Web::Ended;
            }
            Event::Aborted => {
                self.aborted = true;
                let untouched = matches!(before.phase, Phase::Checked | Phase::Popup);
                if untouched && !before.removed {
                    self.untouched = Some(AuthErrorCode::Aborted);
                }
            }
            Event::AlsoForget => {
                let first = !before.plan.forget_device;
                self.needs_forget |= first && self.session && self.device;
                self.late |= first && self.ends_access;
                self.ends_access = false;
            }
            Event::AlsoLeave { always, possible } => {
                let late = !matches!(
                    before.phase,
                    Phase::Checked | Phase::Popup | Phase::Clearing
                ) || before.removed;
                let wanted = always || self.hosted_ui && !self.elsewhere;
                if late && self.verified && wanted {
                    self.web = match (self.web, possible) {
                        (Web::NotAsked | Web::Handed, true) => Web::ToLeave,
                        (Web::NotAsked | Web::Handed, false) => Web::Lost,
                        // Somebody may have signed in at the hosted UI since the popup.
                        (Web::Ended, true) if always => Web::ToLeave,
                        // Only the way out was missing.
                        (Web::Lost, true) if before.hosted == Hosted::Unusable => Web::ToLeave,
                        (web, _) => web,
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
        next.check_follow(before, event, after, commands)?;
        check_successes(before, event, after, commands)?;
        for (i, command) in commands.iter().enumerate() {
            if let Command::Send(op) = *command {
                next.check_send(before, event, after, op)?;
                ensure(
                    op != Op::ForgetDevice || !next.late,
                    "ForgetDevice, asked for after what kills its access token",
                )?;
                next.ends_access |=
                    !before.plan.forget_device && matches!(op, Op::GlobalSignOut | Op::RevokeToken);
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
        if before.phase == Phase::Settled {
            // What comes after the end counts for a retry and for the record.
            next.check_verdict(after)?;
        }
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

    /// Who follows another tab waits until that tab is heard or the time is over.
    fn check_follow(
        &self,
        before: &Machine,
        event: Event,
        after: &Machine,
        commands: &[Command],
    ) -> Result<(), String> {
        let begins = before.phase != Phase::Following && after.phase == Phase::Following;
        ensure(
            commands.contains(&Command::Follow) == begins,
            "a follow without its phase, or a phase without its command",
        )?;
        // What the record says by now is looked at first: even with no time left it does not settle by itself.
        ensure(
            !begins || commands == [Command::Follow],
            "something beside the follow",
        )?;
        let ends = match event {
            Event::OtherTabSettled(_) | Event::Deadline | Event::LeaveNow | Event::Aborted => true,
            Event::PageHide => after.phase != Phase::Following,
            _ => false,
        };
        if before.phase != Phase::Following {
            return Ok(());
        }
        ensure(
            ends || after.phase == Phase::Following,
            "followed no longer for no reason",
        )?;
        // A newer refresh token that was written back while the page was leaving is its own to revoke.
        let revokes = after.phase == Phase::Remote && self.needs_revoke && !after.is_over();
        ensure(
            !ends || revokes || matches!(after.phase, Phase::Leaving | Phase::Settled),
            "follows on after the end of it",
        )
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

    /// Each caller is told of what it asked for: no more and no less.
    fn check_callers(
        &self,
        after: &Machine,
        global: bool,
        forget: bool,
        web: bool,
    ) -> Result<(), String> {
        let all = after.verdict(None);
        for bits in 0..8u32 {
            for leave in LEAVES {
                let bit = |n: u32| bits & (1 << n) != 0;
                let asked = Asked {
                    global: bit(0) && after.plan.global,
                    forget_device: bit(1) && after.plan.forget_device,
                    leave,
                    refused: [false, false, bit(2)],
                };
                let leaves = match leave {
                    Leave::Never | Leave::Manual => false,
                    Leave::Auto => self.hosted_ui,
                    Leave::Redirect | Leave::Popup => true,
                };
                // The page left, or was to, and not as this caller said.
                let refused = bit(2) && leaves && leave != Leave::Popup;
                let refused = refused && self.web != Web::NotAsked && after.removed;
                let hosted = leaves && (web || refused && after.hosted != Hosted::NotDue);
                let is = after.verdict_for(&asked, None);
                let faults = [is.revoke, is.others, is.global, is.forget, is.hosted];
                let tag = match (self.verified, faults.iter().any(Option::is_some)) {
                    (false, _) => Status::Failed,
                    (true, true) => Status::Partial,
                    (true, false) => Status::Complete,
                };
                let says_so = is.hosted == Some(Fault::Code(AuthErrorCode::InvalidState));
                let rules = [
                    is.cause == all.cause,
                    is.revoke == all.revoke && is.others == all.others,
                    is.global.is_some() == (asked.global && global),
                    is.forget.is_some() == (asked.forget_device && forget),
                    !self.verified || is.hosted.is_some() == hosted,
                    !refused || web || says_so,
                    is.tag == tag,
                ];
                if let Some(broken) = rules.iter().position(|holds| !holds) {
                    return Err(format!(
                        "a caller, rule {broken}: {asked:?} {is:?} {self:?}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The verdict says what is known: no more and no less.
    fn check_verdict(&self, after: &Machine) -> Result<(), String> {
        let verdict = after.verdict(None);
        let plan = after.plan;
        let missed = |need: bool, ok: bool| need && !ok;
        // Another tab's outcome, where it was asked for the same; else nobody knows, or this tab has no token for it.
        let told = |step: usize| match self.heard {
            Some(heard) => heard.codes.get(step).is_some_and(Option::is_some),
            None => true,
        };
        let revoke = if self.follows {
            told(0) && (self.heard.is_some() || plan.revocation)
                || missed(self.needs_revoke, self.revoke_ok)
        } else if self.revocable {
            missed(self.needs_revoke, self.revoke_ok)
        } else {
            missed(self.needs_revoke, self.global_ok)
        };
        let others = missed(self.needs_others, self.others_ok);
        let forget = if self.follows {
            let there = self.heard.is_none_or(|heard| heard.forget_device);
            plan.forget_device && self.device && (told(3) || !there)
        } else {
            missed(self.needs_forget, self.forget_ok)
        };
        let global = if self.follows {
            let there = self.heard.is_none_or(|heard| heard.global);
            plan.global && (told(1) || !there)
        } else {
            missed(plan.global && self.session, self.global_ok)
        };
        let elsewhere = self.follows && self.elsewhere && self.web == Web::NotAsked;
        let web = matches!(self.web, Web::Lost | Web::Replaced)
            || self.web == Web::ToLeave && self.verified
            || elsewhere && told(2);
        self.check_callers(after, global, forget, web)?;
        let name = || format!("{verdict:?} {self:?}");
        for (what, is, wanted) in [
            ("revoke", verdict.revoke, revoke),
            ("others", verdict.others, others),
            ("forget", verdict.forget, forget),
            ("global", verdict.global, global),
            ("hosted", verdict.hosted, web),
        ] {
            if is.is_some() != wanted {
                return Err([what, " ", &name()].concat());
            }
        }
        let expected = match (self.verified, revoke || others || forget || global || web) {
            (false, _) => Status::Failed,
            (true, true) => Status::Partial,
            (true, false) => Status::Complete,
        };
        let cause = match (self.verified, self.untouched) {
            (true, _) => None,
            (false, Some(code)) => Some(code),
            (false, None) => Some(AuthErrorCode::Storage),
        };
        if verdict.tag == expected && verdict.cause == cause {
            Ok(())
        } else {
            Err(["tag or cause ", &name()].concat())
        }
    }
}

/// A success stays one, and a late one counts: nothing is sent because of it but what waited for it.
fn check_successes(
    before: &Machine,
    event: Event,
    after: &Machine,
    commands: &[Command],
) -> Result<(), String> {
    let begins = before.phase == Phase::Checked;
    for op in OPS {
        let (was, is) = (call(before, op), call(after, op));
        // RevokeToken is for the newest refresh tokens; the clear begins from nothing.
        let newer =
            op == Op::RevokeToken || (op == Op::RevokeOthers && event == Event::NewerOthers);
        ensure(
            was != Call::Succeeded || is == was || newer || begins,
            "a success is forgotten",
        )?;
        ensure(
            was == is || is != Call::Succeeded || event == Event::Answered(op, Answer::Ok),
            "a success without its answer",
        )?;
    }
    let Event::Answered(op, Answer::Ok) = event else {
        return Ok(());
    };
    if !is_late(before, op) {
        return Ok(());
    }
    ensure(
        call(after, op) == Call::Succeeded,
        "a late success does not count",
    )?;
    for other in OPS {
        let rotated = op == Op::Refresh && other == Op::RevokeToken;
        let due = call(before, other) == Call::Waiting || rotated;
        ensure(
            !commands.contains(&Command::Send(other)) || other != op && due,
            "a late success makes something be sent that was not due",
        )?;
    }
    ensure(
        after.phase == before.phase || commands == [Command::ReadBack],
        "a late success ends more than the waiting",
    )
}

fn ensure(holds: bool, rule: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}
