//! The client in a browser, without a server: `fetch` is scripted, storages and clocks may misbehave.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod came_back;
mod faults;
mod global;
mod hosted_ui;
mod other_tabs;
mod reentrancy;
mod returned;
mod sign_out;
mod signed_out;
mod storage;
mod support;
mod together;
mod tokens;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
