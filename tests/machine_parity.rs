//! The cases that both native Amplify clients test, by their numbers in the parity list, at the machine's level.
//! Left to other tests: 10 in part, 17 to 20 and 22, which need a storage, several tabs or the engine around it.
#![cfg(not(target_arch = "wasm32"))]

use cognito_signout::AuthErrorCode;
use cognito_signout::internals::engine::tables::{
    Access, Answer, Back, Call, Command, Event, Fault, Found, Heard, Hosted, Leave, Machine, Op,
    Phase, Plan, PopupEnd, Status, Verdict,
};

const LOCAL: Plan = Plan {
    global: false,
    forget_device: false,
    revocation: true,
    leave: Leave::Auto,
    one_request: false,
};
const GLOBAL: Plan = Plan {
    global: true,
    ..LOCAL
};

const FORGETS: Plan = Plan {
    forget_device: true,
    ..LOCAL
};

const SIGNED_IN: Found = Found {
    removed: true,
    session: true,
    refresh_token: true,
    access: Access::Valid,
    revocable: true,
    device: false,
    others: false,
    hosted_ui: false,
    can_leave: true,
    overtaken: false,
    elsewhere: false,
};
const GUEST: Found = Found {
    session: false,
    refresh_token: false,
    access: Access::Missing,
    ..SIGNED_IN
};
const HOSTED: Found = Found {
    hosted_ui: true,
    ..SIGNED_IN
};
const EXPIRED: Found = Found {
    access: Access::Expired,
    ..SIGNED_IN
};

/// Another tab's global sign-out, in which all went well.
const HEARD: Heard = Heard {
    codes: [None; 4],
    global: true,
    forget_device: true,
};

const REVOKE: Op = Op::RevokeToken;
const GSO: Op = Op::GlobalSignOut;

fn ok(op: Op) -> Event {
    Event::Answered(op, Answer::Ok)
}

fn refused(op: Op) -> Event {
    Event::Answered(op, Answer::Final)
}

const GONE: Event = Event::ReadBack(Back::Gone);

/// Runs a sign-out on a synchronous storage. The commands after the clear, and the verdict.
fn run(plan: Plan, found: Found, events: &[Event]) -> (Vec<Command>, Verdict) {
    let mut machine = Machine::new(plan);
    let mut commands = Vec::new();
    machine.handle(Event::Start, &mut commands);
    assert_eq!(commands, [Command::Clear]);
    commands.clear();
    machine.handle(Event::Cleared(found), &mut commands);
    for event in events {
        let before = machine;
        machine.handle(*event, &mut commands);
        assert_ne!(machine, before, "{event:?} does not belong here");
    }
    assert_eq!(machine.phase, Phase::Settled);
    (commands, machine.verdict(None))
}

/// The tag, and which of revoke, global and hosted failed.
fn failed(verdict: Verdict) -> (Status, [bool; 3]) {
    let faults = [verdict.revoke, verdict.global, verdict.hosted];
    (verdict.tag, faults.map(|fault| fault.is_some()))
}

fn sends(commands: &[Command]) -> Vec<Op> {
    let op = |command: &Command| match command {
        Command::Send(op) => Some(*op),
        _ => None,
    };
    commands.iter().filter_map(op).collect()
}

#[test]
fn parity_01_local_and_all_well_is_complete() {
    let (commands, verdict) = run(LOCAL, SIGNED_IN, &[ok(REVOKE), GONE]);
    assert_eq!(failed(verdict), (Status::Complete, [false; 3]));
    assert_eq!(
        commands,
        [Command::Send(REVOKE), Command::ReadBack, Command::Settle]
    );
}

#[test]
fn parity_02_global_fails_is_partial_and_the_hosted_ui_has_no_error() {
    let (_, verdict) = run(GLOBAL, SIGNED_IN, &[refused(GSO), ok(REVOKE), GONE]);
    assert_eq!(failed(verdict), (Status::Partial, [false, true, false]));
    assert_eq!(verdict.global, Some(Fault::Answer));
}

#[test]
fn parity_03_global_ok_and_revoke_fails_is_a_revoke_error_alone() {
    let (_, verdict) = run(GLOBAL, SIGNED_IN, &[ok(GSO), refused(REVOKE), GONE]);
    assert_eq!(failed(verdict), (Status::Partial, [true, false, false]));
}

