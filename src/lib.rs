//! Signs a user of Amazon Cognito out of a browser app, completely, and says truthfully what happened.
//!
//! A pure core decides (`flow`, `protocol`, `layout`, `config`, `session`), a thin browser side acts.
//! On wasm32 the `Client` does the whole job; elsewhere the pure core compiles and can be tested.
#![deny(missing_docs)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable
)]
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
mod object;
pub mod options;
pub mod outcome;
pub mod protocol;
pub mod session;
mod text;
mod url;

#[cfg(all(target_arch = "wasm32", feature = "js"))]
// The attribute macro calls `throw_str` in the code that it writes.
#[expect(clippy::disallowed_methods)]
mod api;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod driver;

#[cfg(target_arch = "wasm32")]
pub use driver::{Client, Hooks, ReturnedSignOutResult, SignedOutEvent, SignedOutReason};
