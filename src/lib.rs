//! Signs a user of Amazon Cognito out of a browser app, completely, and says truthfully what happened.
//!
//! The engine decides and does no I/O (`engine`, over `protocol`, `layout`, `config`, `session`); a thin shell acts in a browser.
//! On wasm32 the `Client` does the whole job; elsewhere the engine compiles, and can be driven by tests.
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
pub mod engine;
pub mod error;
pub mod fields;
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
mod client;
#[cfg(target_arch = "wasm32")]
mod returned;
#[cfg(target_arch = "wasm32")]
mod shell;

#[cfg(target_arch = "wasm32")]
pub use client::{Client, Hooks, SignedOutEvent, SignedOutReason};
#[cfg(target_arch = "wasm32")]
pub use returned::ReturnedSignOutResult;