#[test]
fn parity_04_a_guest_is_complete_without_the_network() {
    for plan in [LOCAL, GLOBAL] {
        let (commands, verdict) = run(plan, GUEST, &[GONE]);
        assert_eq!(failed(verdict), (Status::Complete, [false; 3]));
        assert_eq!(sends(&commands), []);
    }
}

#[test]
fn parity_04_a_guest_still_redirects_when_that_is_asked_for() {
    let plan = Plan {
        leave: Leave::Redirect,
        ..LOCAL
    };
    let (commands, verdict) = run(plan, GUEST, &[GONE, Event::PageHide]);
    assert_eq!(
        commands,
        [Command::ReadBack, Command::Leave, Command::Settle]
    );
    assert_eq!(verdict.tag, Status::Complete);
}

#[test]
fn parity_05_auto_with_an_unusable_hosted_ui_goes_on() {
    let unusable = Found {
        can_leave: false,
        ..HOSTED
    };
    let (commands, verdict) = run(LOCAL, unusable, &[ok(REVOKE), GONE]);
    assert_eq!(failed(verdict), (Status::Partial, [false, false, true]));
    assert!(!commands.contains(&Command::Leave));
}

#[test]
fn parity_06_revoke_is_sent_once_and_needs_no_access_token() {
    for access in [Access::Missing, Access::Expired, Access::Valid] {
        let found = Found {
            access,
            ..SIGNED_IN
        };
        let (commands, _) = run(LOCAL, found, &[ok(REVOKE), GONE]);
        assert_eq!(sends(&commands), [REVOKE]);
    }
}

#[test]
fn parity_07_the_clear_does_not_depend_on_revoke() {
    for answer in [ok(REVOKE), refused(REVOKE)] {
        let (_, verdict) = run(LOCAL, SIGNED_IN, &[answer, GONE]);
        assert_ne!(verdict.tag, Status::Failed);
    }
}

#[test]
fn parity_08_global_leads_on_to_revoke() {
    let (commands, _) = run(GLOBAL, SIGNED_IN, &[ok(GSO), ok(REVOKE), GONE]);
    assert_eq!(sends(&commands), [GSO, REVOKE]);
    // Native clients give up here; this one still revokes.
    let (commands, verdict) = run(GLOBAL, SIGNED_IN, &[refused(GSO), ok(REVOKE), GONE]);
    assert_eq!(sends(&commands), [GSO, REVOKE]);
    assert_eq!(verdict.global, Some(Fault::Answer));
}

/// With a popup, as in native clients: the hosted UI first.
fn popup(plan: Plan, end: PopupEnd) -> (Machine, Vec<Command>) {
    let mut machine = Machine::new(Plan {
        leave: Leave::Popup,
        ..plan
    });
    let mut commands = Vec::new();
    machine.handle(Event::Start, &mut commands);
    assert_eq!(commands, [Command::RunPopup]);
    commands.clear();
    machine.handle(Event::PopupEnded(end), &mut commands);
    (machine, commands)
}

#[test]
fn parity_09_after_the_hosted_ui_comes_global_or_revoke() {
    for (plan, first) in [(LOCAL, REVOKE), (GLOBAL, GSO)] {
        let (mut machine, mut commands) = popup(plan, PopupEnd::Returned);
        machine.handle(Event::Cleared(HOSTED), &mut commands);
        assert_eq!(commands, [Command::Clear, Command::Send(first)]);
        assert_eq!(machine.hosted, Hosted::Done);
    }
}

#[test]
fn parity_10_a_cancel_leaves_the_user_signed_in() {
    let end = PopupEnd::Cancelled {
        session_dead: false,
    };
    let (machine, commands) = popup(GLOBAL, end);
    assert_eq!(commands, [Command::Settle]);
    let verdict = machine.verdict(None);
    assert_eq!(failed(verdict), (Status::Failed, [false; 3]));
    assert_eq!(verdict.cause, Some(AuthErrorCode::UserCancelled));
}

#[test]
fn parity_10_a_cancel_of_a_dead_session_goes_on() {
    let (mut machine, mut commands) = popup(LOCAL, PopupEnd::Cancelled { session_dead: true });
    for event in [Event::Cleared(HOSTED), ok(REVOKE), GONE] {
        machine.handle(event, &mut commands);
    }
    let verdict = machine.verdict(None);
    assert_eq!(failed(verdict), (Status::Partial, [false, false, true]));
    assert_eq!(
        verdict.hosted,
        Some(Fault::Code(AuthErrorCode::UserCancelled))
    );
}

