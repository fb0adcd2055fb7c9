//! Sessions as each library stores them: found, and nothing else touched.

use cognito_signout::internals::layout::amplify::{entries, refreshed};
use cognito_signout::internals::layout::{
    Found, Layout, Snapshot, Target, about_strangers, find, first_reads, pick, pick_state,
    user_reads,
};
use cognito_signout::internals::session::Session;
use cognito_signout::{Secret, SignInMethod, Tokens};
use serde_json::json;

use crate::support::{access_token, id_token, jwt};

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
fn amplify_v6() {
    let mut snapshot = user("jane.doe@example.com");
    snapshot.extend(store(&[
        ("LastAuthUser", "jane.doe@example.com"),
        (
            "jane.doe@example.com.signInDetails",
            "{\"loginId\":\"jane\"}",
        ),
        ("jane.doe@example.com.deviceKey", "eu_dev"),
        ("jane.doe@example.com.deviceGroupKey", "group"),
        ("jane.doe@example.com.randomPasswordKey", "password"),
        ("inflightOAuth", "true"),
        ("inflightOAuthDeadline", "1"),
        ("oauthPKCE", "x"),
        ("oauthState", "y"),
    ]));
    snapshot.push((
        "com.amplify.Cognito.eu-central-1:0-1.identityId".into(),
        "guest".into(),
    ));
    let found = find(&target(), &snapshot);
    assert_eq!(names(&found), ["jane.doe@example.com"]);
    let stored = &found.sessions[0];
    assert_eq!(stored.layout, Layout::Amplify);
    assert!(stored.session.current);
    assert_eq!(
        stored.session.refresh_token.as_ref().unwrap().expose(),
        "refreshToken of jane.doe@example.com"
    );
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
    let mut leftovers = found.leftovers.clone();
    leftovers.sort();
    assert_eq!(
        leftovers,
        [
            key("inflightOAuth"),
            key("inflightOAuthDeadline"),
            key("oauthPKCE"),
            key("oauthState"),
            "com.amplify.Cognito.eu-central-1:0-1.identityId".into()
        ]
    );
    assert!(!found.hosted_ui && found.writes.is_empty());
}

#[test]
fn amplify_v5_and_its_leftovers() {
    let mut snapshot = user("jane");
    snapshot.extend(store(&[
        ("LastAuthUser", "jane"),
        ("jane.userData", "{}"),
        ("jane.tokenScopesString", "openid"),
    ]));
    for (key, value) in [
        ("amplify-signin-with-hostedUI", "true"),
        ("amplify-redirected-from-hosted-ui", "true"),
        ("amplify-auto-sign-in", "true"),
        ("amplify-polling-started", "true"),
        ("aws-amplify-federatedInfo", "{}"),
        ("CognitoIdentityId-eu-central-1:0-1", "guest"),
        ("CognitoIdentityId-eu-central-1:0-2", "another pool's"),
        ("aws.cognito.identity-id.eu-central-1:0-1", "guest"),
        (
            "aws.cognito.identity-providers.eu-central-1:0-1",
            "a provider",
        ),
        ("aws.cognito.identity-id.eu-central-1:0-2", "another pool's"),
        ("oauth_state", "x"),
        ("ouath_pkce_key", "y"),
        ("CognitoSignInState.username", "jane"),
        ("CognitoSignInState.other", "not named"),
    ] {
        snapshot.push((key.into(), value.into()));
    }
    let found = find(&target(), &snapshot);
    assert!(found.sessions[0].keys.contains(&key("jane.userData")));
    let scopes = key("jane.tokenScopesString");
    assert!(found.sessions[0].keys.contains(&scopes));
    assert!(user_reads(&target(), &snapshot).contains(&scopes));
    assert!(found.hosted_ui);
    let listed: Vec<&str> = snapshot.iter().map(|entry| entry.0.as_str()).collect();
    for leftover in &found.leftovers {
        assert!(
            pick(&target(), &listed.join("\0")).contains(leftover),
            "{leftover}"
        );
        assert!(first_reads(&target()).contains(leftover), "{leftover}");
    }
    assert_eq!(
        found.leftovers,
        [
            "amplify-signin-with-hostedUI",
            "amplify-redirected-from-hosted-ui",
            "amplify-auto-sign-in",
            "amplify-polling-started",
            "aws-amplify-federatedInfo",
            "CognitoIdentityId-eu-central-1:0-1",
            "aws.cognito.identity-id.eu-central-1:0-1",
            "aws.cognito.identity-providers.eu-central-1:0-1",
            "oauth_state",
            "ouath_pkce_key",
            "CognitoSignInState.username"
        ]
    );
}

