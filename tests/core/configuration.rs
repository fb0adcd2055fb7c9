//! Every shape of configuration, and every way to get it wrong.

use std::time::Duration;

use cognito_signout::internals::config;
use cognito_signout::internals::fields::Field;
use cognito_signout::{AuthError, Config, HostedUi, SameSite, StorageKind};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{
    Object, Value, argument, class, date, fault, function, names_field, object, text,
};

fn read(config: Json) -> Result<Config, AuthError> {
    Config::from_json(&config.to_string())
}

fn own() -> Json {
    json!({ "userPoolId": "eu-central-1_AbC123", "userPoolClientId": "client1" })
}

fn days(days: f64) -> Duration {
    Duration::from_secs_f64(days * 86_400.0)
}

/// Our own shape with one field set.
fn with(name: &str, value: Json) -> Json {
    let mut config = own();
    config[name] = value;
    config
}

fn hosted(redirects: &[&str]) -> Option<HostedUi> {
    Some(HostedUi {
        origin: "https://auth.example.com".into(),
        redirect_sign_out: redirects.iter().map(|&redirect| redirect.into()).collect(),
    })
}

#[test]
fn our_own_shape() {
    let config = read(own()).unwrap();
    assert_eq!(config.user_pool_id, "eu-central-1_AbC123");
    assert_eq!(config.user_pool_client_id, "client1");
    assert_eq!(
        config.endpoint,
        "https://cognito-idp.eu-central-1.amazonaws.com/"
    );
    assert_eq!(
        config.authority,
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123"
    );
    assert_eq!(config.storage, StorageKind::Local);
    assert!(
        config.token_revocation && config.hosted_ui.is_none() && config.identity_pool_id.is_none()
    );
    assert_eq!(
        (
            config.cookie.path.as_str(),
            config.cookie.secure,
            config.cookie.expires
        ),
        ("/", true, days(365.0))
    );

    let full = read(json!({
        "userPoolId": "eu-central-1_AbC123", "userPoolClientId": "client1", "identityPoolId": "eu-central-1:0-1",
        "userPoolEndpoint": "http://localhost:9229", "tokenRevocation": false, "storage": "cookie",
        "hostedUI": { "domain": "auth.example.com", "redirectSignOut": "https://a.example/" },
        "cookie": { "domain": ".example.com", "path": "/app", "secure": false, "sameSite": "Strict", "expires": 30 },
    }))
    .unwrap();
    assert_eq!(full.endpoint, "http://localhost:9229/");
    assert_eq!(full.hosted_ui, hosted(&["https://a.example/"]));
    assert_eq!(full.identity_pool_id.as_deref(), Some("eu-central-1:0-1"));
    assert!(!full.token_revocation);
    assert_eq!(full.storage, StorageKind::Cookie);
    assert_eq!(full.cookie.domain.as_deref(), Some(".example.com"));
    assert_eq!(
        (full.cookie.same_site, full.cookie.secure),
        (SameSite::Strict, false)
    );
}

#[test]
fn regions() {
    for (pool, host) in [
        ("us-gov-west-1_a", "cognito-idp.us-gov-west-1.amazonaws.com"),
        ("cn-north-1_a", "cognito-idp.cn-north-1.amazonaws.com.cn"),
        (
            "eusc-de-east-1_a",
            "cognito-idp.eusc-de-east-1.amazonaws.eu",
        ),
    ] {
        let config = read(with("userPoolId", json!(pool))).unwrap();
        assert_eq!(config.endpoint, format!("https://{host}/"));
        assert_eq!(config.authority, format!("https://{host}/{pool}"));
    }
}

