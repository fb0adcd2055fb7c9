//! Of any user, any client and any neighbours: a session is found whole, and nothing else is touched.

use std::collections::BTreeSet;

use cognito_signout::internals::layout::amplify::entries;
use cognito_signout::internals::layout::{
    Found, Layout, Snapshot, Target, cookie, find, first_reads, pick, user_reads,
};
use cognito_signout::{CookieOptions, Secret, SignInMethod, Tokens};
use proptest::prelude::*;
use serde_json::json;

use crate::layouts::{AUTHORITY, by_reading, names, store, target, user};

/// Usernames as Cognito allows them, and worse.
fn any_username() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.@+() ,éü%=;\"-]{1,12}",
        Just("LastAuthUser".to_owned()),
        Just("x.accessToken".to_owned()),
        Just("x.deviceKey.y".to_owned()),
        // What the keys end with, in the name itself.
        "[a-z.]{0,3}\\.(accessToken|refreshToken|LastAuthUser|AuthUserList|oauthSignIn|)",
        "\\.{1,3}",
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

/// All that is to go.
fn going(found: &Found) -> BTreeSet<String> {
    let of_sessions = found.sessions.iter().flat_map(|stored| &stored.keys);
    of_sessions.chain(&found.leftovers).cloned().collect()
}

/// A token's text; empty where there is none.
fn text(token: &Option<Secret>) -> String {
    token
        .as_ref()
        .map(Secret::expose)
        .unwrap_or_default()
        .to_owned()
}

/// Client ids that only just differ from this one.
fn near(client_id: &str) -> Vec<String> {
    let mut near: Vec<String> = ["x", "_", "1"]
        .iter()
        .flat_map(|more| [[client_id, more].concat(), [more, client_id].concat()])
        .collect();
    near.extend(client_id.get(1..).map(str::to_owned));
    near.extend(client_id.get(..client_id.len() - 1).map(str::to_owned));
    near.push(client_id.to_ascii_uppercase());
    near.retain(|id| id != client_id && !id.is_empty());
    near
}

/// `encodeURIComponent`, and what an encoding leaves as it is beside.
fn encoded(text: &str, more: &str) -> String {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b"-_.!~*'()".contains(&byte)
            || more.as_bytes().contains(&byte)
    };
    text.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// A name as js-cookie spells it, and as Amplify's adapter for Next.js does.
fn spellings(name: &str) -> [String; 2] {
    let next = encoded(name, "#$&+^`|");
    [next.replace('(', "%28").replace(')', "%29"), next]
}