#[test]
fn how_the_user_signed_in() {
    use SignInMethod::{Api, HostedUi};
    for (more, method, flag) in [
        (&[][..], None, false),
        (
            &[("jane.oauthMetadata", "{\"oauthSignIn\":true}")],
            Some(HostedUi),
            false,
        ),
        (
            &[("jane.oauthMetadata", "{\"oauthSignIn\":false}")],
            None,
            false,
        ),
        (&[("jane.oauthMetadata", "nonsense")], None, false),
        (&[("jane.signInDetails", "{}")], Some(Api), false),
        (
            &[
                ("jane.oauthMetadata", "{\"oauthSignIn\":true}"),
                ("jane.signInDetails", "{}"),
            ],
            Some(HostedUi),
            false,
        ),
        (&[("oauthSignIn", "true,false")], None, true),
        (&[("oauthSignIn", "true,true")], None, true),
        (&[("oauthSignIn", "true")], None, true),
        (&[("oauthSignIn", "false,true")], None, false),
    ] {
        let mut snapshot = user("jane");
        snapshot.extend(store(more));
        let found = find(&target(), &snapshot);
        assert_eq!(
            (found.sessions[0].session.sign_in_method, found.hosted_ui),
            (method, flag),
            "{more:?}"
        );
    }
    let off = vec![(
        "amplify-signin-with-hostedUI".to_owned(),
        "false".to_owned(),
    )];
    assert!(!find(&target(), &off).hosted_ui);
}

#[test]
fn several_users() {
    let mut snapshot = [user("ann"), user("bob"), user("zoe")].concat();
    // Without LastAuthUser, and without a list: every one.
    assert_eq!(names(&find(&target(), &snapshot)), ["ann", "bob", "zoe"]);

    snapshot.extend(store(&[("LastAuthUser", "bob")]));
    let found = find(&target(), &snapshot);
    assert_eq!(names(&found), ["bob", "ann", "zoe"]);
    assert_eq!(
        found
            .sessions
            .iter()
            .filter(|stored| stored.session.current)
            .count(),
        1
    );

    // With a list: the current user, and who is not on it.
    snapshot.extend(store(&[("AuthUserList", "ann,bob")]));
    let found = find(&target(), &snapshot);
    assert_eq!(names(&found), ["bob", "zoe"]);
    assert_eq!(found.writes, [(key("AuthUserList"), "ann".to_owned())]);

    // The last one on it takes the list along.
    let list = |list: &str, last: Option<&str>| {
        let mut snapshot = [user("ann"), user("bob"), user("a,b")].concat();
        snapshot.extend(store(&[("AuthUserList", list)]));
        if let Some(last) = last {
            snapshot.extend(store(&[("LastAuthUser", last)]));
        }
        find(&target(), &snapshot)
    };
    let found = list("bob", Some("bob"));
    assert!(found.writes.is_empty() && found.leftovers.contains(&key("AuthUserList")));
    // A name with a comma is one name, the beginning of one is none.
    let found = list("a,b,bob", Some("bob"));
    assert_eq!(names(&found), ["bob", "ann"]);
    assert_eq!(found.writes, [(key("AuthUserList"), "a,b".to_owned())]);
    let found = list("annabel,bob", Some("bob"));
    assert_eq!(names(&found), ["bob", "ann", "a,b"]);
    assert_eq!(found.writes, [(key("AuthUserList"), "annabel".to_owned())]);
    // Nobody is current: nobody else stays.
    assert_eq!(names(&list("ann,bob,a,b", None)).len(), 3);
}

#[test]
fn what_is_left_of_a_session() {
    let found = find(
        &target(),
        &store(&[
            ("LastAuthUser", "jane"),
            ("jane.clockDrift", "0"),
            ("jane.accessToken", ""),
            ("jane.deviceKey", "dev"),
            ("jane.more.x", "?"),
        ]),
    );
    assert!(found.sessions.is_empty());
    assert_eq!(
        found.leftovers,
        [
            key("LastAuthUser"),
            key("jane.accessToken"),
            key("jane.clockDrift")
        ]
    );
}

