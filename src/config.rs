//! Every accepted shape of configuration, read into one valid [`Config`].

pub(crate) mod address;
pub mod builder;
mod shape;
mod storage;
pub mod tokens;

use std::time::Duration;

use crate::error::AuthError;
use crate::fields::{Field, Fields, Reader, no_object, object_at};
use crate::json::Json;
use crate::layout::{Target, keys};

/// The fields of our own shape.
const OWN_FIELDS: [&str; 10] = [
    "userPoolId",
    "userPoolClientId",
    "identityPoolId",
    "userPoolEndpoint",
    "allowInsecureEndpoint",
    "hostedUI",
    "tokenRevocation",
    "storage",
    "cookie",
    "logger",
];

/// A valid configuration of a client: made by [`Config::builder`], or read by [`Config::from_json`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The user pool, such as `eu-central-1_AbCdEf123`. Empty where settings of oidc-client-ts name none: then
    /// the tokens found do.
    pub user_pool_id: String,
    /// The app client, one without a secret.
    pub user_pool_client_id: String,
    /// The identity pool; its guest identity is removed with the session.
    pub identity_pool_id: Option<String>,
    /// The absolute URL that requests are posted to. Empty where neither it nor the pool is configured: then it
    /// is AWS's own of the pool that the tokens name.
    pub endpoint: String,
    /// The hosted UI (managed login), where the app uses it.
    pub hosted_ui: Option<HostedUi>,
    /// `false` where the app client has token revocation off: no RevokeToken is sent, and no error is reported.
    pub token_revocation: bool,
    /// Where the tokens are.
    pub storage: StorageKind,
    /// The attributes of cookies, for [`StorageKind::Cookie`].
    pub cookie: CookieOptions,
    /// The issuer as oidc-client-ts names it in its keys, or the hosted UI's domain, as the settings have it.
    pub authority: String,
    /// Requests go over the network without encryption, which was allowed.
    pub(crate) insecure: bool,
    /// Amplify's `ssr` is set: a server may keep the session in cookies too.
    pub(crate) server_rendered: bool,
    /// What oidc-client-ts puts in front of the user's key: `oidc.` unless its `userStore` was made with another
    /// one. Empty in a store of another kind.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorageKind {
    /// `localStorage`; the default, as in Amplify.
    #[default]
    Local,
    /// `sessionStorage`
    Session,
    /// The memory of the page.
    Memory,
    /// `document.cookie`, in Amplify's encoding.
    Cookie,
    /// An object of the app's own, or a class with static methods: `getItem`, `setItem`, `removeItem`, perhaps
    /// `keys`.
    Custom,
    /// A `StateStore` of oidc-client-ts: `get`, `set`, `remove`, `getAllKeys`.
    StateStore,
}

/// Which requests of other sites send a cookie (`samesite`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Navigations alone; the default.
    #[default]
    Lax,
    /// None.
    Strict,
    /// All; the cookie has to be secure.
    None,
}

impl SameSite {
    /// The attribute's value, such as `"lax"`.
    pub fn as_str(self) -> &'static str {
        match self {
            SameSite::Lax => "lax",
            SameSite::Strict => "strict",
            SameSite::None => "none",
        }
    }
}

/// The attributes of the cookies that tokens are kept in (RFC 6265 section 4.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieOptions {
    /// `domain`; `None`, the default, is a host-only cookie.
    pub domain: Option<String>,
    /// `path`; `/` by default.
    pub path: String,
    /// `secure`; true by default.
    pub secure: bool,
    /// `samesite`
    pub same_site: SameSite,
    /// How long they live, in whole seconds (`max-age`); 365 days by default. Browsers keep none longer than 400.
    pub expires: Duration,
}

impl Default for CookieOptions {
    fn default() -> Self {
        CookieOptions {
            domain: None,
            path: "/".to_owned(),
            secure: true,
            same_site: SameSite::Lax,
            expires: Duration::from_secs(365 * DAY),
        }
    }
}