#[test]
fn parity_11_a_sign_out_url_that_cannot_be_built_is_the_callers_error() {
    // An explicit one fails before the machine runs; with "auto" the sign-out keeps the error.
    let unusable = Found {
        can_leave: false,
        ..HOSTED
    };
    let (_, verdict) = run(LOCAL, unusable, &[ok(REVOKE), GONE]);
    assert_eq!(verdict.hosted, Some(Fault::Answer));
}

#[test]
fn parity_12_sequences() {
    let (global, revoke) = (Command::Send(GSO), Command::Send(REVOKE));
    let end = [Command::ReadBack, Command::Settle];
    let transient = Event::Answered(GSO, Answer::Transient { again: false });
    for (plan, events, steps) in [
        // notStarted -> revoke -> local
        (LOCAL, vec![ok(REVOKE), GONE], vec![revoke]),
        // notStarted -> global -> revoke -> local
        (
            GLOBAL,
            vec![ok(GSO), ok(REVOKE), GONE],
            vec![global, revoke],
        ),
        // global -> (error kept) -> revoke
        (
            GLOBAL,
            vec![refused(GSO), ok(REVOKE), GONE],
            vec![global, revoke],
        ),
        // global -> (error kept), revoke held back
        (GLOBAL, vec![transient, GONE], vec![global]),
        // revoke -> (error kept) -> local
        (LOCAL, vec![refused(REVOKE), GONE], vec![revoke]),
    ] {
        let (commands, _) = run(plan, SIGNED_IN, &events);
        assert_eq!(commands, [steps, end.to_vec()].concat(), "{events:?}");
    }
}

#[test]
fn parity_13_a_state_ignores_what_is_not_its_own() {
    // Every state and every event: see machine_closure.rs. Here, the plainest.
    let mut machine = Machine::new(GLOBAL);
    let mut commands = Vec::new();
    for event in [
        ok(GSO),
        GONE,
        Event::Left,
        Event::Replaced,
        Event::LeaveNow,
        Event::Deadline,
        Event::OtherTabSettled(HEARD),
        Event::Cleared(SIGNED_IN),
        Event::PopupEnded(PopupEnd::Returned),
        Event::PauseOver(REVOKE),
        Event::PageHide,
    ] {
        machine.handle(event, &mut commands);
        assert_eq!(machine, Machine::new(GLOBAL), "{event:?}");
        assert_eq!(commands, []);
    }
}

#[test]
fn parity_14_the_six_json_cases() {
    let none = [false; 3];
    for (plan, found, events, expected) in [
        (LOCAL, SIGNED_IN, vec![ok(REVOKE)], (Status::Complete, none)),
        (
            LOCAL,
            SIGNED_IN,
            vec![refused(REVOKE)],
            (Status::Partial, [true, false, false]),
        ),
        (
            GLOBAL,
            SIGNED_IN,
            vec![ok(GSO), ok(REVOKE)],
            (Status::Complete, none),
        ),
        (
            GLOBAL,
            SIGNED_IN,
            vec![ok(GSO), refused(REVOKE)],
            (Status::Partial, [true, false, false]),
        ),
        // Native clients make up a revoke error here.
        (
            GLOBAL,
            SIGNED_IN,
            vec![refused(GSO), ok(REVOKE)],
            (Status::Partial, [false, true, false]),
        ),
        (LOCAL, GUEST, vec![], (Status::Complete, none)),
    ] {
        let events = [events, vec![GONE]].concat();
        let (_, verdict) = run(plan, found, &events);
        assert_eq!(failed(verdict), expected, "{events:?}");
    }
}

#[test]
fn parity_15_the_end_is_told_once() {
    let mut machine = Machine::new(LOCAL);
    let mut commands = Vec::new();
    let events = [
        Event::Start,
        Event::Cleared(SIGNED_IN),
        ok(REVOKE),
        GONE,
        GONE,
        ok(REVOKE),
        Event::Deadline,
        Event::PageHide,
        Event::Aborted,
        Event::Left,
    ];
    for event in events {
        machine.handle(event, &mut commands);
    }
    let told = commands.iter().filter(|c| **c == Command::Settle).count();
    assert_eq!(told, 1);
}

