//! What `tests/fixtures/layouts.json` does not say: the order of removal, what is written, and the
//! message about the sessions of other app clients.

use cognito_signout::internals::layout::amplify::{entries, refreshed};
use cognito_signout::internals::layout::{
    Found, Layout, Snapshot, Target, about_strangers, find, first_reads, user_reads,
};
use cognito_signout::internals::session::Session;
use cognito_signout::{Secret, SignInMethod, Tokens};
use serde_json::json;

use crate::support::{access_token, id_token};

pub const AUTHORITY: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123";

pub fn target() -> Target {
    Target {
        user_pool_id: "eu-central-1_AbC123".into(),
        client_id: "client1".into(),
        identity_pool_id: Some("eu-central-1:0-1".into()),
        authorities: vec![AUTHORITY.into()],
        user_store_prefix: "oidc.".into(),
    }
}

/// A key of the client `client1`.
pub fn key(rest: &str) -> String {
    ["CognitoIdentityServiceProvider.client1.", rest].concat()
}

/// A store with these keys of the client.
pub fn store(pairs: &[(&str, &str)]) -> Snapshot {
    pairs
        .iter()
        .map(|(rest, value)| (key(rest), (*value).to_owned()))
        .collect()
}

/// A user's tokens, told apart by the name.
pub fn user(name: &str) -> Snapshot {
    ["accessToken", "idToken", "refreshToken", "clockDrift"]
        .iter()
        .map(|what| (key(&format!("{name}.{what}")), format!("{what} of {name}")))
        .collect()
}

pub fn names(found: &Found) -> Vec<&str> {
    found
        .sessions
        .iter()
        .map(|stored| stored.session.username.as_str())
        .collect()
}

#[test]
fn a_session_of_amplify() {
    let mut snapshot = user("jane.doe@example.com");
    snapshot.extend(store(&[
        ("LastAuthUser", "jane.doe@example.com"),
        ("jane.doe@example.com.signInDetails", "{}"),
        ("jane.doe@example.com.deviceKey", "eu_dev"),
        ("jane.doe@example.com.deviceGroupKey", "group"),
        ("jane.doe@example.com.randomPasswordKey", "password"),
    ]));
    let found = find(&target(), &snapshot);
    assert_eq!(names(&found), ["jane.doe@example.com"]);
    let stored = &found.sessions[0];
    assert_eq!(stored.layout, Layout::Amplify);
    assert_eq!(stored.session.device_key.as_deref(), Some("eu_dev"));
    assert_eq!(stored.session.sign_in_method, Some(SignInMethod::Api));
    // LastAuthUser first: with it gone both libraries say signed out. Then the refresh token.
    let of_user = |what: &str| key(&["jane.doe@example.com.", what].concat());
    assert_eq!(
        stored.keys,
        [
            key("LastAuthUser"),
            of_user("refreshToken"),
            of_user("accessToken"),
            of_user("idToken"),
            of_user("clockDrift"),
            of_user("signInDetails")
        ]
    );
    assert_eq!(
        stored.device_keys,
        [
            of_user("deviceKey"),
            of_user("deviceGroupKey"),
            of_user("randomPasswordKey")
        ]
    );
}

#[test]
fn a_session_of_oidc_client_ts() {
    let key = ["oidc.user:", AUTHORITY, ":client1"].concat();
    let record = json!({ "access_token": access_token(), "id_token": id_token() }).to_string();
    let found = find(&target(), &[(key.clone(), record)]);
    assert_eq!(names(&found), ["jane.doe"]);
    let stored = &found.sessions[0];
    assert_eq!(stored.layout, Layout::OidcClient);
    assert_eq!(stored.session.sign_in_method, Some(SignInMethod::HostedUi));
    assert_eq!(stored.keys, [key]);
}

/// A store that can't list its keys leads to the same findings.
pub fn by_reading(target: &Target, snapshot: &Snapshot) -> Snapshot {
    let get = |keys: Vec<String>| -> Snapshot {
        keys.iter()
            .filter_map(|key| snapshot.iter().find(|entry| entry.0 == *key).cloned())
            .collect()
    };
    let first = get(first_reads(target));
    let more = get(user_reads(target, &first));
    [first, more].concat()
}

