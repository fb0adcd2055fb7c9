//! What a sign-out takes in addition to its plain options.

use std::fmt;

use wasm_bindgen::JsValue;

/// What a sign-out takes in addition to its plain options: objects of the page, and a state for the page after.
#[derive(Clone, Default)]
pub struct Hooks {
    pub(crate) navigate: Option<JsValue>,
    pub(crate) signal: Option<JsValue>,
    pub(crate) app_state: Option<String>,
    pub(crate) popup: Option<JsValue>,
    /// What the npm package's face has removed without an engine.
    #[cfg(target_arch = "wasm32")]
    pub(crate) removed: Option<crate::engine::io::Removed>,
}

impl Hooks {
    /// With a JavaScript function that leaves the page for the URL it is given; it may return a promise. Default:
    /// `location.assign`.
    #[must_use]
    pub fn with_navigate(mut self, function: impl Into<JsValue>) -> Hooks {
        self.navigate = Some(function.into());
        self
    }

    /// With an `AbortSignal`. Before the clear an abort leaves everything as it is; after it, the caller waits no
    /// longer.
    #[must_use]
    pub fn with_signal(mut self, signal: impl Into<JsValue>) -> Hooks {
        self.signal = Some(signal.into());
        self
    }

    /// With a JSON text that [`Client::take_sign_out_result`](crate::Client::take_sign_out_result) hands back
    /// after a redirect, at most 2 KB.
    #[must_use]
    pub fn with_app_state(mut self, json: impl Into<String>) -> Hooks {
        self.app_state = Some(json.into());
        self
    }

    /// With a window for [`HostedUiMode::Popup`](crate::HostedUiMode::Popup), opened at `about:blank` within the
    /// user's gesture. Default: the client opens one.
    #[must_use]
    pub fn with_popup(mut self, window: impl Into<JsValue>) -> Hooks {
        self.popup = Some(window.into());
        self
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hooks")
    }
}