#[test]
fn amplify_outputs() {
    let outputs = json!({
        "version": "1.3",
        "storage": { "aws_region": "eu-central-1", "bucket_name": "b" },
        "data": {},
        "auth": {
            "aws_region": "eu-central-1", "user_pool_id": "eu-central-1_AbC123", "user_pool_client_id": "client1",
            "identity_pool_id": "eu-central-1:0-1", "mfa_methods": [],
            "oauth": {
                "domain": "auth.example.com", "scopes": [], "response_type": "code", "identity_providers": [],
                "redirect_sign_in_uri": ["https://a.example/"], "redirect_sign_out_uri": ["https://a.example/", "http://localhost:3000/"],
            },
        },
    });
    let config = read(outputs.clone()).unwrap();
    assert_eq!(config.user_pool_client_id, "client1");
    assert_eq!(config.identity_pool_id.as_deref(), Some("eu-central-1:0-1"));
    assert_eq!(
        config.hosted_ui,
        hosted(&["https://a.example/", "http://localhost:3000/"])
    );
    assert_eq!(config.storage, StorageKind::Local);

    for (path, value, named) in [
        ("/auth/user_pool_id", json!(null), "auth.user_pool_id"),
        ("/auth/user_pool_id", json!("x"), "auth.user_pool_id"),
        (
            "/auth/user_pool_client_id",
            json!("a.b"),
            "auth.user_pool_client_id",
        ),
        (
            "/auth/oauth/domain",
            json!("auth.example.com/x"),
            "auth.oauth.domain",
        ),
        (
            "/auth/oauth/redirect_sign_out_uri",
            json!(["javascript:alert(1)"]),
            "auth.oauth.redirect_sign_out_uri",
        ),
        ("/auth", json!(null), "auth.user_pool_id"),
        ("/auth", json!("x"), "auth.user_pool_id"),
    ] {
        let mut bad = outputs.clone();
        *bad.pointer_mut(path).unwrap() = value;
        names_field(read(bad), named);
    }

    // Our own extras beside a foreign shape.
    let mut more = outputs;
    more["storage"] = json!("session");
    more["tokenRevocation"] = json!(false);
    more["userPoolEndpoint"] = json!("http://localhost:9229");
    more["hostedUI"] =
        json!({ "domain": "http://localhost:9000", "redirectSignOut": ["http://localhost:3000/"] });
    let config = read(more).unwrap();
    assert_eq!(
        (config.storage, config.token_revocation),
        (StorageKind::Session, false)
    );
    assert_eq!(config.endpoint, "http://localhost:9229/");
    assert_eq!(config.hosted_ui.unwrap().origin, "http://localhost:9000");
}

#[test]
fn resources_config() {
    let resources = |oauth: Json| {
        json!({ "API": {}, "Storage": {}, "Auth": { "Cognito": {
            "userPoolId": "eu-central-1_AbC123", "userPoolClientId": "client1", "identityPoolId": "eu-central-1:0-1",
            "userPoolEndpoint": "https://proxy.example.com/cognito", "allowGuestAccess": true, "signUpVerificationMethod": "code",
            "loginWith": { "email": true, "oauth": oauth },
        } } })
    };
    let config = read(resources(json!({
        "domain": "auth.example.com", "scopes": [], "redirectSignIn": ["https://a.example/"],
        "redirectSignOut": ["https://a.example/", "https://b.example/"], "responseType": "code",
    })))
    .unwrap();
    assert_eq!(config.endpoint, "https://proxy.example.com/cognito");
    assert_eq!(
        config.hosted_ui,
        hosted(&["https://a.example/", "https://b.example/"])
    );
    for oauth in [json!(null), json!({}), json!({ "domain": "" })] {
        assert_eq!(read(resources(oauth)).unwrap().hosted_ui, None);
    }
    names_field(
        read(resources(json!({ "domain": 1 }))),
        "Auth.Cognito.loginWith.oauth.domain",
    );
    // A foreign shape may list none: the sign-out says so when it needs one (parity 16).
    assert_eq!(
        read(resources(
            json!({ "domain": "auth.example.com", "redirectSignOut": [] })
        ))
        .unwrap()
        .hosted_ui,
        hosted(&[])
    );
    names_field(
        read(json!({ "Auth": { "Cognito": { "userPoolClientId": "c" } } })),
        "Auth.Cognito.userPoolId",
    );
}

