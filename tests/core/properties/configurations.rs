//! Configurations in every shape, and options.

use std::time::Duration;

use cognito_signout::internals::config::{self, Reading, target};
use cognito_signout::internals::fields::Field;
use cognito_signout::internals::options;
use cognito_signout::{Config, CookieOptions, HostedUiMode, SameSite, SignOutOptions, StorageKind};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::hostile::{any_value, holds_part, misshapen, secret, spoiled, written};
use crate::support::{Object, Value};

const REGION: &str = "eu-central-1";

/// The settings that all shapes have.
#[derive(Clone, Debug)]
struct Said {
    pool: String,
    client: String,
    identity_pool: Option<String>,
    domain: String,
    redirects: Vec<String>,
}

fn said() -> impl Strategy<Value = Said> {
    (
        "[A-Za-z0-9]{1,9}",
        "[a-z0-9]{1,26}",
        prop::option::of("eu-central-1:[0-9a-f]{8}"),
        "[a-z]{1,9}\\.auth\\.eu-central-1\\.amazoncognito\\.com",
        prop::collection::vec(
            "(https://[a-z]{1,5}\\.example|http://localhost:[1-9]{1,4}|my[a-z]{1,3}:/)/[a-z]{0,4}",
            1..4,
        ),
    )
        .prop_map(|(pool, client, identity_pool, domain, redirects)| Said {
            pool: format!("{REGION}_{pool}"),
            client,
            identity_pool,
            domain,
            redirects,
        })
}

/// The settings in each shape: own, Amplify v6, `amplify_outputs.json`, Amplify v5 nested and
/// bare, `aws-exports`, oidc-client-ts.
fn shapes(said: &Said) -> [Json; 7] {
    let (pool, client, identity) = (&said.pool, &said.client, &said.identity_pool);
    let (domain, redirects) = (&said.domain, &said.redirects);
    let joined = redirects.join(",");
    let oauth = json!({ "domain": domain, "redirectSignIn": "https://x.example/", "redirectSignOut": joined, "responseType": "code" });
    [
        json!({ "userPoolId": pool, "userPoolClientId": client, "identityPoolId": identity,
            "hostedUI": { "domain": domain, "redirectSignOut": redirects } }),
        json!({ "Auth": { "Cognito": { "userPoolId": pool, "userPoolClientId": client, "identityPoolId": identity,
            "loginWith": { "oauth": { "domain": domain, "redirectSignOut": redirects, "scopes": ["openid"] } } } } }),
        json!({ "version": "1", "auth": { "user_pool_id": pool, "user_pool_client_id": client, "identity_pool_id": identity,
            "aws_region": REGION, "oauth": { "domain": domain, "redirect_sign_out_uri": redirects } } }),
        json!({ "Auth": { "region": REGION, "userPoolId": pool, "userPoolWebClientId": client, "identityPoolId": identity, "oauth": oauth } }),
        json!({ "region": REGION, "userPoolId": pool, "userPoolWebClientId": client, "identityPoolId": identity, "oauth": oauth }),
        json!({ "aws_project_region": REGION, "aws_user_pools_id": pool, "aws_user_pools_web_client_id": client,
            "aws_cognito_identity_pool_id": identity, "oauth": oauth }),
        json!({ "authority": format!("https://cognito-idp.{REGION}.amazonaws.com/{pool}"), "client_id": client, "identityPoolId": identity,
            "hostedUI": { "domain": domain, "redirectSignOut": redirects } }),
    ]
}

/// One of the shapes, some with replaced values.
fn any_shape() -> impl Strategy<Value = Json> {
    misshapen((said(), 0usize..7).prop_map(|(said, shape)| {
        let mut shape = shapes(&said)[shape].clone();
        // Own fields may be given with any shape.
        shape["cookie"] =
            json!({ "domain": "example.com", "path": "/", "sameSite": "none", "secure": true });
        shape
    }))
}

/// Whether an accepted configuration is valid.
fn is_valid(config: &Config) -> bool {
    let is_url = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    let endpoint =
        is_url(&config.endpoint) || config.endpoint.is_empty() && config.user_pool_id.is_empty();
    let hosted = config.hosted_ui.as_ref().is_none_or(|hosted| {
        is_url(&hosted.origin) && hosted.redirect_sign_out.iter().all(|url| url.contains(':'))
    });
    // A dot in the client id would match keys of another client.
    let client =
        !config.user_pool_client_id.is_empty() && !config.user_pool_client_id.contains('.');
    let cookie = [
        config.cookie.domain.as_deref().unwrap_or_default(),
        &config.cookie.path,
    ];
    let cookie = cookie.iter().all(|text| {
        text.bytes()
            .all(|byte| (b'!'..=b'~').contains(&byte) && byte != b';')
    });
    let secure = config.cookie.secure || config.cookie.same_site != SameSite::None;
    endpoint && hosted && client && cookie && config.cookie.path.starts_with('/') && secure
}

