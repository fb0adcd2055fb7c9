//! Sessions as each library stores them: found, and nothing else touched.

use cognito_signout::layout::amplify::entries;
use cognito_signout::layout::{
    Found, Layout, Snapshot, Target, find, first_reads, pick, user_reads,
};
use cognito_signout::session::{Secret, SignInMethod, Tokens};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{access_token, id_token};

const AUTHORITY: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123";

fn target() -> Target {
    Target {
        user_pool_id: "eu-central-1_AbC123".into(),
        client_id: "client1".into(),
        identity_pool_id: Some("eu-central-1:0-1".into()),
        authority: AUTHORITY.into(),
        user_store_prefix: "oidc.".into(),
    }
}

/// A key of the client `client1`.
fn key(rest: &str) -> String {
    ["CognitoIdentityServiceProvider.client1.", rest].concat()
}

/// A store with these keys of the client.
fn store(pairs: &[(&str, &str)]) -> Snapshot {
    pairs
        .iter()
        .map(|(rest, value)| (key(rest), (*value).to_owned()))
        .collect()
}

/// A user's tokens, told apart by the name.
fn user(name: &str) -> Snapshot {
    ["accessToken", "idToken", "refreshToken", "clockDrift"]
        .iter()
        .map(|what| (key(&format!("{name}.{what}")), format!("{what} of {name}")))
        .collect()
}

