//! Runs the machine's commands against the browser.

mod clear;
mod client;
mod journal;
mod other_tabs;
mod outward;
mod popup;
mod refresh;
mod requests;
mod returned;
mod run;
mod sweep;
mod tokens;

pub use client::{Client, Hooks, SignedOutEvent, SignedOutReason};
#[cfg(feature = "js")]
pub(crate) use outward::{error_json, result_json};
#[cfg(feature = "js")]
pub(crate) use returned::Record;
pub use returned::ReturnedSignOutResult;