#[test]
fn parity_16_without_a_sign_out_url_there_is_an_error() {
    for leave in [Leave::Redirect, Leave::Manual] {
        let found = Found {
            can_leave: false,
            ..SIGNED_IN
        };
        let (_, verdict) = run(Plan { leave, ..LOCAL }, found, &[ok(REVOKE), GONE]);
        assert_eq!(failed(verdict), (Status::Partial, [false, false, true]));
    }
}

#[test]
fn parity_21_options_reach_the_flow() {
    let (commands, _) = run(GLOBAL, SIGNED_IN, &[ok(GSO), ok(REVOKE), GONE]);
    assert!(sends(&commands).contains(&GSO));
    let (commands, _) = run(LOCAL, SIGNED_IN, &[ok(REVOKE), GONE]);
    assert!(!sends(&commands).contains(&GSO));
    // Revocation is off in the pool: no call, no error.
    let plan = Plan {
        revocation: false,
        ..LOCAL
    };
    let (commands, verdict) = run(plan, SIGNED_IN, &[GONE]);
    assert_eq!(
        (sends(&commands), verdict.tag),
        (Vec::new(), Status::Complete)
    );
    // A device: before what kills the access token.
    let plan = Plan {
        forget_device: true,
        ..GLOBAL
    };
    let found = Found {
        device: true,
        ..SIGNED_IN
    };
    let events = [ok(Op::ForgetDevice), ok(GSO), ok(REVOKE), GONE];
    let (commands, _) = run(plan, found, &events);
    assert_eq!(sends(&commands), [Op::ForgetDevice, GSO, REVOKE]);
}

// What neither client tests, and this one promises.

#[test]
fn without_origin_jti_revoke_is_skipped_and_said_so_unless_global_succeeded() {
    let found = Found {
        revocable: false,
        ..SIGNED_IN
    };
    let (commands, verdict) = run(LOCAL, found, &[GONE]);
    assert_eq!(sends(&commands), []);
    assert_eq!(
        verdict.revoke,
        Some(Fault::Code(AuthErrorCode::RevocationDisabled))
    );
    let (_, verdict) = run(GLOBAL, found, &[ok(GSO), GONE]);
    assert_eq!(verdict.tag, Status::Complete);
}

#[test]
fn a_storage_that_cannot_be_cleared_fails_and_never_navigates() {
    let plan = Plan {
        leave: Leave::Redirect,
        ..GLOBAL
    };
    let found = Found {
        removed: false,
        ..HOSTED
    };
    let (commands, verdict) = run(plan, found, &[ok(GSO), ok(REVOKE), GONE]);
    assert_eq!(sends(&commands), [GSO, REVOKE]);
    assert!(!commands.contains(&Command::Leave));
    assert_eq!(
        (verdict.tag, verdict.cause),
        (Status::Failed, Some(AuthErrorCode::Storage))
    );
}

#[test]
fn an_expired_access_token_is_refreshed_first() {
    let events = [ok(Op::Refresh), ok(GSO), ok(REVOKE), GONE];
    let (commands, verdict) = run(GLOBAL, EXPIRED, &events);
    assert_eq!(sends(&commands), [Op::Refresh, GSO, REVOKE]);
    assert_eq!(verdict.tag, Status::Complete);
}

#[test]
fn told_expired_it_is_refreshed_once_and_tried_once_more() {
    let expired = Event::Answered(GSO, Answer::Expired);
    let events = [expired, ok(Op::Refresh), expired, ok(REVOKE), GONE];
    let (commands, verdict) = run(GLOBAL, SIGNED_IN, &events);
    assert_eq!(sends(&commands), [GSO, Op::Refresh, GSO, REVOKE]);
    assert_eq!(verdict.global, Some(Fault::Answer));
}

#[test]
fn both_requests_told_expired_share_one_refresh() {
    let plan = Plan {
        forget_device: true,
        ..GLOBAL
    };
    let found = Found {
        device: true,
        ..SIGNED_IN
    };
    let expired = |op| Event::Answered(op, Answer::Expired);
    let events = [
        Event::ForgetDeviceOver,
        expired(Op::ForgetDevice),
        expired(GSO),
        ok(Op::Refresh),
        ok(Op::ForgetDevice),
        ok(GSO),
        ok(REVOKE),
        GONE,
    ];
    let (commands, verdict) = run(plan, found, &events);
    assert_eq!(
        sends(&commands),
        [
            Op::ForgetDevice,
            GSO,
            Op::Refresh,
            Op::ForgetDevice,
            GSO,
            REVOKE
        ]
    );
    assert_eq!(verdict.tag, Status::Complete);
}