/// In seconds.
const DAY: u64 = 86_400;

/// What [`read`] found: the configuration, and the objects that only the platform can use.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<F> {
    /// The configuration.
    pub config: Config,
    /// The storage object, with [`StorageKind::Custom`] and [`StorageKind::StateStore`].
    pub storage: Option<F>,
    /// Where oidc-client-ts keeps its sign-ins under way, if that is a store of the app's own.
    pub state_store: Option<F>,
    /// The logger, where there is one: of `warn`, `info` and `debug` those that it has are functions.
    pub logger: Option<F>,
}

/// Reads a configuration in any of the accepted shapes.
///
/// # Errors
/// `configuration`, naming the field in the shape that was given.
pub fn read<F: Fields>(argument: Field<F>) -> Result<Reading<F>, AuthError> {
    let Field::Object(root) = argument else {
        return Err(no_object("config"));
    };
    let (config, storage, logger) = read_object(Reader::new(&root))?;
    Ok(Reading {
        config,
        storage: object_at(&root, storage),
        state_store: object_at(&root, Some("stateStore")),
        logger: object_at(&root, logger),
    })
}

impl Config {
    /// Begins a configuration.
    ///
    /// `user_pool_id` is the user pool's id, such as `eu-central-1_AbCdEf123`; `client_id` that of its app
    /// client, which has no secret.
    pub fn builder(
        user_pool_id: impl Into<String>,
        client_id: impl Into<String>,
    ) -> builder::ConfigBuilder {
        builder::ConfigBuilder::new(user_pool_id.into(), client_id.into())
    }

    /// Reads a configuration from a JSON text in any of the shapes that `configure` of the npm package accepts:
    /// its own, the content of `amplify_outputs.json`, Amplify v6's and v5's, `aws-exports`, the settings of
    /// oidc-client-ts.
    ///
    /// # Errors
    /// `configuration`, naming the field in the shape that was given.
    pub fn from_json(text: &str) -> Result<Config, AuthError> {
        let json = Json::parse(text)
            .ok_or_else(|| AuthError::configuration("config", "is not a JSON text."))?;
        read(Field::from(json)).map(|reading| reading.config)
    }
}

/// What the layouts need to know.
pub fn target(config: &Config) -> Target {
    Target {
        user_pool_id: config.user_pool_id.clone(),
        client_id: config.user_pool_client_id.clone(),
        identity_pool_id: config.identity_pool_id.clone(),
        authorities: authorities(config),
        user_store_prefix: config.user_store_prefix.clone(),
    }
}

/// Where requests are posted to, with tokens of that issuer. `None` where neither the configuration says it nor the issuer,
/// which counts only if it is spelt as Cognito spells its own.
pub fn endpoint_for(config: &Config, issuer: Option<&str>) -> Option<String> {
    if config.endpoint.is_empty() {
        address::issuer(issuer?).map(|(_, origin)| [&origin, "/"].concat())
    } else {
        Some(config.endpoint.clone())
    }
}

/// What may stand for the pool in a key of oidc-client-ts, no trailing slash: as configured, its issuer, the hosted UI.
fn authorities(config: &Config) -> Vec<String> {
    let bare = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
    let mut all = vec![bare(&config.authority)];
    let mut add = |other: String| {
        if !all.contains(&other) {
            all.push(other);
        }
    };
    if let Some(origin) = address::pool_origin(&config.user_pool_id) {
        add([&origin, "/", &config.user_pool_id].concat());
    }
    if let Some(hosted_ui) = &config.hosted_ui {
        add(hosted_ui.origin.clone());
    }
    all
}

/// The configuration, and the paths of the app's own storage and logger.
type Parts = (Config, Option<&'static str>, Option<&'static str>);

