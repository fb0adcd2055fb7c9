//! Scale: 10,000 browsers sign out at once, or within a minute, against Cognito's quotas (docs/scale.md).
#![cfg(not(target_arch = "wasm32"))]

#[path = "machine/fleet.rs"]
mod fleet;
#[path = "common/random.rs"]
mod random;

use cognito_signout::internals::engine::tables::MAX_TRIES;
use serde_json::json;

use fleet::{Fleet, Pause, Report, World, in_step, never, patient, shipped};

const BROWSERS: usize = 10_000;
const POLICIES: [(&str, Pause); 4] = [
    ("shipped", shipped),
    ("no jitter", in_step),
    ("no retry", never),
    ("patient", patient),
];

fn fleet(global: bool, within_ms: f64, pause: Pause) -> Fleet {
    Fleet {
        browsers: BROWSERS,
        users: BROWSERS,
        global,
        within_ms,
        pause,
    }
}

/// What holds at any scale, whatever the quotas refuse.
fn check(fleet: &Fleet, report: &Report) {
    assert_eq!(report.signed_out_locally, fleet.browsers);
    assert_eq!(report.in_time, fleet.browsers, "late");
    assert_eq!(report.untrue, 0, "complete, and was not");
    assert!(report.most <= MAX_TRIES);
    // One more RevokeToken in `pagehide`.
    assert!(report.most_in_all <= MAX_TRIES + 1);
    // The quotas were met, or this proves nothing.
    assert!(report.refused > 0);
}

#[test]
fn whatever_the_quotas_refuse_all_are_signed_out_here_and_nobody_is_told_an_untruth() {
    for global in [false, true] {
        for within_ms in [1000.0, 60_000.0] {
            let fleet = fleet(global, within_ms, shipped);
            check(&fleet, &World::run(fleet));
        }
    }
}

#[test]
fn many_tabs_of_one_user_meet_that_users_own_quota() {
    let fleet = Fleet {
        browsers: 50,
        users: 1,
        ..fleet(false, 100.0, shipped)
    };
    check(&fleet, &World::run(fleet));
}

#[test]
fn jitter_spreads_the_load_and_trying_again_helps_a_crowd_not_far_above_the_quota() {
    let run = |browsers, pause| {
        let fleet = Fleet {
            browsers,
            ..fleet(false, 0.0, pause)
        };
        World::run(fleet)
    };
    let most_again = |report: Report| report.load.iter().map(|load| load.1).max();
    assert!(most_again(run(BROWSERS, shipped)) < most_again(run(BROWSERS, in_step)));
    let (shipped, never) = (run(200, shipped), run(200, never));
    assert_eq!((shipped.complete, never.again), (200, 0));
    assert!(never.complete < 200);
}

/// `npm run bench -- scale` draws what this prints.
#[test]
#[ignore = "prints figures"]
fn figures() {
    let mut rows = Vec::new();
    for global in [false, true] {
        for (name, pause) in POLICIES {
            let fleet = |browsers, within_ms| Fleet {
                browsers,
                ..fleet(global, within_ms, pause)
            };
            let mut fleets: Vec<Fleet> = [10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000]
                .map(|browsers| fleet(browsers, 1000.0))
                .into();
            fleets.extend([0.0, 1000.0, 60_000.0].map(|within_ms| fleet(BROWSERS, within_ms)));
            rows.extend(
                fleets
                    .iter()
                    .map(|fleet| row(name, fleet, &World::run(*fleet))),
            );
        }
    }
    println!("\nfigures {}", json!(rows));
}

fn row(policy: &str, fleet: &Fleet, report: &Report) -> serde_json::Value {
    let at = |share: f64| {
        let last = report.settled_ms.len() - 1;
        report.settled_ms[(last as f64 * share) as usize]
    };
    json!({
        "policy": policy, "browsers": fleet.browsers, "global": fleet.global, "withinMs": fleet.within_ms,
        "signedOutLocally": report.signed_out_locally, "complete": report.complete,
        "medianMs": at(0.5), "slowMs": at(0.95), "sent": report.sent, "again": report.again, "refused": report.refused,
        "revokedInTime": report.revoked_in_time, "revokedAtLast": report.revoked_at_last,
        "load": report.load.iter().take(40).collect::<Vec<_>>(),
    })
}
