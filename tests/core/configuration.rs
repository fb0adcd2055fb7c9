//! Every shape of configuration, and every way to get it wrong.

use std::time::Duration;

use cognito_signout::AuthError;
use cognito_signout::internals::config::{self, Reading};
use cognito_signout::internals::fields::Field;
use cognito_signout::{Config, CookieOptions, SameSite, StorageKind};
use serde_json::{Value as Json, json};

use crate::fixture::{self, Given};
use crate::support::{
    Object, Value, argument, class, date, fault, function, names_field, object, text,
};

fn read(config: Json) -> Result<Config, AuthError> {
    Config::from_json(&config.to_string())
}

/// What is read of a configuration, in the words of the case: what is the default is left out.
fn described(reading: &Reading<Given>, expected: &Json) -> Json {
    let config = &reading.config;
    let storage = match config.storage {
        StorageKind::Local => "local",
        StorageKind::Session => "session",
        StorageKind::Memory => "memory",
        StorageKind::Cookie => "cookie",
        StorageKind::Custom => "custom",
        StorageKind::StateStore => "stateStore",
    };
    assert_eq!(
        reading.storage.is_some(),
        ["custom", "stateStore"].contains(&storage)
    );
    let mut found = json!({
        "userPoolId": config.user_pool_id,
        "clientId": config.user_pool_client_id,
        "storage": storage,
    });
    if let Some(pool) = &config.identity_pool_id {
        found["identityPoolId"] = json!(pool);
    }
    if !config.token_revocation {
        found["tokenRevocation"] = json!(false);
    }
    if let Some(hosted) = &config.hosted_ui {
        found["hostedUI"] = json!(hosted.origin);
        found["redirectSignOut"] = json!(hosted.redirect_sign_out);
    }
    if config.user_store_prefix != "oidc." {
        found["oidcPrefix"] = json!(config.user_store_prefix);
    }
    for (name, has) in [
        ("hasStateStore", reading.state_store.is_some()),
        ("hasLogger", reading.logger.is_some()),
    ] {
        if has {
            found[name] = json!(true);
        }
    }
    let (cookie, usual) = (&config.cookie, CookieOptions::default());
    let attributes = [
        ("domain", json!(cookie.domain), json!(usual.domain)),
        ("path", json!(cookie.path), json!(usual.path)),
        ("secure", json!(cookie.secure), json!(usual.secure)),
        (
            "sameSite",
            json!(cookie.same_site.as_str()),
            json!(usual.same_site.as_str()),
        ),
    ];
    for (name, value, usual) in attributes {
        if value != usual {
            found["cookie"][name] = value;
        }
    }
    if cookie.expires != usual.expires {
        let days = cookie.expires.as_secs_f64() / 86_400.0;
        found["cookie"]["expires"] = match days.fract() {
            0.0 => json!(days as u64),
            _ => json!(days),
        };
    }
    if expected.get("endpoint").is_some() {
        found["endpoint"] = json!(config.endpoint);
    }
    if expected.get("authorities").is_some() {
        found["authorities"] = json!(config::target(config).authorities);
    }
    found
}

fn days(days: f64) -> Duration {
    Duration::from_secs_f64(days * 86_400.0)
}

#[test]
fn each_configuration_of_the_fixture() {
    let table: Json =
        serde_json::from_str(include_str!("../fixtures/configurations.json")).unwrap();
    for case in fixture::cases(&table) {
        let (name, expected) = (case["name"].as_str().unwrap(), &case["expect"]);
        let reading = Given::read(&case["config"]);
        let text = case["config"].to_string();
        if !text.contains("\"$") {
            let config = reading.as_ref().map(|reading| &reading.config);
            assert_eq!(Config::from_json(&text).as_ref(), config, "{name}");
        }
        match expected.get("error") {
            None => assert_eq!(&described(&reading.unwrap(), expected), expected, "{name}"),
            Some(error) => {
                let error = |field: &str| error[field].as_str().unwrap_or_default();
                let (code, message) = fault(reading);
                assert_eq!(code, error("code"), "{name}: {message}");
                let field = [error("field"), ": "].concat();
                assert!(message.starts_with(&field), "{name}: {message}");
                assert!(message.contains(error("says")), "{name}: {message}");
            }
        }
    }
}

#[test]
fn the_defaults_of_cookies() {
    let usual = CookieOptions::default();
    assert_eq!(
        (usual.domain, usual.path.as_str(), usual.secure),
        (None, "/", true)
    );
    assert_eq!(usual.same_site, SameSite::Lax);
    assert_eq!(usual.expires, days(365.0));
}

/// What JSON has no word for: a prototype, and functions of a class.
#[test]
fn oidc_client_stores_that_are_classes() {
    let read = |store: Value| {
        let settings = [
            (
                "authority",
                text("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123"),
            ),
            ("client_id", text("client1")),
            ("userStore", store),
        ];
        config::read(argument(&settings)).unwrap().config
    };
    let all = ["get", "set", "remove", "getAllKeys"].map(|method| (method, function()));
    let local = ["getItem", "setItem", "removeItem"].map(|method| (method, function()));
    // A class derived from WebStorageStateStore may encrypt what it stores: only its own functions
    // count.
    let inside = [("_store", object(&local)), ("_prefix", text("oidc."))];
    let base = object(&[("get", function())]);
    let derived = [("__proto__", object(&[("__proto__", base)]))];
    let derived = read(object(&[&all[..], &inside, &derived].concat()));
    assert_eq!(derived.storage, StorageKind::StateStore);
    // A class with static functions.
    assert_eq!(read(class(&all)).storage, StorageKind::StateStore);
}