fn read_object(mut reader: Reader) -> Result<Parts, AuthError> {
    let shape = shape::find(&mut reader);
    if shape.is_own() {
        reader.only("", &OWN_FIELDS);
    }
    let path = |name: &str| [shape.root, name].concat();
    let at_pool = path(shape.pool);
    let mut user_pool_id;
    let mut endpoint = String::new();
    let mut authority = String::new();
    if shape.is_oidc() {
        user_pool_id = reader.text("userPoolId").unwrap_or_default();
        authority = reader.required(shape.pool);
        let url = address::plain_url(&authority);
        if url.is_none() {
            reader.fail(shape.pool, AUTHORITY);
        }
        // The issuer ends with the user pool id; the hosted UI's domain names none.
        if let Some(url) = &url
            && let Some(pool) = address::pool_of(url)
        {
            if user_pool_id.is_empty() {
                user_pool_id = pool.to_owned();
            } else if user_pool_id != pool {
                reader.fail("userPoolId", "is another user pool than authority names.");
            }
            if url.loopback {
                // An emulator's. No other host is sent a token, for it may be any proxy of the issuer's documents.
                endpoint = [&url.origin, "/"].concat();
            }
        }
    } else {
        user_pool_id = reader.required(&at_pool);
    }
    if !(shape.is_oidc() && user_pool_id.is_empty()) {
        match address::pool_origin(&user_pool_id) {
            None => reader.fail(
                if shape.is_oidc() {
                    "userPoolId"
                } else {
                    &at_pool
                },
                "is not a user pool id. It looks like eu-central-1_AbCdEf123.",
            ),
            Some(origin) => {
                if authority.is_empty() {
                    authority = [&origin, "/", &user_pool_id].concat();
                }
                if endpoint.is_empty() {
                    endpoint = [&origin, "/"].concat();
                }
            }
        }
    }
    let at_client = path(shape.client);
    let user_pool_client_id = reader.required(&at_client);
    if !address::is_client_id(&user_pool_client_id) {
        reader.fail(&at_client, "is not an app client id: letters and digits.");
    }
    let at_identity = path(shape.identity_pool);
    let mut identity_pool_id = reader.text(&at_identity);
    let mut insecure = false;
    let allow_http = reader.flag("allowInsecureEndpoint", false);
    // Our own fields may be given with any shape, and come first.
    for at in [
        "Auth.endpoint",
        "endpoint",
        "Auth.Cognito.userPoolEndpoint",
        "userPoolEndpoint",
    ] {
        if let Some(text) = reader.text(at) {
            match address::endpoint(&text) {
                Some((_, false)) if !allow_http => reader.fail(at, INSECURE),
                Some((given, safe)) => (endpoint, insecure) = (given, !safe),
                None => reader.fail(at, SAFE_URL),
            }
        }
    }
    if let Some(id) = reader.text("identityPoolId") {
        identity_pool_id = Some(id);
    }
    let hosted_ui = hosted_ui(&mut reader, shape, &user_pool_id);
    let storage::Storage {
        kind: storage,
        object: custom,
        cookie,
        prefix,
    } = storage::read(&mut reader, shape);
    let logger = logger(&mut reader);
    let token_revocation = reader.flag("tokenRevocation", true);
    let server_rendered = matches!(reader.field("ssr"), Field::Flag(true));
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
        insecure,
        server_rendered,
        user_store_prefix: prefix.unwrap_or_else(|| keys::OIDC.to_owned()),
    };
    reader.finish((config, custom, logger))
}

/// The path of the app's own logger. With `false` the face prints no warning either.
fn logger(reader: &mut Reader) -> Option<&'static str> {
    match reader.field("logger") {
        Field::Missing | Field::Flag(false) => return None,
        _ => {}
    }
    let mut has_one = false;
    for method in ["logger.warn", "logger.info", "logger.debug"] {
        if reader.function(method) {
            has_one = true;
        } else if reader.has(method) {
            reader.fail(method, "must be a function.");
        }
    }
    if !has_one {
        reader.fail(
            "logger",
            "must be false, or have a function warn, info or debug.",
        );
    }
    Some("logger")
}