#[test]
fn oidc_client_ts() {
    let user_key = |authority: &str, client: &str| ["oidc.user:", authority, ":", client].concat();
    let record = json!({
        "id_token": id_token(), "session_state": null, "access_token": access_token(), "refresh_token": "r",
        "token_type": "Bearer", "scope": "openid", "profile": { "sub": "s-1" }, "expires_at": 1,
    })
    .to_string();
    let state = |client: &str, authority: &str| {
        json!({ "id": "x", "created": 1, "request_type": "si:r", "code_verifier": "v", "authority": authority, "client_id": client }).to_string()
    };
    let other = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other";
    let snapshot: Snapshot = vec![
        (user_key(AUTHORITY, "client1"), record.clone()),
        (user_key(AUTHORITY, "client11"), record.clone()),
        (user_key(AUTHORITY, "xclient1"), record.clone()),
        (user_key(other, "client1"), record.clone()),
        ("oidc.0123".into(), state("client1", AUTHORITY)),
        ("oidc.4567".into(), state("client2", AUTHORITY)),
        ("oidc.89ab".into(), state("client1", other)),
        (
            "oidc.so".into(),
            json!({ "id": "so", "request_type": "so:r" }).to_string(),
        ),
        ("oidc.junk".into(), "junk".into()),
    ];
    let found = find(&target(), &snapshot);
    assert_eq!(found.sessions.len(), 1);
    let stored = &found.sessions[0];
    assert_eq!(stored.layout, Layout::OidcClient);
    assert_eq!(stored.keys, [user_key(AUTHORITY, "client1")]);
    assert_eq!(
        (
            stored.session.username.as_str(),
            stored.session.sign_in_method
        ),
        ("jane.doe", Some(SignInMethod::HostedUi))
    );
    assert_eq!(stored.session.refresh_token.as_ref().unwrap().expose(), "r");
    assert_eq!(found.leftovers, ["oidc.0123"]);

    // The authority with a slash, another host's for the same pool; a broken or empty record goes too.
    let slash = [AUTHORITY, "/"].concat();
    for authority in [slash.as_str(), "http://localhost:9229/eu-central-1_AbC123"] {
        assert_eq!(
            find(
                &target(),
                &[(user_key(authority, "client1"), record.clone())]
            )
            .sessions
            .len(),
            1
        );
    }
    for broken in ["", "null", "{", "{}", "{\"access_token\":\"\"}", "[1]"] {
        let found = find(
            &target(),
            &[(user_key(AUTHORITY, "client1"), broken.into())],
        );
        assert!(found.sessions.is_empty());
        assert_eq!(found.leftovers, [user_key(AUTHORITY, "client1")]);
    }
}

/// Its record may be under the hosted UI's address, a custom domain or a slash too many: the tokens tell whose it is.
#[test]
fn oidc_client_ts_by_its_tokens() {
    let user_key = |authority: &str, client: &str| ["oidc.user:", authority, ":", client].concat();
    let of = |issuer: &str| {
        let access = jwt(
            json!({ "token_use": "access", "client_id": "client1", "username": "jane", "iss": issuer }),
        );
        json!({ "access_token": access, "refresh_token": "r", "profile": {} }).to_string()
    };
    let id_alone = json!({ "id_token": jwt(json!({ "token_use": "id", "aud": "client1", "iss": AUTHORITY })) });
    let other_pool = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other";
    let domain = "https://my-app.auth.eu-central-1.amazoncognito.com";
    let authorities = [
        AUTHORITY,
        domain,
        "https://my-app.auth.eu-central-1.amazoncognito.com/",
        "https://auth.example.com",
        "https://auth.example.com/realm",
        "whatever",
    ];
    let unnamed = Target {
        user_pool_id: String::new(),
        authorities: vec![domain.into()],
        ..target()
    };
    for authority in authorities {
        let key = user_key(authority, "client1");
        for record in [of(AUTHORITY), id_alone.to_string()] {
            for target in [target(), unnamed.clone()] {
                let found = find(&target, &[(key.clone(), record.clone())]);
                assert_eq!(found.sessions.len(), 1, "{authority}");
                assert_eq!(found.sessions[0].keys, std::slice::from_ref(&key));
            }
        }
        // Another pool's, another client's.
        for (key, record) in [
            (key.clone(), of(other_pool)),
            (key.clone(), of("https://login.example.com")),
            (user_key(authority, "client2"), of(AUTHORITY)),
            (user_key(authority, "xclient1"), of(AUTHORITY)),
        ] {
            assert_eq!(find(&target(), &[(key, record)]), Found::default());
        }
    }
    // No pool is configured: what is under the configured authority is its user, whoever issued the tokens; another
    // provider's under its own authority is not.
    let foreign = of("https://login.example.com");
    let under = |authority: &str| {
        find(
            &unnamed,
            &[(user_key(authority, "client1"), foreign.clone())],
        )
    };
    assert_eq!(under(domain).sessions.len(), 1);
    assert_eq!(under("https://login.example.com"), Found::default());
    // Opaque tokens tell nothing.
    let opaque = json!({ "access_token": "a", "refresh_token": "r" }).to_string();
    let under = |authority: &str| {
        find(
            &unnamed,
            &[(user_key(authority, "client1"), opaque.clone())],
        )
    };
    assert_eq!(under(domain).sessions.len(), 1);
    assert_eq!(under(AUTHORITY), Found::default());
    // A sign-in under way at the hosted UI's address.
    let hosted = Target {
        authorities: vec![AUTHORITY.into(), domain.into()],
        ..target()
    };
    let state = json!({ "authority": domain, "client_id": "client1" }).to_string();
    let found = find(&hosted, &[("oidc.0123".into(), state)]);
    assert_eq!(found.leftovers, ["oidc.0123"]);
}

