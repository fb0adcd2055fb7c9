//! Every accepted shape of configuration, read into one valid [`Config`].

mod address;
mod shape;
mod storage;
mod tokens;

use crate::error::AuthError;
use crate::fields::{At, Field, Fields, object_argument};
use crate::json::Json;
use crate::layout::Target;

/// The fields of our own shape.
const OWN_FIELDS: [&str; 9] = [
    "userPoolId",
    "userPoolClientId",
    "identityPoolId",
    "userPoolEndpoint",
    "hostedUI",
    "tokenRevocation",
    "storage",
    "cookie",
    "logger",
];

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
        let root = object_argument(argument, "config")?;
        let oidc = root.has("authority")? || root.has("client_id")?;
        let found = if oidc {
            None
        } else {
            Some(shape::find(&root)?)
        };
        let source = match &found {
            Some(found) => {
                if found.shape.own {
                    root.only(&OWN_FIELDS)?;
                }
                address::pool(found, &root)?
            }
            None => address::oidc(&root)?,
        };
        let endpoint = match root.text("userPoolEndpoint")? {
            Some(endpoint) => address::endpoint(&root, "userPoolEndpoint", &endpoint)?,
            None => source.endpoint,
        };
        // Our own `hostedUI` may stand beside any shape, and comes before the shape's own.
        let hosted_ui = match (root.object("hostedUI")?, &found) {
            (Some(at), Some(_)) => {
                at.only(&["domain", "redirectSignOut"])?;
                Some(hosted_ui(
                    &at,
                    at.field("redirectSignOut")?,
                    "redirectSignOut",
                    true,
                )?)
            }
            (Some(at), None) => Some(match at.field("redirectSignOut")? {
                // OpenID Connect's name for the same (RP-Initiated Logout 1.0).
                Field::Missing => hosted_ui(
                    &at,
                    root.field("post_logout_redirect_uri")?,
                    "redirectSignOut",
                    false,
                )?,
                given => hosted_ui(&at, given, "redirectSignOut", true)?,
            }),
            (None, Some(found)) => match found.oauth(&root)? {
                Some(at) => {
                    let name = found.shape.redirects;
                    Some(hosted_ui(&at, at.field(name)?, name, false)?)
                }
                None => None,
            },
            (None, None) => None,
        };
        let (kind, storage, cookie) = storage::read(&root, found.as_ref())?;
        let logger = match root.object("logger")? {
            Some(logger) => {
                for method in ["debug", "warn"] {
                    if !logger.is_function(method)? {
                        return Err(logger.error(method, "must be a function."));
                    }
                }
                Some(logger.object)
            }
            None => None,
        };
        Ok(Reading {
            config: Config {
                identity_pool_id: match root.text("identityPoolId")? {
                    Some(id) => Some(id),
                    None => source.identity_pool_id,
                },
                user_pool_id: source.user_pool_id,
                user_pool_client_id: source.user_pool_client_id,
                endpoint,
                hosted_ui,
                token_revocation: root.flag("tokenRevocation", true)?,
                storage: kind,
                cookie,
                authority: source.authority,
            },
            storage,
            logger,
        })
    }

    /// Reads a configuration from a JSON text in any of the accepted shapes, such as the content of
    /// `amplify_outputs.json`.
    ///
    /// # Errors
    /// `configuration`, naming the field in the shape that was given.
    pub fn from_json(text: &str) -> Result<Config, AuthError> {
        let json = Json::parse(text)
            .ok_or_else(|| AuthError::configuration("config", "is not a JSON text."))?;
        Config::read(Field::from(json)).map(|reading| reading.config)
    }

    /// What the layouts need to know.
    pub fn target(&self) -> Target {
        Target {
            user_pool_id: self.user_pool_id.clone(),
            client_id: self.user_pool_client_id.clone(),
            identity_pool_id: self.identity_pool_id.clone(),
            authority: self.authority.clone(),
        }
    }
}

/// The hosted UI of one shape. An empty list of redirects is no error in a foreign shape: the app may
/// never leave for the hosted UI.
fn hosted_ui<F: Fields>(
    at: &At<F>,
    given: Field<F>,
    redirects: &str,
    strict: bool,
) -> Result<HostedUi, AuthError> {
    let origin = address::domain(at, &at.required("domain")?)?;
    let mut redirect_sign_out = Vec::new();
    let given = match given {
        Field::Text(text) => vec![text],
        Field::Texts(texts) => texts,
        Field::Missing => Vec::new(),
        _ => return Err(at.error(redirects, "must be a URL or a list of URLs.")),
    };
    for text in &given {
        // Amplify v5 joins several with commas, which no registered URL holds unencoded.
        for redirect in text.split(',') {
            let redirect = redirect.trim_ascii();
            if redirect.is_empty() {
                continue;
            }
            if !address::is_redirect(redirect) {
                return Err(at.error(
                    redirects,
                    "must hold absolute URLs: https, http on this machine only, or a scheme of the app's own; no fragment.",
                ));
            }
            redirect_sign_out.push(redirect.to_owned());
        }
    }
    if strict && redirect_sign_out.is_empty() {
        return Err(at.error(
            redirects,
            "is missing. Set the sign-out URL that the app client allows.",
        ));
    }
    Ok(HostedUi {
        origin,
        redirect_sign_out,
    })
}
