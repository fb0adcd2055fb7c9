//! Stores with spoiled content: every layout, `AuthUserList`, cookies.

use std::collections::BTreeSet;

use cognito_signout::CookieOptions;
use cognito_signout::internals::layout::{
    Found, Snapshot, Target, about_strangers, cookie, find, find_removed, first_reads, pick,
    pick_state, user_reads,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::hostile::{misshapen, spoiled, written};
use crate::layouts::{AUTHORITY, key, target};
use crate::support::{access_token, id_token};

/// How many keys a user of Amplify has.
const KEYS_OF_USER: usize = 11;

/// The record of a user, or of a sign-in under way, as oidc-client-ts writes them.
fn oidc_record() -> impl Strategy<Value = String> {
    let user = json!({ "access_token": access_token(), "id_token": id_token(), "refresh_token": "r", "profile": { "sub": "s-1" } });
    let state = json!({ "authority": AUTHORITY, "client_id": "client1", "code_verifier": "v", "created": 1 });
    let valid = (misshapen(select(vec![user, state])), any::<u64>());
    spoiled(valid.prop_map(|(value, seed)| written(&value, seed)))
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c]{1,2}",
        1 => "[a-c,.]{0,5}",
        1 => select(&["LastAuthUser", "a.accessToken", "", ".", "AuthUserList", "é😀"][..]).prop_map(str::to_owned),
    ]
}

/// Keys of every layout: Amplify v6 and v5, amazon-cognito-identity-js, oidc-client-ts, the AWS
/// SDK v2.
fn any_key() -> impl Strategy<Value = String> {
    const OF_USER: &[&str] = &[
        "accessToken",
        "idToken",
        "refreshToken",
        "clockDrift",
        "signInDetails",
        "oauthMetadata",
        "userData",
        "tokenScopesString",
        "deviceKey",
        "deviceGroupKey",
        "randomPasswordKey",
        "unknown",
    ];
    const OF_CLIENT: &[&str] = &[
        "LastAuthUser",
        "AuthUserList",
        "oauthSignIn",
        "oauthPKCE",
        "oauthState",
        "inflightOAuth",
    ];
    const OTHERS: &[&str] = &[
        "amplify-signin-with-hostedUI",
        "com.amplify.Cognito.eu-central-1:0-1.identityId",
        "CognitoIdentityId-eu-central-1:0-1",
        "aws.cognito.identity-id.eu-central-1:0-1",
        "aws.cognito.identity-providers.eu-central-1:0-1",
        "aws.cognito.identity-id.eu-central-1:0-2",
        "oidc.0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef",
        "CognitoIdentityServiceProvider.1example23456789.jane.idToken",
        "theme",
    ];
    let valid = prop_oneof![
        5 => (any_name(), select(OF_USER)).prop_map(|(name, what)| key(&[&name, ".", what].concat())),
        3 => select(OF_CLIENT).prop_map(key),
        1 => select(OTHERS).prop_map(str::to_owned),
        1 => Just(["oidc.user:", AUTHORITY, ":client1"].concat()),
        1 => Just(["oidc.user:", AUTHORITY, "/:client1"].concat()),
    ];
    // Most keys are valid: otherwise few sessions would be found.
    prop_oneof![9 => valid.boxed().prop_map(|key| key), 2 => spoiled(any_plain_key()), 1 => ".{0,20}"]
}

fn any_plain_key() -> impl Strategy<Value = String> {
    (
        any_name(),
        select(&["accessToken", "refreshToken", "deviceKey"][..]),
    )
        .prop_map(|(name, what)| key(&[&name, ".", what].concat()))
}

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => any_name(),
        2 => prop::collection::vec(any_name(), 0..4).prop_map(|names| names.join(",")),
        3 => oidc_record(),
        1 => spoiled(Just(access_token())),
        1 => select(&["true", "true,false", "false,true", "{\"oauthSignIn\":true}", "{}", "null", ""][..]).prop_map(str::to_owned),
        1 => ".{0,30}",
    ]
}

/// A store. Each name occurs once, except in a cookie jar.
fn any_store(is_jar: bool) -> impl Strategy<Value = Snapshot> {
    prop::collection::vec((any_key(), any_value()), 0..14).prop_map(move |mut entries| {
        let mut known = BTreeSet::new();
        entries.retain(|entry| is_jar || known.insert(entry.0.clone()));
        entries
    })
}