/// A field of a JavaScript object: plain values, functions, classes, dates, throwing getters.
fn any_field(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<f64>(),
        select(&[0.0, -1.0, 1e300, f64::NAN, f64::INFINITY][..])
    ];
    let leaf = prop_oneof![
        Just(Value::Field(Field::Missing)),
        Just(Value::Field(Field::Null)),
        Just(Value::Field(Field::Other)),
        Just(Value::Throws),
        any::<bool>().prop_map(|flag| Value::Field(Field::Flag(flag))),
        number.prop_map(|number| Value::Field(Field::Number(number))),
        any::<f64>().prop_map(|ahead| Value::Field(Field::Date(ahead))),
        prop::collection::vec(".{0,9}", 0..3).prop_map(|texts| Value::Field(Field::Texts(texts))),
        prop_oneof![".{0,12}", select(TEXTS).prop_map(str::to_owned)]
            .prop_map(|text| Value::Field(Field::Text(text))),
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        let members = prop::collection::vec((select(names), inner), 0..8);
        (members, any::<bool>()).prop_map(|(members, is_class)| {
            let object = Object(members);
            Value::Field(if is_class {
                Field::Function(object)
            } else {
                Field::Object(object)
            })
        })
    })
}

const TEXTS: &[&str] = &[
    "",
    "client1",
    "eu-central-1_a",
    "auth.example.com",
    "https://app.example.com/",
    "local",
    "session",
    "cookie",
    "memory",
    "auto",
    "redirect",
    "popup",
    "manual",
    "none",
    "strict",
    "lax",
    "/",
    "oidc.",
];

const CONFIG_NAMES: &[&str] = &[
    "userPoolId",
    "userPoolClientId",
    "identityPoolId",
    "userPoolEndpoint",
    "hostedUI",
    "tokenRevocation",
    "storage",
    "cookie",
    "logger",
    "domain",
    "redirectSignOut",
    "path",
    "secure",
    "sameSite",
    "expires",
    "debug",
    "info",
    "warn",
    "allowInsecureEndpoint",
    "getItem",
    "setItem",
    "removeItem",
    "keys",
    "Auth",
    "Cognito",
    "loginWith",
    "oauth",
    "auth",
    "user_pool_id",
    "user_pool_client_id",
    "userPoolWebClientId",
    "aws_user_pools_id",
    "aws_user_pools_web_client_id",
    "authority",
    "client_id",
    "userStore",
    "stateStore",
    "_store",
    "_prefix",
    "__proto__",
    "get",
    "set",
    "remove",
    "getAllKeys",
    "cookieStorage",
    "endpoint",
    "awsCognito",
    "redirectSignIn",
    "post_logout_redirect_uri",
    "x",
];

const OPTION_NAMES: &[&str] = &[
    "global",
    "hostedUI",
    "redirectUrl",
    "navigate",
    "timeoutMs",
    "popupTimeoutMs",
    "signal",
    "forgetDevice",
    "retryWhenOnline",
    "appState",
    "oauth",
    "addEventListener",
    "x",
];

fn any_object(names: &'static [&'static str]) -> impl Strategy<Value = Field<Object>> {
    prop::collection::vec((select(names), any_field(names)), 0..10)
        .prop_map(|members| Field::Object(Object(members)))
}