#[test]
fn a_held_back_revocation_goes_out_in_pagehide_and_by_retry() {
    let mut machine = Machine::new(GLOBAL);
    let mut commands = Vec::new();
    for event in [
        Event::Start,
        Event::Cleared(SIGNED_IN),
        Event::Deadline,
        GONE,
    ] {
        machine.handle(event, &mut commands);
    }
    let verdict = machine.verdict(None);
    assert_eq!(verdict.global, Some(Fault::Code(AuthErrorCode::Timeout)));
    assert_eq!(verdict.revoke, Some(Fault::Code(AuthErrorCode::Deferred)));
    let mut again = machine.retry();
    commands.clear();
    for event in [Event::Start, ok(GSO), ok(REVOKE), GONE] {
        again.handle(event, &mut commands);
    }
    assert_eq!(sends(&commands), [GSO, REVOKE]);
    assert_eq!(again.verdict(None).tag, Status::Complete);
    commands.clear();
    machine.handle(Event::PageHide, &mut commands);
    assert_eq!(commands, [Command::Send(REVOKE)]);
}

#[test]
fn a_newer_refresh_token_written_back_is_revoked_too() {
    let newer = Event::ReadBack(Back::Removed { newer_token: true });
    let (commands, verdict) = run(LOCAL, SIGNED_IN, &[ok(REVOKE), newer, ok(REVOKE), GONE]);
    assert_eq!(sends(&commands), [REVOKE, REVOKE]);
    assert_eq!(verdict.tag, Status::Complete);
}

#[test]
fn a_refresh_token_rotated_after_its_revocation_is_revoked_too() {
    // ForgetDevice had its second while the refresh was still under way.
    let found = Found {
        device: true,
        ..EXPIRED
    };
    let events = [
        Event::ForgetDeviceOver,
        ok(REVOKE),
        ok(Op::Refresh),
        ok(Op::ForgetDevice),
        ok(REVOKE),
        GONE,
    ];
    let (commands, verdict) = run(FORGETS, found, &events);
    assert_eq!(
        sends(&commands),
        [Op::Refresh, REVOKE, Op::ForgetDevice, REVOKE]
    );
    assert_eq!(verdict.tag, Status::Complete);
}

#[test]
fn another_tab_that_is_not_heard_of_leaves_it_unconfirmed_and_a_retry_asks_again() {
    let overtaken = Found {
        overtaken: true,
        ..GUEST
    };
    let mut machine = Machine::new(GLOBAL);
    let mut commands = Vec::new();
    for event in [Event::Start, Event::Cleared(overtaken), Event::Deadline] {
        machine.handle(event, &mut commands);
    }
    assert_eq!(commands, [Command::Clear, Command::Follow, Command::Settle]);
    let verdict = machine.verdict(None);
    let unconfirmed = Some(Fault::Code(AuthErrorCode::Unconfirmed));
    assert_eq!(
        (verdict.tag, verdict.revoke, verdict.global),
        (Status::Partial, unconfirmed, unconfirmed)
    );
    let mut again = machine.retry();
    commands.clear();
    again.handle(Event::Start, &mut commands);
    assert_eq!(commands, [Command::Follow]);
    again.handle(Event::OtherTabSettled(HEARD), &mut commands);
    assert_eq!(again.verdict(None).tag, Status::Complete);
}

#[test]
fn a_global_call_upgrades_while_revoke_waits_to_be_tried_again() {
    let transient = Event::Answered(REVOKE, Answer::Transient { again: true });
    let events = [
        transient,
        Event::Upgrade,
        Event::PauseOver(REVOKE),
        ok(GSO),
        ok(REVOKE),
        GONE,
    ];
    let (commands, _) = run(LOCAL, SIGNED_IN, &events);
    assert_eq!(
        commands,
        [
            Command::Send(REVOKE),
            Command::Pause(REVOKE, 1),
            Command::Send(GSO),
            Command::Send(REVOKE),
            Command::ReadBack,
            Command::Settle
        ]
    );
}