#[test]
fn aws_exports_and_v5() {
    let exports = json!({
        "aws_project_region": "eu-central-1", "aws_cognito_region": "eu-central-1", "aws_user_pools_id": "eu-central-1_AbC123",
        "aws_user_pools_web_client_id": "client1", "aws_cognito_identity_pool_id": "eu-central-1:0-1",
        "oauth": { "domain": "auth.example.com", "redirectSignIn": "https://a.example/", "redirectSignOut": "https://a.example/, https://b.example/,", "responseType": "code" },
    });
    let expected = hosted(&["https://a.example/", "https://b.example/"]);
    let config = read(exports.clone()).unwrap();
    assert_eq!(config.user_pool_client_id, "client1");
    assert_eq!(config.identity_pool_id.as_deref(), Some("eu-central-1:0-1"));
    assert_eq!(config.hosted_ui, expected);

    let mut empty = exports.clone();
    empty["oauth"] = json!({});
    assert_eq!(read(empty).unwrap().hosted_ui, None);
    let mut missing = exports.clone();
    missing["aws_user_pools_web_client_id"] = json!(null);
    names_field(read(missing), "aws_user_pools_web_client_id");

    let auth = json!({
        "region": "eu-central-1", "userPoolId": "eu-central-1_AbC123", "userPoolWebClientId": "client1", "mandatorySignIn": true,
        "cookieStorage": { "domain": "example.com", "path": "/", "expires": 7, "sameSite": "lax", "secure": true },
        "oauth": { "domain": "auth.example.com", "redirectSignOut": "https://a.example/,https://b.example/" },
    });
    // Nested, bare, and over the exports.
    let mut both = exports.clone();
    both["Auth"] = auth.clone();
    for config in [json!({ "Auth": auth }), auth.clone(), both] {
        let config = read(config).unwrap();
        assert_eq!(config.user_pool_client_id, "client1");
        assert_eq!(config.hosted_ui, expected);
        assert_eq!(
            (config.storage, config.cookie.expires),
            (StorageKind::Cookie, days(7.0))
        );
        assert_eq!(config.cookie.domain.as_deref(), Some("example.com"));
    }
    names_field(
        read(json!({ "Auth": { "userPoolId": "eu-central-1_AbC123" } })),
        "Auth.userPoolWebClientId",
    );

    // As `Amplify.configure` has it, what stands at the root comes before what stands in `Auth`.
    let root = json!({
        "Auth": { "userPoolId": "eu-central-1_AbC123", "userPoolWebClientId": "client1", "endpoint": "https://proxy.example.com" },
        "oauth": { "domain": "auth.example.com", "redirectSignOut": "https://a.example/,https://b.example/" },
        "ssr": true,
    });
    let config = read(root.clone()).unwrap();
    assert_eq!(config.hosted_ui, expected);
    assert_eq!(config.endpoint, "https://proxy.example.com/");
    let mut bad = root;
    bad["oauth"]["redirectSignOut"] = json!("/out");
    names_field(read(bad), "oauth.redirectSignOut");
    let mut bare = auth.clone();
    bare["endpoint"] = json!("http://localhost:9229/");
    assert_eq!(
        read(bare.clone()).unwrap().endpoint,
        "http://localhost:9229/"
    );
    bare["endpoint"] = json!("localhost");
    names_field(read(bare), "endpoint");

    // `{ ...awsExports, Auth: { storage } }`: the app's own storage object.
    let storage = object(&[
        ("getItem", function()),
        ("setItem", function()),
        ("removeItem", function()),
    ]);
    let reading = config::read(argument(&[
        ("aws_user_pools_id", text("eu-central-1_AbC123")),
        ("aws_user_pools_web_client_id", text("client1")),
        ("Auth", object(&[("storage", storage)])),
    ]))
    .unwrap();
    assert_eq!(reading.config.storage, StorageKind::Custom);
    assert!(reading.storage.is_some());
}