/// Where no pool is configured, only the issuer of the tokens names one, if it is spelt as Cognito
/// spells its own.
#[test]
fn the_endpoint_by_the_issuer() {
    let own = "https://cognito-idp.eu-central-1.amazonaws.com/";
    let issuer = [own, "eu-central-1_AbC123"].concat();
    for authority in [
        "https://my-app.auth.eu-central-1.amazoncognito.com",
        "https://auth.example.com/",
        "https://auth.example.com/my_tenant",
    ] {
        let settings = json!({ "authority": authority, "client_id": "client1" });
        let unnamed = read(settings.clone()).unwrap();
        assert_eq!(config::endpoint_for(&unnamed, None), None);
        assert_eq!(
            config::endpoint_for(&unnamed, Some(&issuer)).as_deref(),
            Some(own)
        );
        for (region, zone) in [
            ("cn-north-1", "com.cn"),
            ("eusc-de-east-1", "eu"),
            ("us-gov-west-1", "com"),
        ] {
            let host = format!("https://cognito-idp.{region}.amazonaws.{zone}/");
            assert_eq!(
                config::endpoint_for(&unnamed, Some(&format!("{host}{region}_x"))),
                Some(host)
            );
        }
        for foreign in [
            "",
            "https://auth.example.com",
            "https://auth.example.com/eu-central-1_AbC123",
            "http://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123",
            "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123/",
            "https://cognito-idp.eu-central-1.amazonaws.com.evil.example/eu-central-1_AbC123",
            "https://cognito-idp.us-east-1.amazonaws.com/eu-central-1_AbC123",
            "https://cognito-idp.eu-central-1.amazonaws.com/x/eu-central-1_AbC123",
            "https://cognito-idp.eu-central-1.amazonaws.com@evil.example/eu-central-1_AbC123",
            "https://cognito-idp.evil.amazonaws.com/evil_x",
            "https://cognito-idp.eu-central-1.amazonaws.com:8443/eu-central-1_AbC123",
            "HTTPS://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123",
        ] {
            assert_eq!(
                config::endpoint_for(&unnamed, Some(foreign)),
                None,
                "{foreign}"
            );
        }
        let mut given = settings;
        given["userPoolEndpoint"] = json!("http://localhost:9229");
        assert_eq!(
            config::endpoint_for(&read(given).unwrap(), None).as_deref(),
            Some("http://localhost:9229/")
        );
    }
}

/// What JSON has no word for.
#[test]
fn functions_and_getters() {
    let base = [
        ("userPoolId", text("eu-central-1_AbC123")),
        ("userPoolClientId", text("client1")),
    ];
    let read = |more: &[(&'static str, Value)]| config::read(argument(&[&base[..], more].concat()));

    // A class with static methods, as Amplify v5's docs showed it.
    let methods = ["getItem", "setItem", "removeItem", "clear"].map(|name| (name, function()));
    let reading = read(&[("storage", class(&methods))]).unwrap();
    assert_eq!(reading.config.storage, StorageKind::Custom);
    assert!(reading.storage.is_some());
    let v5 = [
        ("userPoolId", text("eu-central-1_AbC123")),
        ("userPoolWebClientId", text("client1")),
        ("storage", class(&methods)),
        ("cookieStorage", object(&[("domain", text("example.com"))])),
    ];
    let reading = config::read(argument(&[("Auth", object(&v5))])).unwrap();
    // Amplify takes it before cookies, whose attributes are kept all the same.
    assert_eq!(reading.config.storage, StorageKind::Custom);
    assert!(reading.storage.is_some());
    assert_eq!(reading.config.cookie.domain.as_deref(), Some("example.com"));

    // As js-cookie takes it.
    let cookie = |ahead: f64| read(&[("cookie", object(&[("expires", date(ahead))]))]);
    let lives = |ahead: f64| cookie(ahead).unwrap().config.cookie.expires;
    assert_eq!(lives(7.0 * 86_400_000.0), days(7.0));
    // Made again a moment later, it is the same configuration.
    assert_eq!(lives(7.0 * 86_400_000.0 - 20.0), days(7.0));
    assert_eq!(lives(1.0), days(1.0 / 1440.0));
    for bad in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        names_field(cookie(bad), "cookie.expires");
    }
    names_field(read(&[("cookie", date(1.0))]), "cookie");
    names_field(read(&[("storage", date(1.0))]), "storage");
    names_field(read(&[("cookie", Value::Throws)]), "cookie");
    names_field(
        read(&[("hostedUI", object(&[("domain", Value::Throws)]))]),
        "hostedUI.domain",
    );
    for argument in [
        Field::Missing,
        Field::Function(Object::default()),
        Field::Other,
    ] {
        names_field(config::read::<Object>(argument), "config");
    }
    names_field(Config::from_json("{"), "config");
}