#[test]
fn timeout_0_sends_one_request_and_waits_for_nothing() {
    let one = |plan| Plan {
        one_request: true,
        ..plan
    };
    for (plan, found, only) in [
        (LOCAL, SIGNED_IN, REVOKE),
        (GLOBAL, SIGNED_IN, GSO),
        (GLOBAL, EXPIRED, REVOKE),
    ] {
        let (commands, verdict) = run(one(plan), found, &[GONE]);
        assert_eq!(sends(&commands), [only]);
        assert_eq!(verdict.tag, Status::Partial);
    }
    let mut machine = Machine::new(one(LOCAL));
    let mut commands = Vec::new();
    for event in [Event::Start, Event::Cleared(SIGNED_IN)] {
        machine.handle(event, &mut commands);
    }
    assert_eq!(machine.revoke, Call::Sent(1));
    let unconfirmed = Some(Fault::Code(AuthErrorCode::Unconfirmed));
    assert_eq!(machine.verdict(None).revoke, unconfirmed);
}

#[test]
fn a_retry_knows_what_was_found_and_what_was_done() {
    let mut settled = Machine::new(LOCAL);
    settled.phase = Phase::Settled;
    settled.access = Access::Valid;
    for known in [
        &mut settled.removed,
        &mut settled.session,
        &mut settled.refresh_token,
        &mut settled.hosted_ui,
        &mut settled.elsewhere,
        &mut settled.device,
    ] {
        *known = true;
    }
    settled.global = Call::Succeeded;
    settled.revoke = Call::GaveUp;
    (settled.forget, settled.others) = (Call::Failed, Call::Failed);
    let next = settled.retry();
    assert!(next.session && next.refresh_token);
    assert!(next.hosted_ui && next.elsewhere && next.device);
    assert_eq!(next.access, Access::Valid);
    let calls = [next.forget, next.global, next.revoke, next.others];
    let (again, done) = (Call::Waiting, Call::Succeeded);
    assert_eq!(calls, [again, done, again, again]);
}

#[test]
fn an_abort_closes_the_popup_that_is_open_and_no_other() {
    let plan = Plan {
        leave: Leave::Popup,
        ..LOCAL
    };
    for opened in [false, true] {
        let (mut machine, mut commands) = (Machine::new(plan), Vec::new());
        if opened {
            machine.handle(Event::Start, &mut commands);
        }
        machine.handle(Event::Aborted, &mut commands);
        assert_eq!(commands.contains(&Command::AbortPopup), opened);
        assert_eq!(machine.phase, Phase::Settled);
    }
}

#[test]
fn a_global_sign_out_needs_an_access_token_or_a_refresh_token_to_get_one_with() {
    for (access, refresh_token) in [
        (Access::Valid, true),
        (Access::Valid, false),
        (Access::Missing, true),
        (Access::Missing, false),
    ] {
        let found = Found {
            access,
            refresh_token,
            ..SIGNED_IN
        };
        let possible = access == Access::Valid || refresh_token;
        for (plan, joined) in [(GLOBAL, None), (LOCAL, Some(Event::Upgrade))] {
            let (mut machine, mut commands) = (Machine::new(plan), Vec::new());
            machine.handle(Event::Start, &mut commands);
            machine.handle(Event::Cleared(found), &mut commands);
            if let Some(event) = joined {
                machine.handle(event, &mut commands);
            }
            assert_eq!(machine.global != Call::Impossible, possible, "{found:?}");
        }
    }
}

#[test]
fn a_page_that_hides_again_sends_what_waits_by_then() {
    let (mut machine, mut commands) = (Machine::new(LOCAL), Vec::new());
    for event in [Event::Start, Event::Cleared(SIGNED_IN), Event::PageHide] {
        machine.handle(event, &mut commands);
    }
    assert_eq!(commands, [Command::Clear, Command::Send(REVOKE)]);
    let again = Answer::Transient { again: true };
    machine.handle(Event::Answered(REVOKE, again), &mut commands);
    assert!(matches!(machine.revoke, Call::Pausing(_)));
    commands.clear();
    machine.handle(Event::PageHide, &mut commands);
    assert_eq!(commands, [Command::Send(REVOKE)]);
}

#[test]
fn what_fails_after_the_deadline_is_not_tried_again() {
    let (mut machine, mut commands) = (Machine::new(LOCAL), Vec::new());
    for event in [
        Event::Start,
        Event::Cleared(SIGNED_IN),
        Event::Deadline,
        Event::Answered(REVOKE, Answer::Transient { again: true }),
    ] {
        machine.handle(event, &mut commands);
    }
    assert_eq!(machine.phase, Phase::ReadingBack);
    assert_eq!(machine.revoke, Call::GaveUp);
}