#[test]
fn stored_tokens_are_read_as_amplify_does() {
    let tokens = |method| Tokens {
        access_token: Secret::new("a"),
        id_token: Some(Secret::new("i")),
        refresh_token: Some(Secret::new("r")),
        username: Some("jane".into()),
        sign_in_method: method,
    };
    let pair = |rest: &str, value: &str| (key(rest), value.to_owned());
    let hosted = entries("client1", &tokens(Some(SignInMethod::HostedUi)));
    assert_eq!(
        hosted.set,
        [
            pair("jane.accessToken", "a"),
            pair("jane.idToken", "i"),
            pair("jane.clockDrift", "0"),
            pair("jane.oauthMetadata", "{\"oauthSignIn\":true}"),
            pair("oauthSignIn", "true,false"),
            pair("LastAuthUser", "jane"),
            pair("jane.refreshToken", "r"),
        ]
    );
    assert_eq!(
        hosted.remove,
        [key("jane.signInDetails"), key("jane.userData")]
    );
    let api = entries("client1", &tokens(Some(SignInMethod::Api)));
    assert!(
        api.set
            .contains(&pair("jane.signInDetails", "{\"loginId\":\"jane\"}"))
    );
    assert_eq!(
        api.remove,
        [
            key("jane.oauthMetadata"),
            key("jane.userData"),
            key("oauthSignIn")
        ]
    );
    let bare = entries(
        "client1",
        &Tokens {
            id_token: None,
            refresh_token: None,
            ..tokens(None)
        },
    );
    assert_eq!(
        bare.remove,
        [
            key("jane.idToken"),
            key("jane.signInDetails"),
            key("jane.oauthMetadata"),
            key("jane.userData"),
            key("oauthSignIn"),
            key("jane.refreshToken")
        ]
    );
}

#[test]
fn a_refresh_writes_tokens_and_nothing_else() {
    let session = Session {
        username: "jane.doe@example.com".into(),
        access_token: Some(Secret::new("a")),
        id_token: Some(Secret::new("i")),
        refresh_token: Some(Secret::new("r")),
        device_key: Some("device".into()),
        sign_in_method: Some(SignInMethod::Api),
        current: true,
    };
    let pair = |what: &str, value: &str| {
        (
            key(&["jane.doe@example.com.", what].concat()),
            value.to_owned(),
        )
    };
    let fresh = refreshed("client1", &session);
    assert!(fresh.remove.is_empty());
    assert_eq!(
        fresh.set,
        [
            pair("accessToken", "a"),
            pair("idToken", "i"),
            pair("refreshToken", "r")
        ]
    );
    let bare = Session {
        id_token: None,
        refresh_token: None,
        ..session
    };
    let fresh = refreshed("client1", &bare);
    assert!(fresh.remove.is_empty());
    assert_eq!(fresh.set, [pair("accessToken", "a")]);
}

#[test]
fn sessions_of_other_app_clients() {
    let told = |names: &[&str]| about_strangers(&target(), &names.join("\0"));
    let [a, b, c, d] = [
        "1local2client3for4dev5apps",
        "2otherclient",
        "3otherclient",
        "4otherclient",
    ];
    let amplify = |id: &str, rest: &str| format!("CognitoIdentityServiceProvider.{id}.{rest}");
    let oidc = |id: &str| format!("oidc.user:{AUTHORITY}:{id}");
    let refresh = |id: &str| amplify(id, "jane.doe.refreshToken");
    let by = |names: &[String]| told(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(
        by(&[refresh(a), amplify(a, "jane.doe.accessToken")]).as_deref(),
        Some("found sessions of other app clients: 1local2client3for4dev5apps; configured client1")
    );
    assert_eq!(
        by(&[
            oidc(b),
            refresh(a),
            oidc(a),
            format!("oidc.user:http://localhost:9229/local_abc:{c}"),
            format!("oidc.user:https://my-app.auth.eu-central-1.amazoncognito.com/:{d}"),
        ])
        .as_deref(),
        Some(
            "found sessions of other app clients: 2otherclient, 1local2client3for4dev5apps, 3otherclient, ...; configured client1"
        )
    );
    for name in [
        // Our own, no token, no client id, another provider.
        refresh("client1"),
        oidc("client1"),
        amplify(a, "LastAuthUser"),
        amplify(a, "jane.deviceKey"),
        refresh("jane@example.com"),
        refresh("Short"),
        refresh("eyJhbGciOiJub25lIn0"),
        refresh(&"a".repeat(65)),
        refresh(""),
        format!("oidc.user:https://accounts.example.com:{a}"),
        format!("oidc.{a}"),
        "CognitoIdentityServiceProvider.".into(),
        a.into(),
        String::new(),
    ] {
        assert_eq!(by(std::slice::from_ref(&name)), None, "{name}");
    }
    assert_eq!(told(&[]), None);
}