fn names(found: &Found) -> Vec<&str> {
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
    snapshot.extend(store(&[("LastAuthUser", "jane"), ("jane.userData", "{}")]));
    for (key, value) in [
        ("amplify-signin-with-hostedUI", "true"),
        ("amplify-redirected-from-hosted-ui", "true"),
        ("aws-amplify-federatedInfo", "{}"),
        ("CognitoIdentityId-eu-central-1:0-1", "guest"),
        ("CognitoIdentityId-eu-central-1:0-2", "another pool's"),
        ("oauth_state", "x"),
        ("ouath_pkce_key", "y"),
        ("CognitoSignInState.username", "jane"),
        ("CognitoSignInState.other", "not named"),
    ] {
        snapshot.push((key.into(), value.into()));
    }
    let found = find(&target(), &snapshot);
    assert!(found.sessions[0].keys.contains(&key("jane.userData")));
    assert!(found.hosted_ui);
    assert_eq!(
        found.leftovers,
        [
            "amplify-signin-with-hostedUI",
            "amplify-redirected-from-hosted-ui",
            "aws-amplify-federatedInfo",
            "CognitoIdentityId-eu-central-1:0-1",
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
fn by_reading(target: &Target, snapshot: &Snapshot) -> Snapshot {
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

/// Usernames as Cognito allows them, and worse.
fn any_username() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.@+() ,éü%=;\"-]{1,12}",
        Just("LastAuthUser".to_owned()),
        Just("x.accessToken".to_owned()),
        Just("x.deviceKey.y".to_owned()),
        "[^\\x00]{1,12}",
    ]
}

/// Keys of others: other clients whose ids resemble ours, other pools, other libraries, anything.
fn any_neighbour() -> impl Strategy<Value = String> {
    prop_oneof![
        "CognitoIdentityServiceProvider\\.(client|client11|xclient1|Client1|client1x|lient1)\\.([a-z.]{1,5}\\.)?(accessToken|refreshToken|deviceKey|LastAuthUser|x)",
        "CognitoIdentityServiceProvider(\\.client1)?",
        "CognitoIdentityServiceProviderx\\.client1\\.a\\.accessToken",
        "oidc\\.user:https://[a-z]{1,4}/eu-central-1_[A-Z]{3}:client1",
        "oidc\\.[a-z0-9]{1,8}",
        "com\\.amplify\\.Cognito\\.eu-central-1:0-[2-9]\\.identityId",
        "CognitoIdentityId-eu-central-1:0-[2-9]",
        "CognitoIdentityServiceProvider\\.client1\\.[a-z]{1,4}\\.(deviceKey|deviceGroupKey|randomPasswordKey|unknown)",
        "(cognito-signout\\.client1\\.ended|oauth_statex|theme|CognitoSignInState)",
        ".{0,20}",
    ]
}

proptest! {
    #[test]
    fn any_username_and_client_id_round_trip(
        username in any_username(),
        client_id in "[A-Za-z0-9_+]{1,30}",
        method in prop_oneof![Just(None), Just(Some(SignInMethod::Api)), Just(Some(SignInMethod::HostedUi))],
        refresh in prop::option::of(".{1,20}"),
    ) {
        let tokens = Tokens {
            access_token: Secret::new("access"),
            id_token: None,
            refresh_token: refresh.map(Secret::new),
            username: Some(username.clone()),
            sign_in_method: method,
        };
        let target = Target { client_id: client_id.clone(), ..target() };
        let snapshot = entries(&client_id, &tokens).set;
        for snapshot in [by_reading(&target, &snapshot), snapshot] {
            let found = find(&target, &snapshot);
            prop_assert_eq!(found.sessions.len(), 1);
            let stored = &found.sessions[0];
            prop_assert_eq!(&stored.session.username, &username);
            prop_assert_eq!(&stored.session.access_token, &Some(tokens.access_token.clone()));
            prop_assert_eq!(&stored.session.refresh_token, &tokens.refresh_token);
            prop_assert_eq!(stored.session.sign_in_method, method);
            prop_assert_eq!(found.hosted_ui, method == Some(SignInMethod::HostedUi));
            prop_assert!(stored.session.current);
            // All that was written goes.
            for (key, _) in &snapshot {
                prop_assert!(stored.keys.contains(key) || found.leftovers.contains(key), "{}", key);
                prop_assert!(pick(&target, &["a\0", key.as_str(), "\0b"].concat()).contains(key));
            }
        }
    }

    #[test]
    fn neighbours_are_left_alone(
        users in prop::collection::vec(any_username(), 0..4),
        last in prop::option::of(0usize..4),
        listed in prop::option::of(prop::collection::vec(any::<bool>(), 4)),
        neighbours in prop::collection::vec((any_neighbour(), ".{0,10}"), 0..12),
    ) {
        let target = target();
        let users: std::collections::BTreeSet<String> = users.into_iter().collect();
        let users: Vec<String> = users.into_iter().collect();
        let mut ours: Snapshot = users.iter().flat_map(|name| user(name)).collect();
        let last = last.and_then(|at| users.get(at));
        if let Some(last) = last {
            ours.extend(store(&[("LastAuthUser", last)]));
        }
        let on_list: Vec<&String> = match &listed {
            Some(listed) => users.iter().zip(listed).filter(|pair| *pair.1).map(|pair| pair.0).collect(),
            None => Vec::new(),
        };
        // A comma in a name makes a list ambiguous: those have a test of their own.
        prop_assume!(!users.iter().any(|user| user.contains(',')));
        if listed.is_some() {
            let list = on_list.iter().map(|user| user.as_str()).collect::<Vec<_>>().join(",");
            ours.extend(store(&[("AuthUserList", &list)]));
        }
        let mut snapshot = ours.clone();
        for neighbour in neighbours {
            if !snapshot.iter().any(|entry| entry.0 == neighbour.0) {
                snapshot.push(neighbour);
            }
        }
        let found = find(&target, &snapshot);
        // Every session that is to end is found, and no other.
        for user in &users {
            let stays = last.is_some() && last != Some(user) && on_list.contains(&user);
            prop_assert_eq!(names(&found).contains(&user.as_str()), !stays, "{}", user);
        }
        // Nothing is named but our own keys, and never a device's.
        for stored in &found.sessions {
            for key in &stored.keys {
                prop_assert!(ours.iter().any(|entry| entry.0 == *key), "{}", key);
                prop_assert!(pick(&target, &["a\0", key.as_str(), "\0b"].concat()).contains(key));
            }
        }
        for key in &found.leftovers {
            let named = ours.iter().any(|entry| entry.0 == *key);
            prop_assert!(named, "{}", key);
        }
        // Whoever stays keeps every key.
        if let Some(last) = last {
            for stays in on_list.iter().filter(|user| **user != last) {
                for (key, _) in user(stays) {
                    let goes = found.sessions.iter().any(|stored| stored.keys.contains(&key)) || found.leftovers.contains(&key);
                    prop_assert!(!goes, "{}", key);
                }
            }
        }
    }

    #[test]
    fn no_store_makes_it_panic(snapshot in prop::collection::vec((any_neighbour(), ".{0,30}"), 0..10), client_id in ".{0,5}") {
        let target = Target { client_id, ..target() };
        let _ = (find(&target, &snapshot), user_reads(&target, &snapshot), first_reads(&target));
    }
}
