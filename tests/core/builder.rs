//! A configuration made by Rust code is the one that a JSON text of the same would give.

use std::time::Duration;

use cognito_signout::{Config, CookieOptions, SameSite, StorageKind};
use serde_json::json;

use crate::support::names_field;

const POOL: &str = "eu-central-1_AbC123";
const NO_URL: [&str; 0] = [];

#[test]
fn it_equals_what_json_says() {
    let least = Config::builder(POOL, "client1").build().unwrap();
    let text = json!({ "userPoolId": POOL, "userPoolClientId": "client1" });
    assert_eq!(least, Config::from_json(&text.to_string()).unwrap());

    let full = Config::builder(POOL, "client1")
        .identity_pool_id("eu-central-1:0-1")
        .endpoint("http://localhost:9229")
        .hosted_ui("auth.example.com", ["https://a.example/", "myapp://out"])
        .token_revocation(false)
        .storage(StorageKind::Cookie)
        .cookie(CookieOptions {
            domain: Some(".example.com".into()),
            path: "/app".into(),
            secure: true,
            same_site: SameSite::None,
            expires: Duration::from_secs(30 * 86_400),
        })
        .build()
        .unwrap();
    let text = json!({
        "userPoolId": POOL, "userPoolClientId": "client1", "identityPoolId": "eu-central-1:0-1",
        "userPoolEndpoint": "http://localhost:9229", "tokenRevocation": false, "storage": "cookie",
        "hostedUI": { "domain": "auth.example.com", "redirectSignOut": ["https://a.example/", "myapp://out"] },
        "cookie": { "domain": ".example.com", "path": "/app", "sameSite": "none", "expires": 30 },
    });
    assert_eq!(full, Config::from_json(&text.to_string()).unwrap());
}

#[test]
fn each_kind_of_storage_and_odd_times_are_kept() {
    let kinds = [
        StorageKind::Local,
        StorageKind::Session,
        StorageKind::Memory,
        StorageKind::Cookie,
        StorageKind::Custom,
        StorageKind::StateStore,
    ];
    for (seconds, kind) in (12_345..).zip(kinds) {
        let cookie = CookieOptions {
            expires: Duration::from_secs(seconds),
            ..CookieOptions::default()
        };
        let builder = Config::builder(POOL, "client1").cookie(cookie.clone());
        let config = builder.storage(kind).build().unwrap();
        assert_eq!((config.storage, config.cookie), (kind, cookie));
    }
}

#[test]
fn it_names_the_field_that_is_wrong() {
    let builder = || Config::builder(POOL, "client1");
    let cookie = |change: fn(&mut CookieOptions)| {
        let mut cookie = CookieOptions::default();
        change(&mut cookie);
        builder().cookie(cookie).build()
    };
    names_field(Config::builder("pool", "client1").build(), "userPoolId");
    names_field(Config::builder("", "client1").build(), "userPoolId");
    names_field(Config::builder(POOL, "a b").build(), "userPoolClientId");
    names_field(builder().endpoint("ftp://a").build(), "userPoolEndpoint");
    let on_the_network = || builder().endpoint("http://192.168.1.20:9229");
    names_field(on_the_network().build(), "userPoolEndpoint");
    let allowed = on_the_network().allow_insecure_endpoint(true).build();
    assert_eq!(allowed.unwrap().endpoint, "http://192.168.1.20:9229/");
    names_field(
        builder().hosted_ui("", ["https://a.example/"]).build(),
        "hostedUI.domain",
    );
    names_field(
        builder().hosted_ui("auth.example.com", NO_URL).build(),
        "hostedUI.redirectSignOut",
    );
    names_field(cookie(|it| it.path = "app".into()), "cookie.path");
    names_field(
        cookie(|it| {
            it.secure = false;
            it.same_site = SameSite::None;
        }),
        "cookie.sameSite",
    );
    names_field(cookie(|it| it.expires = Duration::ZERO), "cookie.expires");
}
