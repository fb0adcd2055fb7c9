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

mod client;
mod config;
mod engine;
mod error;
mod fields;
mod hooks;
mod json;
mod layout;
mod object;
mod options;
mod outcome;
mod protocol;
mod result;
#[cfg(any(feature = "js", feature = "serde"))]
mod serial;
mod session;
mod text;
mod url;

#[cfg(all(target_arch = "wasm32", feature = "js"))]
// The attribute macro calls `throw_str` in the code that it writes.
#[expect(clippy::disallowed_methods)]
mod api;
#[cfg(target_arch = "wasm32")]
mod returned;
#[cfg(target_arch = "wasm32")]
mod shell;

pub use client::{Client, Subscription};
pub use config::builder::ConfigBuilder;
pub use config::{Config, CookieOptions, HostedUi, SameSite, StorageKind};
pub use engine::io::{SignedOutEvent, SignedOutReason};
pub use error::{AuthError, AuthErrorCode, Cause, ErrorDetails, ServiceAnswer};
pub use hooks::Hooks;
pub use options::{HostedUiMode, SignOutOptions};
pub use outcome::{
    ForgetDeviceError, GlobalSignOutError, HostedUiError, RevokeTokenError, SignOutStep, Status,
    StepName, StepOutcome,
};
pub use result::{
    Complete, Failed, Partial, Retry, ReturnedSignOutResult, SignOutFuture, SignOutResult,
};
pub use session::{Secret, SignInMethod, Tokens};

/// What the tests of this repository drive. It is no part of the API, and may change in any version.
#[doc(hidden)]
pub mod internals {
    pub mod config {
        pub use crate::config::*;
    }
    pub mod engine {
        pub use crate::engine::*;
    }
    pub mod error {
        pub use crate::error::*;
    }
    pub mod fields {
        pub use crate::fields::*;
    }
    pub mod json {
        pub use crate::json::*;
    }
    pub mod layout {
        pub use crate::layout::*;
    }
    pub mod options {
        pub use crate::options::*;
    }
    pub mod outcome {
        pub use crate::outcome::*;
    }
    pub mod protocol {
        pub use crate::protocol::*;
    }
    pub mod session {
        pub use crate::session::*;
    }
}