proptest! {
    /// The same settings give the same configuration in every shape.
    #[test]
    fn every_shape_gives_the_same_configuration(said in said(), seed in any::<u64>()) {
        for (index, shape) in shapes(&said).iter().enumerate() {
            let read = Config::from_json(&written(shape, seed));
            prop_assert!(read.is_ok(), "{index}: {read:?}");
            let config = read.unwrap();
            prop_assert_eq!(&config.user_pool_id, &said.pool);
            prop_assert_eq!(&config.user_pool_client_id, &said.client);
            prop_assert_eq!(&config.identity_pool_id, &said.identity_pool);
            let idp = format!("https://cognito-idp.{REGION}.amazonaws.com/");
            prop_assert_eq!(&config.endpoint, &idp);
            let hosted = config.hosted_ui.as_ref().unwrap();
            prop_assert_eq!(&hosted.origin, &format!("https://{}", said.domain));
            prop_assert_eq!(&hosted.redirect_sign_out, &said.redirects);
            // With these, sessions of oidc-client-ts are found.
            let authorities = target(&config).authorities;
            prop_assert_eq!(authorities, [[&idp, said.pool.as_str()].concat(), hosted.origin.clone()]);
        }
    }

    /// With any value in any place: a valid configuration, or an error that names the field.
    #[test]
    fn a_misshapen_configuration_is_rejected_or_valid(shape in any_shape(), seed in any::<u64>()) {
        match Config::from_json(&written(&shape, seed)) {
            Ok(config) => prop_assert!(is_valid(&config), "{config:?}"),
            Err(error) => {
                prop_assert_eq!(error.code.as_str(), "configuration");
                prop_assert!(error.message.split_once(": ").is_some_and(|(field, _)| !field.is_empty()), "{}", error.message);
            }
        }
    }

    /// A spoiled text reads as the text that serde_json makes of it.
    #[test]
    fn a_spoiled_text_reads_as_in_serde_json(
        text in spoiled((any_shape(), any::<u64>()).prop_map(|(shape, seed)| written(&shape, seed))),
    ) {
        let config = Config::from_json(&text);
        if let Ok(theirs) = serde_json::from_str::<Json>(&text) {
            let again = Config::from_json(&theirs.to_string());
            // Of several errors the first is reported, and serde_json sorts the names.
            prop_assert_eq!(again.ok(), config.ok());
        } else if let Ok(config) = config {
            prop_assert!(is_valid(&config), "{text}");
        }
    }

    /// Any value in any known field.
    #[test]
    fn no_configuration_makes_it_panic(field in select(CONFIG_NAMES), value in any_value(), whole in any_value()) {
        let mut config = json!({ "userPoolId": "eu-central-1_a", "userPoolClientId": "client1" });
        config[field] = value;
        for config in [config, whole] {
            if let Err(error) = Config::from_json(&config.to_string()) {
                prop_assert_eq!(error.code.as_str(), "configuration");
            }
        }
    }

    /// JavaScript objects with functions, dates and throwing getters. An accepted storage or
    /// logger has the functions it needs.
    #[test]
    fn a_foreign_object_is_rejected_or_valid(object in any_object(CONFIG_NAMES)) {
        let valid = [("userPoolId", "eu-central-1_a"), ("userPoolClientId", "client1")];
        let valid = valid.map(|(name, value)| (name, Value::Field(Field::Text(value.to_owned()))));
        let Field::Object(given) = &object else { return Ok(()) };
        // The first member of a name counts.
        let with_ids = Field::Object(Object([&valid, &given.0[..]].concat()));
        for argument in [object.clone(), with_ids] {
            match config::read(argument) {
                Ok(Reading { config, storage, logger, .. }) => {
                    prop_assert!(is_valid(&config));
                    let is_own = matches!(config.storage, StorageKind::Custom | StorageKind::StateStore);
                    prop_assert_eq!(storage.is_some(), is_own);
                    let has = |object: &Object, names: &[&str]| names.iter().all(|name| {
                        let found = object.0.iter().find(|member| member.0 == *name);
                        matches!(found, Some((_, Value::Field(Field::Function(_)))))
                    });
                    let levels = ["warn", "info", "debug"];
                    let hears = logger.is_none_or(|it| levels.iter().any(|level| has(&it, &[level])));
                    prop_assert!(hears);
                    if let Some(storage) = storage {
                        let needed: &[&str] = match config.storage {
                            StorageKind::Custom => &["getItem", "setItem", "removeItem"],
                            _ => &["get", "set", "remove", "getAllKeys"],
                        };
                        prop_assert!(has(&storage, needed));
                    }
                }
                Err(error) => prop_assert_eq!(error.code.as_str(), "configuration"),
            }
        }
    }

    /// No error quotes a token that was passed as a setting or as the name of one.
    #[test]
    fn no_error_quotes_a_secret(
        secret in secret(),
        shape in any_shape(),
        field in select(CONFIG_NAMES),
        inside in select(CONFIG_NAMES),
        before in select(&["", "https://", "http://", "https://a.example/?code=", "Bearer "][..]),
        how in 0usize..4,
    ) {
        let mut shape = if shape.is_object() { shape } else { json!({}) };
        let quoted = json!([before, &secret].concat());
        match how {
            0 => shape[field] = quoted,
            1 => shape[field] = json!([quoted]),
            2 => shape[field] = json!({ inside: quoted }),
            _ => shape[&secret] = json!(1),
        }
        if let Err(error) = Config::from_json(&shape.to_string()) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!holds_part(&shown, &secret, 32), "{shown}");
        }
    }

    /// Days give whole seconds. A date gives whole minutes, rounded up. Other values are
    /// rejected.
    #[test]
    fn how_long_a_cookie_lives(
        days in prop_oneof![0.0..1000.0, any::<f64>()],
        ahead in prop_oneof![0.0..1e12, any::<f64>()],
    ) {
        let read = |expires: Field<Object>| {
            let cookie = Object(vec![("expires", Value::Field(expires))]);
            let text = |text: &str| Value::Field(Field::Text(text.to_owned()));
            let config = Object(vec![
                ("userPoolId", text("eu-central-1_a")),
                ("userPoolClientId", text("client1")),
                ("cookie", Value::Field(Field::Object(cookie))),
            ]);
            config::read(Field::Object(config)).map(|reading| reading.config.cookie.expires)
        };
        match read(Field::Number(days)) {
            Ok(expires) => {
                prop_assert!(days > 0.0 && days.is_finite());
                prop_assert_eq!(expires, Duration::from_secs((days * 86_400.0) as u64));
            }
            Err(_) => prop_assert!(days.is_nan() || days <= 0.0 || days.is_infinite()),
        }
        match read(Field::Date(ahead)) {
            Ok(expires) => {
                prop_assert!(ahead > 0.0);
                // Beyond this, a double can't represent minutes.
                if ahead < 1e15 {
                    prop_assert_eq!(expires.as_secs() % 60, 0);
                    let more = expires.as_secs_f64() * 1000.0 - ahead;
                    prop_assert!((0.0..=60_000.0).contains(&more), "{ahead} {expires:?}");
                }
            }
            Err(_) => prop_assert!(ahead.is_nan() || ahead <= 0.0),
        }
    }

    /// The builder gives the same configuration as the JSON.
    #[test]
    fn the_builder_gives_what_the_json_gives(said in said(), days in 1u64..1000, same_site in 0usize..3) {
        let cookie = CookieOptions {
            same_site: [SameSite::Lax, SameSite::Strict, SameSite::None][same_site],
            expires: Duration::from_secs(days * 86_400),
            ..CookieOptions::default()
        };
        let mut builder = Config::builder(&said.pool, &said.client).hosted_ui(&said.domain, &said.redirects).cookie(cookie.clone());
        if let Some(identity) = &said.identity_pool {
            builder = builder.identity_pool_id(identity);
        }
        let mut json = shapes(&said)[0].clone();
        json["cookie"] = json!({ "sameSite": cookie.same_site.as_str(), "expires": days });
        prop_assert_eq!(builder.build(), Config::from_json(&json.to_string()));
    }

    /// Options of any type are rejected with the name of the option, or are within a timer's
    /// range.
    #[test]
    fn options_are_rejected_or_valid(options in any_object(OPTION_NAMES), whole in any_field(OPTION_NAMES)) {
        let whole = match whole {
            Value::Field(field) => field,
            Value::Throws => Field::Other,
        };
        for argument in [options, whole] {
            match options::read(argument.clone()) {
                Ok(read) => {
                    let longest = Duration::from_millis(i32::MAX as u64);
                    prop_assert!(read.timeout <= longest && read.popup_timeout <= longest);
                    prop_assert!(read.redirect_url.is_none_or(|url| !url.is_empty()));
                }
                Err(error) => {
                    prop_assert_eq!(error.code.as_str(), "configuration");
                    let field = error.message.split([':', '.']).next().unwrap();
                    prop_assert!(field == "options" || OPTION_NAMES.contains(&field), "{}", error.message);
                }
            }
        }
    }

    /// Valid options are read exactly.
    #[test]
    fn valid_options_are_read_exactly(
        flags in any::<[bool; 3]>(),
        mode in 0usize..5,
        url in "[ -~]{1,20}",
        timeout in 0u32..10_000_000,
        popup_timeout in any::<u32>(),
    ) {
        let modes = [
            ("auto", HostedUiMode::Auto),
            ("redirect", HostedUiMode::Redirect),
            ("popup", HostedUiMode::Popup),
            ("manual", HostedUiMode::Manual),
            ("none", HostedUiMode::None),
        ];
        let text = |text: &str| Value::Field(Field::Text(text.to_owned()));
        let number = |number: u32| Value::Field(Field::Number(f64::from(number)));
        let given = Object(vec![
            ("global", Value::Field(Field::Flag(flags[0]))),
            ("forgetDevice", Value::Field(Field::Flag(flags[1]))),
            ("retryWhenOnline", Value::Field(Field::Flag(flags[2]))),
            ("hostedUI", text(modes[mode].0)),
            ("redirectUrl", text(&url)),
            ("timeoutMs", number(timeout)),
            ("popupTimeoutMs", number(popup_timeout)),
        ]);
        let expected = SignOutOptions {
            global: flags[0],
            hosted_ui: modes[mode].1,
            redirect_url: Some(url),
            timeout: Duration::from_millis(timeout.into()),
            popup_timeout: Duration::from_millis(u64::from(popup_timeout).min(i32::MAX as u64)),
            forget_device: flags[1],
            retry_when_online: flags[2],
        };
        prop_assert_eq!(options::read(Field::Object(given)), Ok(expected));
    }
}