#[test]
fn oidc_client_settings() {
    let settings = json!({
        "authority": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123", "client_id": "client1",
        "redirect_uri": "https://a.example/", "response_type": "code", "scope": "openid",
    });
    let config = read(settings.clone()).unwrap();
    assert_eq!(
        (
            config.user_pool_id.as_str(),
            config.user_pool_client_id.as_str()
        ),
        ("eu-central-1_AbC123", "client1")
    );
    assert_eq!(
        config.endpoint,
        "https://cognito-idp.eu-central-1.amazonaws.com/"
    );
    assert_eq!(config.authority, settings["authority"].as_str().unwrap());
    assert_eq!(
        (config.storage, config.hosted_ui),
        (StorageKind::Session, None)
    );

    let mut more = settings.clone();
    more["hostedUI"] = json!({ "domain": "auth.example.com" });
    assert_eq!(read(more.clone()).unwrap().hosted_ui, hosted(&[]));
    more["post_logout_redirect_uri"] = json!("https://b.example/");
    assert_eq!(
        read(more.clone()).unwrap().hosted_ui,
        hosted(&["https://b.example/"])
    );
    more["hostedUI"]["redirectSignOut"] = json!(["https://a.example/"]);
    assert_eq!(
        read(more.clone()).unwrap().hosted_ui,
        hosted(&["https://a.example/"])
    );
    more["authority"] = json!("http://localhost:9229/eu-central-1_AbC123");
    assert_eq!(read(more).unwrap().endpoint, "http://localhost:9229/");

    // As some write it; the library takes both.
    let mut slash = settings.clone();
    slash["authority"] = json!([settings["authority"].as_str().unwrap(), "/"].concat());
    let slash = read(slash).unwrap();
    assert_eq!(slash.user_pool_id, "eu-central-1_AbC123");
    assert_eq!(
        slash.endpoint,
        "https://cognito-idp.eu-central-1.amazonaws.com/"
    );
    // The field that holds what is wrong.
    let mut bad = settings.clone();
    bad["hostedUI"] = json!({ "domain": "auth.example.com" });
    bad["post_logout_redirect_uri"] = json!("/out");
    names_field(read(bad.clone()), "post_logout_redirect_uri");
    bad["hostedUI"]["redirectSignOut"] = json!("/out");
    names_field(read(bad), "hostedUI.redirectSignOut");

    for authority in [
        json!(null),
        json!(1),
        json!(""),
        json!("http://example.com/eu-central-1_a"),
        json!("https://example.com/?x"),
        json!("auth.example.com"),
        json!("x"),
    ] {
        let mut bad = settings.clone();
        bad["authority"] = authority;
        names_field(read(bad), "authority");
    }
    let mut bad = settings;
    bad["client_id"] = json!("");
    names_field(read(bad), "client_id");
}