/// Runs a sign-out, and again from its `retry()`, and returns the retry with what it ordered.
fn retried(plan: Plan, found: Found, first: &[Event], again: &[Event]) -> (Machine, Vec<Command>) {
    let (mut machine, mut commands) = (Machine::new(plan), Vec::new());
    for event in [&[Event::Start, Event::Cleared(found)], first].concat() {
        machine.handle(event, &mut commands);
    }
    assert_eq!(machine.phase, Phase::Settled);
    let mut machine = machine.retry();
    commands.clear();
    for event in [&[Event::Start], again].concat() {
        machine.handle(event, &mut commands);
    }
    (machine, commands)
}

#[test]
fn what_a_retry_repeats_may_succeed_late_and_is_not_sent_again() {
    let end = [Event::Deadline, GONE];
    // GlobalSignOut waits for a refresh, which is tried again: its first request was answered after all.
    let transient = Event::Answered(Op::Refresh, Answer::Transient { again: true });
    let late = [transient, ok(GSO)];
    let (machine, commands) = retried(GLOBAL, EXPIRED, &end, &late);
    assert_eq!(machine.global, Call::Succeeded);
    assert_eq!(sends(&commands), [Op::Refresh, REVOKE]);
    // Nothing needs the refresh any more.
    let events = [
        &late[..],
        &[Event::PauseOver(Op::Refresh), ok(REVOKE), GONE],
    ]
    .concat();
    let (machine, commands) = retried(GLOBAL, EXPIRED, &end, &events);
    assert_eq!(sends(&commands), [Op::Refresh, REVOKE]);
    assert_eq!(machine.phase, Phase::Settled);
    assert_eq!(machine.verdict(None).tag, Status::Complete);
}

#[test]
fn each_operation_that_is_repeated_may_succeed_late() {
    for call in [
        Call::Waiting,
        Call::Pausing(1),
        Call::HeldBack,
        Call::Failed,
        Call::GaveUp,
    ] {
        let mut settled = Machine::new(LOCAL);
        settled.phase = Phase::Settled;
        (settled.removed, settled.session, settled.revoke) = (true, true, call);
        let mut commands = Vec::new();
        for answer in [
            Answer::Final,
            Answer::Expired,
            Answer::Transient { again: true },
        ] {
            let mut machine = settled;
            machine.handle(Event::Answered(REVOKE, answer), &mut commands);
            assert_eq!(machine, settled, "{answer:?} is no success");
        }
        settled.handle(ok(REVOKE), &mut commands);
        assert_eq!(settled.revoke, Call::Succeeded, "{call:?}");
        assert_eq!(settled.verdict(None).tag, Status::Complete);
        settled.handle(Event::PageHide, &mut commands);
        assert_eq!(commands, []);
    }
    // There is nothing to repeat.
    for call in [
        Call::Unneeded,
        Call::Succeeded,
        Call::Impossible,
        Call::Late,
    ] {
        let (mut machine, mut commands) = (Machine::new(LOCAL), Vec::new());
        machine.forget = call;
        machine.handle(ok(Op::ForgetDevice), &mut commands);
        assert_eq!(machine.forget, call);
    }
}

#[test]
fn a_late_success_of_global_sign_out_lets_revoke_token_go_and_no_more() {
    // RevokeToken waits for GlobalSignOut, which waits to be tried again.
    let again = Event::Answered(GSO, Answer::Transient { again: true });
    let late = [again, ok(GSO), Event::PauseOver(GSO), ok(REVOKE), GONE];
    let (machine, commands) = retried(GLOBAL, SIGNED_IN, &[Event::Deadline, GONE], &late);
    assert_eq!(sends(&commands), [GSO, REVOKE]);
    assert_eq!(machine.verdict(None).tag, Status::Complete);
}

#[test]
fn with_no_time_left_a_follower_still_hears_what_the_other_tab_has_said() {
    let overtaken = Found {
        overtaken: true,
        ..GUEST
    };
    let plan = Plan {
        one_request: true,
        ..LOCAL
    };
    for (event, tag) in [
        (Event::OtherTabSettled(HEARD), Status::Complete),
        // The sign-out delivers it right after the command.
        (Event::Deadline, Status::Partial),
    ] {
        let (mut machine, mut commands) = (Machine::new(plan), Vec::new());
        machine.handle(Event::Start, &mut commands);
        commands.clear();
        machine.handle(Event::Cleared(overtaken), &mut commands);
        assert_eq!(commands, [Command::Follow]);
        assert!(machine.is_over());
        commands.clear();
        machine.handle(event, &mut commands);
        assert_eq!(commands, [Command::Settle]);
        assert_eq!(machine.verdict(None).tag, tag);
    }
}

