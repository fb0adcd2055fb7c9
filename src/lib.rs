//! Signs a user of Amazon Cognito out of a browser app, completely, and says truthfully what happened.
//!
//! A [`Client`] removes the tokens from the page's storages, whichever library stored them, before it asks
//! Cognito for anything. Then it revokes the refresh token, with [`SignOutOptions::global`] ends all of the user's
//! sessions, and ends the hosted UI's own session. The [`SignOutResult`] is complete, partial with an error for
//! each step that failed, or failed.
//!
//! ```no_run
//! use cognito_signout::{AuthError, Client, Config, SignOutOptions, SignOutResult, Tokens};
//!
//! async fn example(answer: &str) -> Result<(), AuthError> {
//!     let config = Config::builder("eu-central-1_AbCdEf123", "1example23456789")
//!         .hosted_ui("my-app.auth.eu-central-1.amazoncognito.com", ["https://app.example.com/"])
//!         .build()?;
//!     let client = Client::new(config);
//!     // Other tabs sign out too. Dropping this takes the listener off.
//!     let _subscription = client.on_signed_out(|event| println!("signed out: {:?}", event.reason));
//!     client.open().await?;
//!
//!     // The answer of Cognito's token endpoint or of InitiateAuth, as JSON.
//!     let tokens = Tokens::from_json(answer, client.config())?;
//!     client.store_tokens(tokens).await?;
//!
//!     // The tokens are gone when the call returns its future.
//!     match client.sign_out(SignOutOptions::default()).await {
//!         SignOutResult::Complete(_) => println!("signed out"),
//!         SignOutResult::Partial(partial) => println!("signed out here: {partial:?}"),
//!         SignOutResult::Failed(failed) => println!("still signed in: {}", failed.error),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Targets
//!
//! It works on `wasm32-unknown-unknown` in a browser. Elsewhere it compiles, so that an app can be rendered on a
//! server: there [`Client`] is [`Send`] and [`Sync`], and says that there is no page ([`AuthErrorCode::InvalidState`]).
//!
//! # Features
//!
//! Both are off by default.
//!
//! - `serde`: [`Config`] and [`SignOutOptions`] are read, results, errors, steps and events written, as the JSON of
//!   the npm package; no token is ever written.
//! - `js`: the exports of the npm package. A Rust app leaves it off.
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
// Its tests are native.
#[cfg(any(target_arch = "wasm32", test))]
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