const INSECURE: &str = "must be https, or others can read the tokens; for an emulator elsewhere, set allowInsecureEndpoint: true.";

const SAFE_URL: &str =
    "must be an https URL (http on this machine only) without user, query and fragment.";

const AUTHORITY: &str = "must be https://cognito-idp.<region>.amazonaws.com/<userPoolId>, or the https address of the hosted UI, with userPoolId beside it.";

/// In front of the names of the hosted UI's fields: our own `hostedUI`, which may be given with any shape, else the shape's own.
fn at_hosted_ui(reader: &mut Reader, shape: &shape::Shape) -> String {
    if reader.object("hostedUI") {
        return "hostedUI.".to_owned();
    }
    // Amplify v5 takes what stands at the root before what stands in `Auth`; the command line writes an empty one there.
    let v5 = ["oauth.", "Auth.oauth."];
    for at in if shape.is_v5() { &v5[..] } else { &[] } {
        let path = |name: &str| [at, name].concat();
        let whole = reader.has(&path("domain")) && reader.has(&path("redirectSignIn"));
        if !whole && reader.object(&path("awsCognito")) {
            return path("awsCognito.");
        }
        if reader.has(&path("domain")) {
            return path("");
        }
    }
    shape.oauth.to_owned()
}

/// The hosted UI; none where its domain is empty.
fn hosted_ui(reader: &mut Reader, shape: &shape::Shape, pool: &str) -> Option<HostedUi> {
    let at = at_hosted_ui(reader, shape);
    let ours = at == shape::OWN.oauth;
    let name = if ours {
        reader.only(&at, &["domain", shape::OWN.redirects]);
        shape::OWN.redirects
    } else {
        shape.redirects
    };
    let path = |name: &str| [&at, name].concat();
    let at_domain = path("domain");
    let given = match reader.field(&at_domain) {
        Field::Text(text) => text.trim_ascii().to_owned(),
        Field::Missing => String::new(),
        _ => {
            reader.fail(&at_domain, "must be a string that is not empty.");
            String::new()
        }
    };
    if given.is_empty() {
        if !ours || !reader.object("hostedUI") {
            return None;
        }
        reader.fail(&at_domain, "is missing. Set it.");
    }
    let origin = address::domain(&given, pool).unwrap_or_else(|written| {
        let must = "must be the host of the hosted UI, such as my-app.auth.eu-central-1.amazoncognito.com, or its https origin (http on this machine only)";
        fail_with(reader, &at_domain, must, written);
        String::new()
    });
    let mut at_redirects = path(name);
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
        Field::Text(text) => address::joined(&text),
        Field::Texts(texts) => texts,
        Field::Missing => Vec::new(),
        _ => {
            good = false;
            Vec::new()
        }
    };
    let mut redirect_sign_out = Vec::new();
    let mut written = None;
    for redirect in &given {
        let redirect = redirect.trim_ascii();
        if !redirect.is_empty() {
            good = address::is_redirect(redirect);
            redirect_sign_out.push(redirect.to_owned());
            if !good {
                written = address::written(redirect);
                if written.is_none() && !redirect.is_ascii() {
                    written = Some(
                        "its host as the browser shows it in location.href (xn--...)".to_owned(),
                    );
                }
                break;
            }
        }
    }
    if !good {
        let must = "must be one or more absolute URLs without fragment: https, http on this machine only, or the app's own scheme";
        fail_with(reader, &at_redirects, must, written);
    }
    Some(HostedUi {
        origin,
        redirect_sign_out,
    })
}

/// Keeps an error that says what to write instead, where that is known.
fn fail_with(reader: &mut Reader, path: &str, must: &str, written: Option<String>) {
    let written = written.map_or(String::new(), |written| ["; write ", &written].concat());
    reader.fail(path, &[must, &written, "."].concat());
}