/// oidc-client-ts's `WebStorageStateStore`, of one storage or another.
#[test]
fn oidc_client_user_store() {
    let storage = object(&[
        ("getItem", function()),
        ("setItem", function()),
        ("removeItem", function()),
    ]);
    let read = |more: &[(&'static str, Value)]| {
        let settings = [
            (
                "authority",
                text("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123"),
            ),
            ("client_id", text("client1")),
        ];
        config::read(argument(&[&settings[..], more].concat())).unwrap()
    };
    let plain = read(&[]);
    assert_eq!(plain.config.storage, StorageKind::Session);
    assert_eq!(config::target(&plain.config).user_store_prefix, "oidc.");

    let of = |prefix: &str| object(&[("_store", storage.clone()), ("_prefix", text(prefix))]);
    let given = read(&[("userStore", of("mine."))]);
    assert_eq!(given.config.storage, StorageKind::Custom);
    assert!(given.storage.is_some());
    assert_eq!(config::target(&given.config).user_store_prefix, "mine.");
    // Our own field comes first.
    let both = read(&[("userStore", of("oidc.")), ("storage", text("local"))]);
    assert_eq!(both.config.storage, StorageKind::Local);
}

/// Any `StateStore` may stand in its place.
#[test]
fn oidc_client_state_stores() {
    let read = |more: &[(&'static str, Value)]| {
        let settings = [
            (
                "authority",
                text("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123"),
            ),
            ("client_id", text("client1")),
        ];
        config::read(argument(&[&settings[..], more].concat()))
    };
    let methods = ["get", "set", "remove", "getAllKeys"];
    let all = || methods.map(|method| (method, function()));
    let (local, prefix) = (
        object(&[
            ("getItem", function()),
            ("setItem", function()),
            ("removeItem", function()),
        ]),
        text("oidc."),
    );
    // Its keys have nothing in front.
    let own = read(&[("userStore", object(&all()))]).unwrap();
    assert_eq!(own.config.storage, StorageKind::StateStore);
    assert!(own.storage.is_some());
    assert_eq!(config::target(&own.config).user_store_prefix, "");
    // A class derived from WebStorageStateStore, which may encrypt what it stores: only its own functions count.
    let inside = [("_store", local.clone()), ("_prefix", prefix.clone())];
    let base = object(&[("get", function())]);
    let derived = object(&[("__proto__", base)]);
    let derived = [&all()[..], &inside, &[("__proto__", derived)]].concat();
    let derived = read(&[("userStore", object(&derived))]).unwrap();
    assert_eq!(derived.config.storage, StorageKind::StateStore);
    // So with a function of its own.
    let patched = object(&[&all()[..], &inside].concat());
    let patched = read(&[("userStore", patched)]).unwrap();
    assert_eq!(patched.config.storage, StorageKind::StateStore);
    // A field of that name that is no storage.
    let map = [("_store", object(&[])), ("_prefix", prefix.clone())];
    let map = read(&[("userStore", object(&[&all()[..], &map].concat()))]).unwrap();
    assert_eq!(map.config.storage, StorageKind::StateStore);
    // One for sign-ins under way.
    let both = read(&[("stateStore", object(&all()))]).unwrap();
    assert_eq!(both.config.storage, StorageKind::Session);
    assert!(both.state_store.is_some());

    // What lacks one of them is refused.
    for without in methods {
        let mut some = all().to_vec();
        some.retain(|method| method.0 != without);
        for field in ["userStore", "stateStore"] {
            let refused = read(&[(field, object(&some))]);
            let (_, message) = fault(refused.clone());
            names_field(refused, field);
            assert!(
                message.contains(&[" no ", without, "."].concat()),
                "{message}"
            );
        }
    }
    for bad in [object(&[]), function(), text("local")] {
        names_field(read(&[("userStore", bad.clone())]), "userStore");
        names_field(read(&[("stateStore", bad)]), "stateStore");
    }
    let lacking = object(&[("getItem", function()), ("setItem", function())]);
    let lacking = object(&[("_store", lacking), ("_prefix", prefix)]);
    names_field(read(&[("userStore", lacking)]), "userStore");
    // A class with static functions.
    let reading = read(&[("userStore", class(&all()))]).unwrap();
    assert_eq!(reading.config.storage, StorageKind::StateStore);
}

/// The authority may be the hosted UI's address, which names no user pool.
#[test]
fn oidc_client_under_another_authority() {
    let own = "https://cognito-idp.eu-central-1.amazonaws.com/";
    let issuer = [own, "eu-central-1_AbC123"].concat();
    let read = |authority: &str, more: &[(&str, &str)]| {
        let mut settings = json!({ "authority": authority, "client_id": "client1" });
        for (name, value) in more {
            settings[*name] = json!(value);
        }
        read(settings)
    };
    let pool = ("userPoolId", "eu-central-1_AbC123");
    for authority in [
        "https://my-app.auth.eu-central-1.amazoncognito.com",
        "https://auth.example.com/",
        "https://auth.example.com/my_tenant",
    ] {
        let named = read(authority, &[pool]).unwrap();
        assert_eq!(named.user_pool_id, pool.1);
        assert_eq!(named.endpoint, own);
        assert_eq!(named.authority, authority);
        let target = config::target(&named);
        assert!(target.authorities.contains(&issuer), "{target:?}");
        let bare = authority.trim_end_matches('/').to_owned();
        assert!(target.authorities.contains(&bare), "{target:?}");

        // Then only the tokens can tell: by an issuer that is spelt as Cognito spells its own.
        let unnamed = read(authority, &[]).unwrap();
        assert_eq!(
            (unnamed.user_pool_id.as_str(), unnamed.endpoint.as_str()),
            ("", "")
        );
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
        let endpoint = ("userPoolEndpoint", "http://localhost:9229");
        let given = read(authority, &[endpoint]).unwrap();
        assert_eq!(
            config::endpoint_for(&given, None).as_deref(),
            Some("http://localhost:9229/")
        );
    }
    // A pool named at its end: AWS's own host of the region, whatever host names it; this machine's own is an emulator.
    let elsewhere = read("https://proxy.example.com/eu-central-1_AbC123/", &[]).unwrap();
    assert_eq!(elsewhere.endpoint, own);
    let here = read("http://localhost:9229/local_x", &[]).unwrap();
    assert_eq!(here.endpoint, "http://localhost:9229/");
    assert_eq!(here.user_pool_id, "local_x");
    let both = read(
        "http://localhost:9229/local_x",
        &[("userPoolId", "local_x")],
    )
    .unwrap();
    assert_eq!(both.endpoint, "http://localhost:9229/");
    names_field(
        read(&issuer, &[("userPoolId", "eu-central-1_Other")]),
        "userPoolId",
    );
    names_field(
        read("https://auth.example.com", &[("userPoolId", "x")]),
        "userPoolId",
    );
}

#[test]
fn what_is_wrong_is_named() {
    for (name, values) in [
        (
            "userPoolId",
            vec![
                json!(null),
                json!(1),
                json!(""),
                json!("eu-central-1"),
                json!("_x"),
                json!("eu-central-1_"),
                json!("eu.evil.com/_x"),
                json!("eu-central-1_a b"),
                json!("a@b_c"),
            ],
        ),
        (
            "userPoolClientId",
            vec![
                json!(null),
                json!(7),
                json!(""),
                json!("a.b"),
                json!("a b"),
                json!("a/b"),
                json!("x".repeat(129)),
            ],
        ),
        ("identityPoolId", vec![json!(1), json!("")]),
        (
            "userPoolEndpoint",
            vec![
                json!(1),
                json!("example.com"),
                json!("http://example.com"),
                json!("https://u@example.com"),
                json!("https://example.com/?a"),
                json!("https://example.com/#a"),
                json!("javascript:1"),
            ],
        ),
        ("tokenRevocation", vec![json!("true"), json!(0)]),
        (
            "storage",
            vec![
                json!("Local"),
                json!(1),
                json!(["local"]),
                json!({}),
                json!({ "getItem": 1 }),
                json!(true),
            ],
        ),
        ("cookie", vec![json!(1), json!("x")]),
        ("hostedUI", vec![json!("auth.example.com"), json!([])]),
        ("logger", vec![json!(true)]),
        ("userPoolClientID", vec![json!("client1")]),
        ("region", vec![json!("eu-central-1")]),
    ] {
        for value in values {
            names_field(read(with(name, value)), name);
        }
    }
    for (field, hosted) in [
        (
            "hostedUI.domain",
            json!({ "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "http://auth.example.com", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "https://auth.example.com/login", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "https://u:p@auth.example.com", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "auth.example.com?x", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "auth.example.com#x", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "javascript:alert(1)//x", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.domain",
            json!({ "domain": "//auth.example.com", "redirectSignOut": "https://a.example/" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": [] }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": "" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": [1] }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": "/out" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": "http://a.example/" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": "https://a.example/#x" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": "https://a.example@b.example/" }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": ["https://a.example/", "data:text/html,x"] }),
        ),
        (
            "hostedUI.redirectSignOut",
            json!({ "domain": "auth.example.com", "redirectSignOut": "file:///x" }),
        ),
        (
            "hostedUI.redirectSignIn",
            json!({ "domain": "auth.example.com", "redirectSignOut": "https://a.example/", "redirectSignIn": "https://a.example/" }),
        ),
        ("hostedUI.Domain", json!({ "Domain": "auth.example.com" })),
    ] {
        names_field(read(with("hostedUI", hosted)), field);
    }
    for (field, cookie) in [
        ("cookie.domain", json!({ "domain": "example.com; secure" })),
        ("cookie.path", json!({ "path": "app" })),
        ("cookie.path", json!({ "path": "/a;b" })),
        ("cookie.secure", json!({ "secure": 1 })),
        (
            "cookie.sameSite",
            json!({ "sameSite": "none", "secure": false }),
        ),
        ("cookie.sameSite", json!({ "sameSite": "lux" })),
        ("cookie.expires", json!({ "expires": 0 })),
        ("cookie.expires", json!({ "expires": -1 })),
        ("cookie.expires", json!({ "expires": "7" })),
        ("cookie.samesite", json!({ "samesite": "lax" })),
        (
            "cookie.maxAge",
            json!({ "domain": "example.com", "maxAge": 1 }),
        ),
    ] {
        names_field(read(with("cookie", cookie)), field);
    }
    for argument in [
        Field::Missing,
        Field::Null,
        Field::Text("x".into()),
        Field::Number(1.0),
        Field::Function(Object::default()),
        Field::Other,
    ] {
        names_field(config::read::<Object>(argument), "config");
    }
    names_field(Config::from_json("{"), "config");
    names_field(read(json!({})), "userPoolId");
}

/// Where tokens and the browser go: the last resort of the npm package reads the same table (tests/package/last-resort.test.mjs).
#[test]
fn endpoints_and_hosted_uis_by_the_table() {
    let table: Json =
        serde_json::from_str(include_str!("../fixtures/configurations.json")).unwrap();
    for case in table["cases"].as_array().unwrap() {
        let (name, config) = (case["name"].as_str().unwrap(), read(case["config"].clone()));
        match case["endpoint"].as_str() {
            Some(endpoint) => {
                let config = config.unwrap();
                assert_eq!(config.endpoint, endpoint, "{name}");
                let hosted_ui = config.hosted_ui.map(|hosted_ui| hosted_ui.origin);
                assert_eq!(hosted_ui.as_deref(), case["hostedUI"].as_str(), "{name}");
            }
            None if case["open"].is_null() => assert!(config.is_err(), "{name}"),
            None => {}
        }
    }
}

#[test]
fn good_redirects() {
    for redirect in [
        "https://a.example",
        "https://a.example/out?x=1",
        "http://localhost:3000/",
        "http://127.0.0.1/",
        "myapp://signout",
        "com.example.app:/out",
    ] {
        let config = with(
            "hostedUI",
            json!({ "domain": "https://auth.example.com/", "redirectSignOut": redirect }),
        );
        assert_eq!(read(config).unwrap().hosted_ui, hosted(&[redirect]));
    }
}

#[test]
fn functions_and_getters() {
    let base = [
        ("userPoolId", text("eu-central-1_AbC123")),
        ("userPoolClientId", text("client1")),
    ];
    let read = |more: &[(&'static str, Value)]| config::read(argument(&[&base[..], more].concat()));

    let storage = object(&[
        ("getItem", function()),
        ("setItem", function()),
        ("removeItem", function()),
        ("keys", text("a stored item")),
    ]);
    let logger = object(&[("debug", function()), ("warn", function())]);
    let reading = read(&[("storage", storage), ("logger", logger)]).unwrap();
    assert_eq!(reading.config.storage, StorageKind::Custom);
    assert!(reading.storage.is_some() && reading.logger.is_some());

    names_field(
        read(&[(
            "storage",
            object(&[("getItem", function()), ("setItem", function())]),
        )]),
        "storage",
    );
    names_field(read(&[("storage", function())]), "storage");

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
    let expires = |ahead: f64| cookie(ahead).unwrap().config.cookie.expires;
    assert_eq!(expires(7.0 * 86_400_000.0), days(7.0));
    // Made again a moment later, it is the same configuration.
    assert_eq!(expires(7.0 * 86_400_000.0 - 20.0), days(7.0));
    assert_eq!(expires(1.0), Duration::from_secs(60));
    for bad in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        names_field(cookie(bad), "cookie.expires");
    }
    names_field(read(&[("cookie", date(1.0))]), "cookie");
    names_field(read(&[("storage", date(1.0))]), "storage");
    names_field(
        read(&[("logger", object(&[("debug", function())]))]),
        "logger.warn",
    );
    names_field(read(&[("cookie", Value::Throws)]), "cookie");
    names_field(
        read(&[("hostedUI", object(&[("domain", Value::Throws)]))]),
        "hostedUI.domain",
    );
}

proptest! {
    /// Whatever stands in it: an error that names a field, or a configuration that only leads to safe places.
    #[test]
    fn a_request_never_goes_astray(
        pool in "[a-z0-9_./@:#-]{0,24}",
        domain in "(https?://)?[a-z.@:/#?\\\\]{0,16}",
        redirect in "([a-z]{1,10}:(//)?)?[a-z.@:/#?\\\\]{0,12}",
        endpoint in prop::option::of("https?://[a-z.@:/#?\\\\0-9]{0,16}"),
    ) {
        let mut config = json!({
            "userPoolId": pool, "userPoolClientId": "c", "hostedUI": { "domain": domain, "redirectSignOut": [redirect] },
        });
        if let Some(endpoint) = endpoint {
            config["userPoolEndpoint"] = json!(endpoint);
        }
        match read(config) {
            Err(error) => prop_assert_eq!(error.code.as_str(), "configuration"),
            Ok(config) => {
                let hosted = config.hosted_ui.unwrap();
                for address in [&config.endpoint, &hosted.origin] {
                    prop_assert!(address.starts_with("https://") || address.starts_with("http://"));
                    prop_assert!(!address.contains(['@', '?', '#', '\\']), "{}", address);
                }
                prop_assert_eq!(hosted.origin.matches('/').count(), 2);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}") {
        let _ = Config::from_json(&text);
    }
}