/// In a `StateStore` nothing is in front of the keys.
#[test]
fn oidc_client_ts_state_store() {
    let target = Target {
        user_store_prefix: String::new(),
        ..target()
    };
    let id = "0123456789abcdef0123456789abcdef";
    let record = json!({ "access_token": access_token(), "refresh_token": "r" }).to_string();
    let state = |client: &str| json!({ "authority": AUTHORITY, "client_id": client }).to_string();
    let user_key = ["user:", AUTHORITY, ":client1"].concat();
    let all: Snapshot = vec![
        (user_key.clone(), record.clone()),
        (id.into(), state("client1")),
        (id.replace('0', "f"), state("client2")),
        (["user:", AUTHORITY, ":client2"].concat(), record.clone()),
        // Stored before the store was the app's own.
        (["oidc.", &user_key].concat(), record),
        ("theme".into(), state("client1")),
        (id.replace('0', "x"), state("client1")),
    ];
    let names: Vec<&str> = all.iter().map(|entry| entry.0.as_str()).collect();
    let picked = pick_state(&target, &names.join("\0"));
    assert!(!picked.contains(&"theme".to_owned()) && !picked.contains(&id.replace('0', "x")));
    let read: Snapshot = all
        .iter()
        .filter(|entry| picked.contains(&entry.0))
        .cloned()
        .collect();
    let found = find(&target, &read);
    let keys: Vec<&[String]> = found.sessions.iter().map(|it| &it.keys[..]).collect();
    assert_eq!(keys, [[user_key.clone()], [["oidc.", &user_key].concat()]]);
    assert_eq!(found.leftovers, [id]);
}

#[test]
fn all_layouts_at_once() {
    let mut snapshot = user("jane.doe");
    snapshot.extend(store(&[("LastAuthUser", "jane.doe")]));
    snapshot.push((
        ["oidc.user:", AUTHORITY, ":client1"].concat(),
        json!({ "refresh_token": "r" }).to_string(),
    ));
    let layouts: Vec<Layout> = find(&target(), &snapshot)
        .sessions
        .iter()
        .map(|stored| stored.layout)
        .collect();
    assert_eq!(layouts, [Layout::Amplify, Layout::OidcClient]);
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
fn stores_that_can_not_list_their_keys() {
    let mut snapshot = [user("ann"), user("bob.x")].concat();
    snapshot.extend(store(&[
        ("LastAuthUser", "bob.x"),
        ("AuthUserList", "ann,bob.x"),
        ("bob.x.deviceKey", "d"),
    ]));
    snapshot.push((
        ["oidc.user:", AUTHORITY, ":client1"].concat(),
        json!({ "refresh_token": "r" }).to_string(),
    ));
    let read = by_reading(&target(), &snapshot);
    assert_eq!(read.len(), snapshot.len());
    let (all, some) = (find(&target(), &snapshot), find(&target(), &read));
    assert_eq!((all.sessions, all.writes), (some.sessions, some.writes));
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
fn cookies_of_one_name_are_sessions_of_their_own() {
    let mut snapshot = user("jane");
    snapshot.extend(store(&[("LastAuthUser", "jane"), ("LastAuthUser", "john")]));
    // The second copy has other tokens, the third nothing but a refresh token.
    for (what, value) in [
        ("jane.refreshToken", "second"),
        ("jane.accessToken", "second"),
        ("jane.refreshToken", "third"),
    ] {
        snapshot.push((key(what), value.into()));
    }
    let found = find(&target(), &snapshot);
    let tokens: Vec<_> = found
        .sessions
        .iter()
        .map(|stored| {
            let text = |token: &Option<Secret>| token.as_ref().map(|t| t.expose().to_owned());
            let session = &stored.session;
            (
                text(&session.refresh_token),
                text(&session.access_token),
                session.current,
            )
        })
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        tokens,
        [
            // Libraries read the first.
            (
                text("refreshToken of jane"),
                text("accessToken of jane"),
                true
            ),
            (text("second"), text("second"), false),
            (text("third"), None, false),
        ]
    );
    assert_eq!(found.sessions[0].keys[0], key("LastAuthUser"));
    for stored in &found.sessions {
        assert!(stored.keys.contains(&key("jane.refreshToken")));
    }
    // The list that counts is the first one too.
    let mut snapshot = [user("ann"), user("bob")].concat();
    snapshot.extend(store(&[
        ("LastAuthUser", "bob"),
        ("AuthUserList", "ann,bob"),
        ("AuthUserList", "bob"),
    ]));
    assert_eq!(names(&find(&target(), &snapshot)), ["bob"]);
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
