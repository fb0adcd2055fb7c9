//! What only Rust sees of the client in a browser: the typed API, and records that the types of the crate write.
//! All else is told by the scenarios of `tests/e2e/`. There is no server: `fetch` is scripted.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod other_tabs;
mod sign_out;
mod signed_out;
mod support;
mod tokens;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
