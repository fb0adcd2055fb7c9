//! The client where there is no page, as on a server: whatever is compiled for both compiles, and nothing is done.

use std::future::ready;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use crate::config::Config;
use crate::engine::io::{Call, Reply, SignedOutEvent};
use crate::error::{AuthError, AuthErrorCode};
use crate::hooks::Hooks;
use crate::options::SignOutOptions;
use crate::result::{Failed, ReturnedSignOutResult, SignOutFuture, SignOutResult};

/// A client that was configured here. Every clone is the same one.
#[derive(Clone)]
pub struct PageClient(Arc<Config>);

fn no_page() -> AuthError {
    AuthError::new(AuthErrorCode::InvalidState)
        .say("There is no page here: the app was not compiled for wasm32.")
        .suggest("Call it in the browser, where the app runs as WebAssembly.")
}

impl PageClient {
    pub fn new(config: Config, _: [Option<JsValue>; 3], _: bool) -> PageClient {
        PageClient(Arc::new(config))
    }

    pub fn is(&self, other: &PageClient) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub fn config(&self) -> &Config {
        &self.0
    }

    pub async fn call(&self, _: Call) -> Result<Reply, AuthError> {
        Err(no_page())
    }

    pub fn sign_out(&self, _: SignOutOptions, _: Hooks) -> SignOutFuture {
        SignOutFuture(Box::pin(ready(SignOutResult::Failed(Failed {
            error: no_page(),
            revoke_token_error: None,
            global_sign_out_error: None,
            steps: Vec::new(),
        }))))
    }

    pub async fn take_sign_out_result(&self) -> Option<ReturnedSignOutResult> {
        None
    }

    pub fn is_signing_out(&self) -> bool {
        false
    }

    pub fn on_signed_out(&self, _: impl Fn(SignedOutEvent) + 'static) -> u32 {
        0
    }

    pub fn off_signed_out(&self, _: u32) {}

    pub fn dispose(&self) {}
}