#[test]
fn a_refresh_token_that_did_not_rotate_is_revoked_once() {
    let found = Found {
        device: true,
        ..EXPIRED
    };
    for (rotates, last) in [(false, GONE), (true, ok(REVOKE))] {
        let (mut machine, mut commands) = (Machine::new(FORGETS), Vec::new());
        for event in [
            Event::Start,
            Event::Cleared(found),
            Event::ForgetDeviceOver,
            ok(REVOKE),
        ] {
            machine.handle(event, &mut commands);
        }
        machine.rotates = rotates;
        for event in [ok(Op::Refresh), ok(Op::ForgetDevice), last] {
            let before = machine;
            machine.handle(event, &mut commands);
            assert_ne!(machine, before, "{event:?} does not belong here");
        }
        let revokes = sends(&commands).iter().filter(|op| **op == REVOKE).count();
        assert_eq!(revokes, if rotates { 2 } else { 1 });
    }
}

#[test]
fn who_joins_after_the_popup_still_leaves_where_it_says_so() {
    for (always, possible, due) in [
        (true, true, true),
        (true, false, false),
        (false, true, false),
    ] {
        let (mut machine, mut commands) = popup(LOCAL, PopupEnd::Returned);
        machine.handle(Event::Cleared(HOSTED), &mut commands);
        assert_eq!(machine.hosted, Hosted::Done);
        machine.handle(Event::AlsoLeave { always, possible }, &mut commands);
        let expected = if due { Hosted::Due } else { Hosted::Done };
        assert_eq!(machine.hosted, expected, "{always} {possible}");
        commands.clear();
        for event in [ok(REVOKE), GONE] {
            machine.handle(event, &mut commands);
        }
        assert_eq!(commands.contains(&Command::Leave), due);
    }
}

#[test]
fn a_newer_refresh_token_found_in_between_is_revoked_once() {
    let plan = Plan {
        leave: Leave::Redirect,
        ..LOCAL
    };
    // Before RevokeToken is answered, or after it, while the page is leaving.
    for events in [
        vec![Event::NewerToken, ok(REVOKE), ok(REVOKE), GONE],
        vec![ok(REVOKE), GONE, Event::NewerToken, ok(REVOKE)],
    ] {
        let events = [events, vec![Event::PageHide]].concat();
        let (commands, verdict) = run(plan, SIGNED_IN, &events);
        assert_eq!(sends(&commands), [REVOKE, REVOKE], "{events:?}");
        assert_eq!(verdict.tag, Status::Complete);
    }
    // RevokeToken that was not sent yet is for the newest anyway, and comes after GlobalSignOut.
    let (mut machine, mut commands) = (Machine::new(GLOBAL), Vec::new());
    for event in [Event::Start, Event::Cleared(SIGNED_IN), Event::NewerToken] {
        machine.handle(event, &mut commands);
    }
    assert_eq!(sends(&commands), [GSO]);
    // Revocation is off in the pool.
    let plan = Plan {
        revocation: false,
        ..plan
    };
    let (mut machine, mut commands) = (Machine::new(plan), Vec::new());
    for event in [
        Event::Start,
        Event::Cleared(SIGNED_IN),
        GONE,
        Event::NewerToken,
        Event::PageHide,
    ] {
        machine.handle(event, &mut commands);
    }
    assert_eq!(sends(&commands), []);
}

#[test]
fn a_follower_that_leaves_revokes_a_newer_refresh_token_itself() {
    let overtaken = Found {
        overtaken: true,
        ..GUEST
    };
    let plan = Plan {
        leave: Leave::Redirect,
        ..LOCAL
    };
    let heard = Event::OtherTabSettled(HEARD);
    let end = [Event::NewerToken, Event::PageHide];
    let (commands, verdict) = run(plan, overtaken, &[&[heard], &end[..]].concat());
    assert_eq!(sends(&commands), [REVOKE]);
    // The other tab says nothing of that one.
    let unconfirmed = Some(Fault::Code(AuthErrorCode::Unconfirmed));
    assert_eq!(verdict.revoke, unconfirmed);
}
