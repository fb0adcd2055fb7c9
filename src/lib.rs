//! Signs a user of Amazon Cognito out of a browser app, completely, and says truthfully what happened.
//!
//! A pure core decides (`flow`, `protocol`, `layout`, `config`, `session`), a thin browser side acts.
//! On wasm32 the [`Client`] does the whole job; elsewhere the pure core compiles and can be tested.
#![deny(missing_docs)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable
)]
// An AuthError is small on wasm32, where it counts, and never on a hot path.
#![allow(clippy::result_large_err)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod config;
pub mod error;
pub mod fields;
pub mod flow;
pub mod json;
pub mod layout;
pub mod options;
pub mod outcome;
pub mod protocol;
pub mod session;
mod text;
mod url;

#[cfg(all(target_arch = "wasm32", feature = "js"))]
mod api;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod driver;

#[cfg(target_arch = "wasm32")]
pub use driver::{Client, Hooks, ReturnedSignOutResult, SignedOutEvent, SignedOutReason};
