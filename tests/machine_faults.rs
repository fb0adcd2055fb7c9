//! The fault matrix: every operation, every answer and every failure of the network, local and global,
//! every way with the hosted UI, every behaviour of the storage, in virtual time.
//!
//! What each cell must come to is worked out by a small oracle, written from the contract; what each
//! answer must come to, by a table written by hand. Then bugs are seeded, one at a time: the matrix must see each.
#![cfg(not(target_arch = "wasm32"))]

#[path = "machine/answers.rs"]
mod answers;
#[path = "machine/oracle.rs"]
mod oracle;
#[path = "machine/world.rs"]
mod world;

use cognito_signout::internals::engine::tables::{Op, PopupEnd};

use answers::Fault;
use world::{Bug, Cell, Storage, Token, Web, World};

const STORAGES: [Storage; 7] = [
    Storage::Sync,
    Storage::Async,
    Storage::RemovalThrows,
    Storage::RemovalIgnored,
    Storage::ReadThrows,
    Storage::NeverSettles,
    Storage::WrittenBack,
];

const WEBS: [Web; 14] = [
    Web::None,
    Web::Auto,
    Web::AutoUnusable,
    Web::Redirect,
    Web::RedirectStays,
    Web::RedirectReplaced,
    Web::Manual,
    Web::Popup(PopupEnd::Returned),
    Web::Popup(PopupEnd::Cancelled {
        session_dead: false,
    }),
    Web::Popup(PopupEnd::Cancelled { session_dead: true }),
    Web::Popup(PopupEnd::Blocked),
    Web::Popup(PopupEnd::TimedOut),
    Web::Popup(PopupEnd::NotCompleted),
    Web::Popup(PopupEnd::Unconfirmed),
];

fn cells(faults: &[Fault]) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    for fault in faults {
        let tokens: &[Token] = match fault.op {
            Op::Refresh => &[Token::ByClock, Token::Told],
            _ => &[Token::Fresh],
        };
        for token in tokens {
            for once in [false, true] {
                for global in [false, true] {
                    for web in WEBS {
                        for storage in STORAGES {
                            cells.push(Cell {
                                fault,
                                once,
                                global,
                                web,
                                storage,
                                token: *token,
                            });
                        }
                    }
                }
            }
        }
    }
    cells
}

#[test]
fn matrix() {
    let faults = answers::all();
    let cells = cells(&faults);
    let mut wrong = 0;
    for cell in &cells {
        if let Err(what) = oracle::check(cell, &World::run(*cell, Bug::None)) {
            wrong += 1;
            if wrong <= 5 {
                println!("{}: {what}\n  in {cell:?}\n", cell.fault.name);
            }
        }
    }
    println!(
        "{} faults, {} cells, {wrong} wrong",
        faults.len(),
        cells.len()
    );
    assert_eq!(wrong, 0);
}

/// A matrix that sees none of these would prove nothing.
#[test]
fn seeded_bugs_are_seen() {
    let faults = answers::all();
    let cells = cells(&faults);
    // Not any difference counts: the one that the bug makes.
    for (bug, what) in [
        (Bug::RetriesWhatIsFinal, "sends is"),
        (Bug::RevokesBesideGlobal, "sends is"),
        (Bug::SettlesBeforeReadBack, "token at settle is true"),
        (Bug::LeavesBeforeTheClear, "left with a token is true"),
        (Bug::TimeoutCountsAsDone, "tag is Some(Complete)"),
        (Bug::NoRevokeAfterFinalGlobal, "sends is"),
        (Bug::NoRefreshOnExpired, "sends is"),
        (Bug::RevokesTheOldToken, "revoked is [1]"),
        (Bug::FourthTry, "sends is"),
        (Bug::SendsAfterTheDeadline, "sends is"),
        (Bug::HeldBackIsForgotten, "sends is"),
        (Bug::TrustsTheRemoval, "tag is Some(Complete)"),
        (Bug::RemoteErrorStopsTheRedirect, "navigated is false"),
        (Bug::WaitsForEver, "settles is 0"),
        (Bug::ReplacedCountsAsDone, "tag is Some(Complete)"),
    ] {
        // Five is prime to the number of ways and storages: each fault meets all of them.
        let wrong: Vec<String> = cells
            .iter()
            .step_by(5)
            .filter_map(|cell| oracle::check(cell, &World::run(*cell, bug)).err())
            .collect();
        let seen = wrong.iter().find(|wrong| wrong.starts_with(what));
        let seen = seen.unwrap_or_else(|| panic!("nothing sees {bug:?}: {:?}", wrong.first()));
        println!("{bug:?}: {} cells, such as: {seen}", wrong.len());
    }
}
