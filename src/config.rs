//! Every accepted shape of configuration, read into one valid [`Config`].

mod tokens;

use crate::error::{AuthError, AuthErrorCode};
use crate::fields::{Field, Fields};
use crate::layout::Target;

/// A valid configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The user pool, such as `eu-central-1_AbCdEf123`.
    pub user_pool_id: String,
    /// The app client, one without a secret.
    pub user_pool_client_id: String,
    /// The identity pool, whose guest identity goes with the sign-out.
    pub identity_pool_id: Option<String>,
    /// The absolute URL that requests are posted to.
    pub endpoint: String,
    /// The hosted UI (managed login), where the app uses it.
    pub hosted_ui: Option<HostedUi>,
    /// `false` where the app client has token revocation off: no call, no error.
    pub token_revocation: bool,
    /// Where the tokens are.
    pub storage: StorageKind,
    /// The attributes of cookies, for [`StorageKind::Cookie`].
    pub cookie: CookieOptions,
    /// The issuer as oidc-client-ts names it in its keys.
    pub authority: String,
}

/// The hosted UI (managed login) of the user pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedUi {
    /// Its origin, such as `https://my-app.auth.eu-central-1.amazoncognito.com`; no trailing slash.
    pub origin: String,
    /// The allowed sign-out URLs, in the order of the configuration.
    pub redirect_sign_out: Vec<String>,
}

/// Where the tokens are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageKind {
    /// `localStorage`
    Local,
    /// `sessionStorage`
    Session,
    /// The memory of the page.
    Memory,
    /// `document.cookie`, in Amplify's encoding.
    Cookie,
    /// An object of the app's own.
    Custom,
}

/// The attributes of the cookies that tokens are kept in.
#[derive(Clone, Debug, PartialEq)]
pub struct CookieOptions {
    /// `domain`; a host-only cookie where it is `None`.
    pub domain: Option<String>,
    /// `path`
    pub path: String,
    /// `secure`
    pub secure: bool,
    /// `samesite`: `lax`, `strict` or `none`.
    pub same_site: &'static str,
    /// How long they live, in days.
    pub expires_days: f64,
}

impl Default for CookieOptions {
    fn default() -> Self {
        CookieOptions {
            domain: None,
            path: "/".to_owned(),
            secure: true,
            same_site: "lax",
            expires_days: 365.0,
        }
    }
}

/// What [`Config::read`] found: the configuration, and the objects that only the platform can use.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<F> {
    /// The configuration.
    pub config: Config,
    /// The storage object, with [`StorageKind::Custom`].
    pub storage: Option<F>,
    /// The logger, where there is one: `debug` and `warn` are functions.
    pub logger: Option<F>,
}

impl Config {
    /// Reads a configuration in any of the accepted shapes.
    ///
    /// # Errors
    /// `configuration`, naming the field in the shape that was given.
    pub fn read<F: Fields>(argument: Field<F>) -> Result<Reading<F>, AuthError> {
        let _ = argument;
        Err(AuthError::new(AuthErrorCode::Unknown))
    }

    /// What the layouts need to know.
    pub fn target(&self) -> Target {
        Target {
            client_id: self.user_pool_client_id.clone(),
            identity_pool_id: self.identity_pool_id.clone(),
            authority: self.authority.clone(),
        }
    }
}