proptest! {
    /// Amplify v5 and amazon-cognito-identity-js write fewer keys than v6, and `userData`.
    #[test]
    fn what_amplify_v5_stores(username in any_username(), client_id in "[A-Za-z0-9_+]{1,30}") {
        let target = Target { client_id: client_id.clone(), ..target() };
        let of = |client: &str| -> Snapshot {
            let key = |rest: &str| format!("CognitoIdentityServiceProvider.{client}.{rest}");
            let mut all: Snapshot = ["idToken", "accessToken", "refreshToken", "clockDrift", "userData"]
                .iter()
                .map(|what| (key(&format!("{username}.{what}")), format!("{what} of {client}")))
                .collect();
            all.push((key("LastAuthUser"), username.clone()));
            all
        };
        let ours = of(&client_id);
        let mut all = ours.clone();
        all.extend(near(&client_id).iter().flat_map(|client| of(client)));
        let expected: BTreeSet<String> = ours.iter().map(|entry| entry.0.clone()).collect();
        for snapshot in [by_reading(&target, &all), all] {
            let found = find(&target, &snapshot);
            prop_assert_eq!(names(&found), [username.as_str()]);
            prop_assert_eq!(going(&found), expected.clone());
            let refresh = text(&found.sessions[0].session.refresh_token);
            prop_assert_eq!(refresh, ["refreshToken of ", &client_id].concat());
        }
    }

    #[test]
    fn what_oidc_client_ts_stores(
        client_id in "[A-Za-z0-9_+]{1,30}",
        slash in any::<bool>(),
        prefix in prop_oneof![Just("oidc.".to_owned()), "[a-z.]{0,6}"],
        state in "[0-9a-f]{8,32}",
        neighbours in prop::collection::vec((any_neighbour(), ".{0,10}"), 0..8),
    ) {
        let target = Target { client_id: client_id.clone(), user_store_prefix: prefix.clone(), ..target() };
        let authority = [AUTHORITY, if slash { "/" } else { "" }].concat();
        let user_key = |client: &str| format!("{prefix}user:{authority}:{client}");
        let record = |client: &str| json!({ "access_token": "a", "refresh_token": format!("refresh of {client}") }).to_string();
        let state_of = |client: &str| json!({ "authority": authority, "client_id": client, "code_verifier": "v" }).to_string();
        let mut all: Snapshot = vec![
            (user_key(&client_id), record(&client_id)),
            (format!("oidc.{state}"), state_of(&client_id)),
        ];
        let ours: BTreeSet<String> = all.iter().map(|entry| entry.0.clone()).collect();
        for client in near(&client_id) {
            all.push((user_key(&client), record(&client)));
            all.push((format!("oidc.{state}{client}"), state_of(&client)));
        }
        for neighbour in neighbours {
            if !all.iter().any(|entry| entry.0 == neighbour.0) {
                all.push(neighbour);
            }
        }
        // The neighbours of the other tests have left-overs of the client `client1` among them.
        prop_assume!(client_id != "client1");
        let read: Snapshot = {
            let names: Vec<&str> = all.iter().map(|entry| entry.0.as_str()).collect();
            let picked = pick(&target, &names.join("\0"));
            all.iter().filter(|entry| picked.contains(&entry.0)).cloned().collect()
        };
        let found = find(&target, &read);
        prop_assert_eq!(going(&found), ours);
        prop_assert_eq!(found.sessions.len(), 1);
        prop_assert_eq!(found.sessions[0].layout, Layout::OidcClient);
        let refresh = text(&found.sessions[0].session.refresh_token);
        prop_assert_eq!(refresh, ["refresh of ", &client_id].concat());
        // A store that can't list its keys leads to the user all the same.
        prop_assert_eq!(find(&target, &by_reading(&target, &all)).sessions, found.sessions);
    }

    /// In both spellings: the session is read, and exactly its cookies are removed.
    #[test]
    fn what_lies_in_cookies(
        username in any_username(),
        client_id in "[A-Za-z0-9_+]{1,30}",
        spelling in 0usize..2,
        domain in prop::option::of(Just("example.com".to_owned())),
    ) {
        let target = Target { client_id: client_id.clone(), ..target() };
        let of = |client: &str| {
            let tokens = Tokens {
                access_token: Secret::new(["access of ", client].concat()),
                id_token: None,
                refresh_token: Some(Secret::new("a b;c\"d%é")),
                username: Some(username.clone()),
                sign_in_method: None,
            };
            entries(client, &tokens).set
        };
        let spelt = |(name, value): &(String, String)| [&spellings(name)[spelling], "=", &encoded(value, "#$&+:<>/?@[]^`{}|")].concat();
        let mut pairs: Vec<String> = vec!["theme=dark".into()];
        pairs.extend(of(&client_id).iter().map(spelt));
        pairs.extend(near(&client_id).iter().flat_map(|client| of(client)).map(|entry| spelt(&entry)));
        let jar = pairs.join("; ");
        let found = find(&target, &cookie::parse(&jar));
        prop_assert_eq!(names(&found), [username.as_str()]);
        prop_assert_eq!(text(&found.sessions[0].session.access_token), ["access of ", &client_id].concat());
        prop_assert_eq!(text(&found.sessions[0].session.refresh_token), "a b;c\"d%é");

        let options = CookieOptions { domain, ..CookieOptions::default() };
        let expected: BTreeSet<String> = of(&client_id).iter().map(|entry| spellings(&entry.0)[spelling].clone()).collect();
        let keys: Vec<String> = going(&found).into_iter().collect();
        for attempt in 0..cookie::ATTEMPTS {
            let removed: BTreeSet<String> = cookie::remove(&jar, &keys, &options, ("a.example.com", "/b/c"), attempt)
                .iter()
                .map(|text| text.split('=').next().unwrap().to_owned())
                .collect();
            prop_assert_eq!(&removed, &expected);
        }
    }

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
        let users: BTreeSet<String> = users.into_iter().collect();
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
