//! Every accepted shape of configuration, read into one valid [`Config`].

mod address;
mod shape;
mod storage;
mod tokens;

use crate::error::AuthError;
use crate::fields::{Field, Fields, Reader, no_object, object_at};
use crate::json::Json;
use crate::layout::{Target, oidc_client};
use crate::text::{after_last, parts};

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
    /// What oidc-client-ts puts in front of the user's key: `oidc.` unless its `userStore` was made with another one.
    pub user_store_prefix: String,
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
        let Field::Object(root) = argument else {
            return Err(no_object("config"));
        };
        let (config, storage, logger) = read(Reader::new(&root))?;
        Ok(Reading {
            config,
            storage: object_at(&root, storage),
            logger: object_at(&root, logger),
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
            user_store_prefix: self.user_store_prefix.clone(),
        }
    }
}

/// The configuration, and the paths of the app's own storage and logger.
type Parts = (Config, Option<&'static str>, Option<&'static str>);

fn read(mut reader: Reader) -> Result<Parts, AuthError> {
    let shape = shape::find(&mut reader);
    if shape.is_own() {
        reader.only("", &OWN_FIELDS);
    }
    let path = |name: &str| [shape.root, name].concat();
    let at_pool = path(shape.pool);
    let mut user_pool_id = reader.required(&at_pool);
    let mut endpoint = String::new();
    let mut authority = String::new();
    let mut user_store_prefix = None;
    if shape.is_oidc() {
        if let Field::Text(prefix) = reader.field("userStore._prefix") {
            user_store_prefix = Some(prefix);
        }
        authority = user_pool_id;
        let url = address::plain_url(&authority);
        // The issuer ends with the user pool id.
        let path = url.as_ref().map_or("", |url| &url.path);
        user_pool_id = after_last(path, b'/').to_owned();
        endpoint = url.map(|url| url.origin).unwrap_or_default();
    }
    match address::pool_origin(&user_pool_id) {
        None => reader.fail(
            &at_pool,
            if shape.is_oidc() {
                "must be https://cognito-idp.<region>.amazonaws.com/<userPoolId>."
            } else {
                "is not a user pool id. It looks like eu-central-1_AbCdEf123."
            },
        ),
        Some(origin) if endpoint.is_empty() => {
            authority = [origin.as_str(), "/", &user_pool_id].concat();
            endpoint = origin;
        }
        Some(_) => {}
    }
    endpoint.push('/');
    let at_client = path(shape.client);
    let user_pool_client_id = reader.required(&at_client);
    if !address::is_client_id(&user_pool_client_id) {
        reader.fail(&at_client, "is not an app client id: letters and digits.");
    }
    let at_identity = path(shape.identity_pool);
    let mut identity_pool_id = reader.text(&at_identity);
    // Our own fields may stand beside any shape, and come first.
    for at in [
        "Auth.endpoint",
        "endpoint",
        "Auth.Cognito.userPoolEndpoint",
        "userPoolEndpoint",
    ] {
        if let Some(text) = reader.text(at) {
            match address::endpoint(&text) {
                Some(given) => endpoint = given,
                None => reader.fail(at, SAFE_URL),
            }
        }
    }
    if let Some(id) = reader.text("identityPoolId") {
        identity_pool_id = Some(id);
    }
    let hosted_ui = hosted_ui(&mut reader, shape);
    let (storage, custom, cookie) = storage::read(&mut reader, shape);
    let logger = reader.object("logger").then_some("logger");
    if logger.is_some() {
        for method in ["logger.debug", "logger.warn"] {
            if !reader.function(method) {
                reader.fail(method, "must be a function.");
            }
        }
    }
    let token_revocation = reader.flag("tokenRevocation", true);
    let config = Config {
        user_pool_id,
        user_pool_client_id,
        identity_pool_id,
        endpoint,
        hosted_ui,
        token_revocation,
        storage,
        cookie,
        authority,
        user_store_prefix: user_store_prefix.unwrap_or_else(|| oidc_client::PREFIX.to_owned()),
    };
    reader.finish((config, custom, logger))
}

const SAFE_URL: &str =
    "must be an https URL (http on this machine only) without user, query and fragment.";

/// The hosted UI: our own `hostedUI` beside any shape, else the shape's own settings.
fn hosted_ui(reader: &mut Reader, shape: &shape::Shape) -> Option<HostedUi> {
    let ours = reader.object("hostedUI");
    let (at, name) = if ours {
        reader.only("hostedUI.", &["domain", shape::OWN.redirects]);
        ("hostedUI.", shape::OWN.redirects)
    } else if shape.is_v5() && reader.has("oauth") {
        // Amplify v5 takes what stands at the root before what stands in `Auth`.
        ("oauth.", shape.redirects)
    } else {
        (shape.oauth, shape.redirects)
    };
    let at_domain = [at, "domain"].concat();
    if !ours {
        // An empty object or domain says that there is none.
        match reader.field(&at_domain) {
            Field::Missing => return None,
            Field::Text(text) if text.is_empty() => return None,
            _ => {}
        }
    }
    let domain = reader.required(&at_domain);
    let origin = address::domain(&domain);
    if origin.is_none() {
        reader.fail(
            &at_domain,
            "must be a host such as my-app.auth.eu-central-1.amazoncognito.com, or an https origin (http on this machine only).",
        );
    }
    let mut at_redirects = [at, name].concat();
    let mut given = reader.field(&at_redirects);
    if let (true, Field::Missing) = (shape.is_oidc(), &given) {
        // OpenID Connect's name for the same (RP-Initiated Logout 1.0).
        let standard = "post_logout_redirect_uri".to_owned();
        given = reader.field(&standard);
        if !matches!(given, Field::Missing) {
            at_redirects = standard;
        }
    }
    // A foreign shape may list none: the app may never leave for the hosted UI.
    let mut good = !ours || shape.is_oidc();
    let given = match given {
        Field::Text(text) => vec![text],
        Field::Texts(texts) => texts,
        Field::Missing => Vec::new(),
        _ => {
            good = false;
            Vec::new()
        }
    };
    let mut redirect_sign_out = Vec::new();
    // Amplify v5 joins several with commas, which no registered URL holds unencoded.
    for redirect in given.iter().flat_map(|text| parts(text, b',')) {
        let redirect = redirect.trim_ascii();
        if !redirect.is_empty() {
            good = address::is_redirect(redirect);
            redirect_sign_out.push(redirect.to_owned());
            if !good {
                break;
            }
        }
    }
    if !good {
        reader.fail(
            &at_redirects,
            "must be one or more absolute URLs without fragment: https, http on this machine only, or the app's own scheme.",
        );
    }
    Some(HostedUi {
        origin: origin.unwrap_or_default(),
        redirect_sign_out,
    })
}
