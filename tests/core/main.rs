//! Native tests of the pure core: configuration, protocol, layouts.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod answers;
mod as_people_have_them;
mod builder;
mod client;
mod configuration;
mod cookies;
mod errors_page;
mod fixture;
#[path = "../common/jwt.rs"]
mod jwt;
mod keys_page;
mod layout_cases;
mod layout_properties;
mod layouts;
mod logout;
mod options;
mod properties;
#[path = "../common/random.rs"]
mod random;
mod requests;
mod secrets;
#[cfg(feature = "serde")]
mod serialized;
mod support;
mod tokens;
