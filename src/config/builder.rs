//! A configuration made by Rust code: the fields of our own shape, read as a JSON text of them would be.

use crate::config::{self, Config, CookieOptions, StorageKind};
use crate::error::AuthError;
use crate::fields::Field;
use crate::json::Json;
use crate::object::{Object, text};

/// Makes a [`Config`]: begun by [`Config::builder`], ended by [`ConfigBuilder::build`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "build() makes the configuration"]
pub struct ConfigBuilder {
    user_pool_id: String,
    client_id: String,
    identity_pool_id: Option<String>,
    endpoint: Option<String>,
    allow_insecure_endpoint: bool,
    hosted_ui: Option<(String, Vec<String>)>,
    token_revocation: bool,
    storage: StorageKind,
    cookie: CookieOptions,
}

impl ConfigBuilder {
    pub(super) fn new(user_pool_id: String, client_id: String) -> ConfigBuilder {
        ConfigBuilder {
            user_pool_id,
            client_id,
            identity_pool_id: None,
            endpoint: None,
            allow_insecure_endpoint: false,
            hosted_ui: None,
            token_revocation: true,
            storage: StorageKind::default(),
            cookie: CookieOptions::default(),
        }
    }

    /// The identity pool; its guest identity is removed with the session.
    pub fn identity_pool_id(mut self, id: impl Into<String>) -> Self {
        self.identity_pool_id = Some(id.into());
        self
    }

    /// Where requests are posted to: an https URL (http on this machine only). Default: AWS's own of the user
    /// pool's region.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// `true` lets the endpoint be http on another host: an emulator on the network or in a container. Whoever sees that
    /// network's traffic can read the tokens, so it is for development alone, and the logger hears a warning.
    /// Default: false.
    pub fn allow_insecure_endpoint(mut self, is_allowed: bool) -> Self {
        self.allow_insecure_endpoint = is_allowed;
        self
    }

    /// The hosted UI (managed login): its domain, such as `my-app.auth.eu-central-1.amazoncognito.com`, and the
    /// allowed sign-out URLs of the app client, one or more. Default: the app uses none.
    pub fn hosted_ui(
        mut self,
        domain: impl Into<String>,
        redirect_sign_out: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let redirects = redirect_sign_out.into_iter().map(Into::into);
        self.hosted_ui = Some((domain.into(), redirects.collect()));
        self
    }

    /// `false` where the app client has token revocation off: no RevokeToken is sent, and no error is reported.
    /// Default: true.
    pub fn token_revocation(mut self, is_on: bool) -> Self {
        self.token_revocation = is_on;
        self
    }

    /// Where the tokens are. Default: [`StorageKind::Local`].
    pub fn storage(mut self, kind: StorageKind) -> Self {
        self.storage = kind;
        self
    }

    /// The attributes of the cookies, for [`StorageKind::Cookie`].
    pub fn cookie(mut self, options: CookieOptions) -> Self {
        self.cookie = options;
        self
    }

    /// The configuration.
    ///
    /// # Errors
    /// `configuration`, naming the field as the npm package spells it, such as `userPoolId`.
    pub fn build(self) -> Result<Config, AuthError> {
        let mut fields = Object::default();
        fields.text("userPoolId", &self.user_pool_id);
        fields.text("userPoolClientId", &self.client_id);
        fields.maybe("identityPoolId", self.identity_pool_id.as_deref());
        fields.maybe("userPoolEndpoint", self.endpoint.as_deref());
        fields.put(
            "allowInsecureEndpoint",
            Json::Bool(self.allow_insecure_endpoint),
        );
        fields.put("tokenRevocation", Json::Bool(self.token_revocation));
        if let Some((domain, redirects)) = &self.hosted_ui {
            let mut hosted_ui = Object::default();
            hosted_ui.text("domain", domain);
            let redirects = redirects.iter().map(|url| text(url));
            hosted_ui.put("redirectSignOut", Json::Array(redirects.collect()));
            fields.put("hostedUI", hosted_ui.done());
        }
        let mut cookie = Object::default();
        cookie.maybe("domain", self.cookie.domain.as_deref());
        cookie.text("path", &self.cookie.path);
        cookie.put("secure", Json::Bool(self.cookie.secure));
        cookie.text("sameSite", self.cookie.same_site.as_str());
        let days = self.cookie.expires.as_secs_f64() / config::DAY as f64;
        cookie.put("expires", Json::Number(days));
        fields.put("cookie", cookie.done());
        let mut config = config::read(Field::from(fields.done()))?.config;
        config.storage = self.storage;
        // Days as a number are not exact.
        config.cookie.expires = self.cookie.expires;
        Ok(config)
    }
}