fn any_target() -> impl Strategy<Value = Target> {
    let prefix = prop_oneof![3 => Just("oidc.".to_owned()), 1 => "[a-z.]{0,4}"];
    (prefix, any::<bool>()).prop_map(|(user_store_prefix, has_pool)| Target {
        user_store_prefix,
        user_pool_id: if has_pool {
            target().user_pool_id
        } else {
            String::new()
        },
        ..target()
    })
}

/// All keys to remove.
fn going(found: &Found) -> Vec<&String> {
    let of_sessions = found
        .sessions
        .iter()
        .flat_map(|stored| stored.keys.iter().chain(&stored.device_keys));
    let of_devices = found.devices.iter().flat_map(|device| &device.1);
    of_sessions
        .chain(of_devices)
        .chain(&found.leftovers)
        .collect()
}

/// The parts of a list of users that are not empty.
fn parts(list: &str) -> Vec<&str> {
    list.split(',').filter(|part| !part.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(512)))]

    /// Only stored keys are removed, each once, and none of another client, identity pool or app.
    #[test]
    fn only_stored_keys_are_removed(store in any_store(false), target in any_target()) {
        let found = find(&target, &store);
        let names: BTreeSet<&String> = store.iter().map(|entry| &entry.0).collect();
        let going = going(&found);
        for key in &going {
            prop_assert!(names.contains(key), "{key}");
            prop_assert!(!key.contains(".1example23456789.") && *key != "theme", "{key}");
            prop_assert!(!key.ends_with("eu-central-1:0-2"), "{key}");
        }
        let distinct: BTreeSet<_> = going.iter().collect();
        prop_assert_eq!(distinct.len(), going.len());
        // Every session has a token and a key.
        for stored in &found.sessions {
            let session = &stored.session;
            prop_assert!(session.access_token.is_some() || session.id_token.is_some() || session.refresh_token.is_some());
            prop_assert!(!stored.keys.is_empty());
        }
        prop_assert!(found.sessions.len() <= store.len());
    }

    /// The picked names are all that the search needs, and none is invented.
    #[test]
    fn picking_names_loses_nothing(store in any_store(false), target in any_target(), jar in any_store(true)) {
        for mut store in [store, jar] {
            // Cognito allows no control characters in usernames.
            store.retain(|entry| !entry.0.contains('\0'));
            let names: Vec<&str> = store.iter().map(|entry| entry.0.as_str()).collect();
            let names = names.join("\0");
            let picked = pick_state(&target, &names);
            let whole = find(&target, &store);
            let part: Snapshot = store.iter().filter(|entry| picked.contains(&entry.0)).cloned().collect();
            prop_assert_eq!(find(&target, &part), whole);
            // NUL separates names.
            for name in pick(&target, &names) {
                prop_assert!(names.split('\0').any(|it| it == name), "{name}");
                prop_assert!(picked.contains(&name));
            }
        }
    }

    /// Several cookies may have one name: each value is a session.
    #[test]
    fn every_value_of_a_cookie_is_a_session(tokens in prop::collection::vec("[a-z]{1,5}", 1..6), name in "[a-z]{1,5}") {
        let jar: Vec<String> = tokens.iter().map(|token| [&key(&name), ".refreshToken=", token].concat()).collect();
        let found = find(&target(), &cookie::parse(&jar.join("; ")));
        let read: Vec<String> = found.sessions.iter().map(|stored| stored.session.refresh_token.clone().unwrap().expose().to_owned()).collect();
        prop_assert_eq!(read, tokens);
    }

    /// Ended users are removed from `AuthUserList`, and the others keep their order. These
    /// usernames have no commas, so that the test can split the list.
    #[test]
    fn ended_users_are_removed_from_the_list(
        users in prop::collection::vec("[a-d]{1,2}", 0..5),
        list in spoiled(prop::collection::vec("[a-d]{1,2}", 0..8).prop_map(|names| names.join(","))),
        last in prop::option::of("[a-d]{1,2}"),
    ) {
        let users: BTreeSet<String> = users.into_iter().collect();
        let mut store: Snapshot = users.iter().map(|name| (key(&[name, ".refreshToken"].concat()), "r".to_owned())).collect();
        store.push((key("AuthUserList"), list.clone()));
        store.extend(last.iter().map(|last| (key("LastAuthUser"), last.clone())));
        let found = find(&target(), &store);
        let is_listed = |name: &str| parts(&list).contains(&name);
        let ends = |name: &str| Some(name) == last.as_deref() || users.contains(name) && (last.is_none() || !is_listed(name));
        let ended: BTreeSet<&str> = found.sessions.iter().map(|stored| stored.session.username.as_str()).collect();
        prop_assert_eq!(ended, users.iter().map(String::as_str).filter(|name| ends(name)).collect::<BTreeSet<_>>());
        let stay: Vec<&str> = parts(&list).into_iter().filter(|name| !ends(name)).collect();
        match &found.writes[..] {
            [] => prop_assert!(stay.is_empty() || stay == parts(&list), "{list}"),
            [(name, left)] => {
                prop_assert_eq!(name, &key("AuthUserList"));
                prop_assert_eq!(parts(left), stay.clone());
                // The written list needs no further change.
                let mut again = vec![(key("AuthUserList"), left.clone())];
                again.extend(last.iter().map(|last| (key("LastAuthUser"), last.clone())));
                prop_assert!(find(&target(), &again).writes.is_empty());
            }
            more => prop_assert!(false, "{more:?}"),
        }
        prop_assert_eq!(found.leftovers.contains(&key("AuthUserList")), stay.is_empty());
    }

    /// All removed sessions end, whatever the list of users says.
    #[test]
    fn all_removed_sessions_end(store in any_store(false)) {
        let (all, some) = (find_removed(&target(), store.clone()), find(&target(), &store));
        for stored in &some.sessions {
            let is_there = all.sessions.iter().any(|other| other.session.refresh_token == stored.session.refresh_token && other.layout == stored.layout);
            prop_assert!(is_there, "{}", stored.session.username);
        }
        prop_assert!(all.writes.is_empty());
        let amplify = "CognitoIdentityServiceProvider.client1.";
        let users = store.iter().filter_map(|entry| entry.0.strip_prefix(amplify)?.strip_suffix(".refreshToken"));
        let with_token = users.filter(|name| store.iter().any(|entry| entry.0 == key(&[name, ".refreshToken"].concat()) && !entry.1.is_empty()));
        for name in with_token {
            prop_assert!(all.sessions.iter().any(|stored| stored.session.username == name), "{name}");
        }
    }

    /// In a store that can't list its keys, the users' lists limit the number of reads.
    #[test]
    fn the_lists_of_users_limit_the_reads(store in any_store(false), target in any_target()) {
        let keys = user_reads(&target, &store);
        let names: usize = store.iter().filter(|entry| entry.0.ends_with("AuthUserList") || entry.0.ends_with("LastAuthUser"))
            .map(|entry| entry.1.matches(',').count() + 1).sum();
        prop_assert!(keys.len() <= KEYS_OF_USER * names);
        let distinct: BTreeSet<&String> = keys.iter().collect();
        prop_assert_eq!(distinct.len(), keys.len());
        prop_assert!(keys.iter().all(|name| name.starts_with("CognitoIdentityServiceProvider.client1.")));
        let first = first_reads(&target);
        let distinct: BTreeSet<&String> = first.iter().collect();
        prop_assert_eq!(distinct.len(), first.len());
    }

    /// Of other app clients, at most three texts that look like ids are reported, and no
    /// username.
    #[test]
    fn only_ids_of_other_clients_are_reported(
        keys in prop::collection::vec(spoiled(("[a-z0-9]{8,28}", "[A-Z]{4,8}").prop_map(|(id, name)|
            ["CognitoIdentityServiceProvider.", &id, ".", &name, ".idToken"].concat())), 0..8),
        neighbours in prop::collection::vec(any_key(), 0..4),
    ) {
        let names = [keys, neighbours].concat().join("\0");
        if let Some(text) = about_strangers(&target(), &names) {
            let told = text.strip_prefix("found sessions of other app clients: ").unwrap();
            let (told, own) = told.split_once("; configured ").unwrap();
            prop_assert_eq!(own, "client1");
            let ids: Vec<&str> = told.split(", ").collect();
            prop_assert!(ids.len() <= 4);
            for (index, id) in ids.iter().enumerate() {
                let is_id = (10..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
                prop_assert!(is_id || index == 3 && *id == "...", "{text}");
                prop_assert!(*id != "client1");
            }
        }
    }

    /// Each cookie is read independently, and decoding makes none longer.
    #[test]
    fn each_cookie_is_read_independently(
        jar in spoiled(prop::collection::vec((any_key(), any_value()), 0..6).prop_map(|entries| {
            let pairs = entries.iter().map(|(name, value)| cookie::set(name, value, &CookieOptions::default()));
            let pairs: Vec<String> = pairs.map(|text| text.split(';').next().unwrap().to_owned()).collect();
            pairs.join("; ")
        })),
    ) {
        let all = cookie::parse(&jar);
        let each: Snapshot = jar.split(';').flat_map(cookie::parse).collect();
        prop_assert_eq!(&all, &each);
        let length: usize = all.iter().map(|entry| entry.0.len() + entry.1.len()).sum();
        prop_assert!(length <= jar.len());
        // Setting it again gives the same cookie.
        for (name, value) in &all {
            let text = cookie::set(name, value, &CookieOptions::default());
            let pair = text.split(';').next().unwrap();
            let again = cookie::parse(pair);
            let is_named = !name.is_empty();
            prop_assert_eq!(again, if is_named { vec![(name.clone(), value.clone())] } else { vec![] });
        }
    }

    /// A removal only expires existing cookies, with paths and domains that the page can access.
    #[test]
    fn a_removal_only_expires_cookies(
        jar in spoiled(prop::collection::vec(any_key(), 0..6).prop_map(|names| {
            names.iter().map(|name| cookie::set(name, "v", &CookieOptions::default()).split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
        })),
        pick in any::<Index>(),
        host in "[a-z]{1,4}(\\.[a-z]{1,4}){0,3}",
        path in "(/[a-z]{0,3}){0,5}",
        attempt in 0..cookie::ATTEMPTS,
    ) {
        let names: Vec<String> = cookie::parse(&jar).into_iter().map(|entry| entry.0).collect();
        prop_assume!(!names.is_empty());
        let name = &names[pick.index(names.len())];
        let options = CookieOptions::default();
        let texts = cookie::remove(&jar, std::slice::from_ref(name), &options, (&host, &path), attempt);
        prop_assert!(!texts.is_empty());
        for text in &texts {
            let (raw, rest) = text.split_once('=').unwrap();
            prop_assert!(jar.split(';').any(|pair| pair.trim_ascii().split('=').next() == Some(raw)), "{text}");
            prop_assert!(rest.starts_with("; ") && rest.ends_with("; max-age=0"), "{text}");
            for attribute in rest.split("; ").skip(1) {
                let is_seen = match attribute.split_once('=') {
                    Some(("path", at)) => at == "/" || path.starts_with(at),
                    Some(("domain", domain)) => host.ends_with(domain),
                    Some(("samesite", _)) | Some(("max-age", "0")) => true,
                    _ => ["secure", "partitioned"].contains(&attribute),
                };
                prop_assert!(is_seen, "{text}");
            }
        }
        let distinct: BTreeSet<&String> = texts.iter().collect();
        prop_assert_eq!(distinct.len(), texts.len());
    }
}

/// 100 KB of hostile content: the numbers of reads, writes and removals stay proportional.
#[test]
fn large_hostile_stores() {
    const LENGTH: usize = 100_000;
    let target = target();
    let many: Vec<String> = (0..LENGTH / 8)
        .map(|number| format!("{number:07}"))
        .collect();
    for list in [
        ",".repeat(LENGTH),
        "a,".repeat(LENGTH / 2),
        many.join(","),
        "a".repeat(LENGTH),
    ] {
        let store = vec![
            (key("AuthUserList"), list.clone()),
            (key("LastAuthUser"), "a".to_owned()),
            (key("a.refreshToken"), "r".to_owned()),
            (key("b.refreshToken"), "r".to_owned()),
        ];
        let found = find(&target, &store);
        let written: usize = found.writes.iter().map(|entry| entry.1.len()).sum();
        assert!(written <= list.len());
        let users: BTreeSet<&str> = list.split(',').chain(["a"]).collect();
        let keys = user_reads(&target, &store);
        assert_eq!(keys.len(), KEYS_OF_USER * users.len());
    }
    // A link can open the page at any path.
    let options = CookieOptions::default();
    let (path, host) = ("/a".repeat(LENGTH / 2), "a.".repeat(126));
    let jar = [&key("a.idToken"), "=1"].concat();
    let names = [key("a.idToken")];
    for attempt in 0..cookie::ATTEMPTS {
        let texts = cookie::remove(&jar, &names, &options, ("a.example.com", &path), attempt);
        let length: usize = texts.iter().map(String::len).sum();
        assert!(length <= 80 * LENGTH, "{attempt}: {length}");
        let texts = cookie::remove(&jar, &names, &options, (&host, "/a/b"), attempt);
        assert!(texts.len() <= 10 * 130, "{attempt}: {}", texts.len());
    }
    let jar = "a=%zz; ".repeat(LENGTH / 7);
    assert_eq!(cookie::parse(&jar).len(), LENGTH / 7);
    assert_eq!(
        cookie::remove(&jar, &["a".to_owned()], &options, ("a", "/"), 0).len(),
        1
    );
}
