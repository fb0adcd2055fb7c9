//! Runs the machine's commands against the browser.

mod clear;
mod client;
mod ending;
mod journal;
mod leaving;
mod other_tabs;
mod popup;
mod refresh;
mod report;
mod requests;
mod returned;
mod run;
mod sweep;
mod tab;
mod tokens;
mod typed;

pub use client::{Client, Hooks, SignedOutEvent, SignedOutReason};
#[cfg(feature = "js")]
pub(crate) use report::{Again, Report, error_json};
#[cfg(feature = "js")]
pub(crate) use returned::Record;
pub use typed::ReturnedSignOutResult;
