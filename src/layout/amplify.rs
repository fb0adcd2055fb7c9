//! The layout of Amplify v6 and v5 and of amazon-cognito-identity-js:
//! `CognitoIdentityServiceProvider.<clientId>.<username>.<what>`.

use crate::json::{Json, object_of};
use crate::layout::{Found, Layout, StoredSession, value};
use crate::session::{Secret, Session, SignInMethod, Tokens};
use crate::text::split_at_any;

const LAST_USER: &str = "LastAuthUser";
const USER_LIST: &str = "AuthUserList";
const OAUTH_SIGN_IN: &str = "oauthSignIn";
const REFRESH: &str = "refreshToken";
const ACCESS: &str = "accessToken";
const ID: &str = "idToken";
const DRIFT: &str = "clockDrift";
const DETAILS: &str = "signInDetails";
const OAUTH: &str = "oauthMetadata";
const USER_DATA: &str = "userData";
const DEVICE: &str = "deviceKey";

/// What stands once for a client, not once for a user.
const CLIENT: [&str; 7] = [
    LAST_USER,
    USER_LIST,
    OAUTH_SIGN_IN,
    "oauthPKCE",
    "oauthState",
    "inflightOAuth",
    "inflightOAuthDeadline",
];

/// What goes with a user's session, in the order of removal. The refresh token goes first: it is what an
/// interrupted removal must not leave, and its removal is what Amplify's other tabs listen for.
const SESSION: [&str; 7] = [REFRESH, ACCESS, ID, DRIFT, DETAILS, OAUTH, USER_DATA];

/// The remembered device, which outlives sign-outs.
const REMEMBERED: [&str; 3] = [DEVICE, "deviceGroupKey", "randomPasswordKey"];

/// What all keys of the client begin with.
pub(super) fn prefix(client_id: &str) -> String {
    ["CognitoIdentityServiceProvider.", client_id, "."].concat()
}

/// A user's key.
fn user_key(prefix: &str, username: &str, what: &str) -> String {
    [prefix, username, ".", what].concat()
}

/// The keys that stand once for a client.
pub(super) fn client_keys(client_id: &str) -> Vec<String> {
    let prefix = prefix(client_id);
    CLIENT
        .iter()
        .map(|what| [prefix.as_str(), what].concat())
        .collect()
}

/// The username and what the key holds of the user. The username may hold dots: only the end counts.
fn user_of<'a>(prefix: &str, key: &'a str) -> Option<(&'a str, &'static str)> {
    let rest = key.strip_prefix(prefix)?;
    for what in SESSION.into_iter().chain(REMEMBERED) {
        if let Some(username) = rest.strip_suffix(what).and_then(|u| u.strip_suffix('.')) {
            return Some((username, what));
        }
    }
    None
}

/// What follows the user's name at the head of a comma-joined list, where it stands there. A username may
/// hold a comma itself, so a list can't simply be split.
fn after<'a>(list: &'a str, username: &str) -> Option<&'a str> {
    let rest = list.strip_prefix(username)?;
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix(',')
    }
}

/// Whether the list names the user.
fn lists(list: &str, username: &str) -> bool {
    let mut rest = list;
    while !rest.is_empty() {
        if after(rest, username).is_some() {
            return true;
        }
        let (_, tail) = split_at_any(rest, b",");
        rest = tail.strip_prefix(',').unwrap_or_default();
    }
    false
}

/// The list without these users.
fn without(list: &str, users: &[&str]) -> String {
    let mut left = String::new();
    let mut rest = list;
    while !rest.is_empty() {
        if let Some(after) = users.iter().find_map(|user| after(rest, user)) {
            rest = after;
            continue;
        }
        let (user, tail) = split_at_any(rest, b",");
        if !left.is_empty() {
            left.push(',');
        }
        left.push_str(user);
        rest = tail.strip_prefix(',').unwrap_or_default();
    }
    left
}

/// All keys of the users that a store which can't list its keys leads to.
pub(super) fn user_keys(client_id: &str, first: &[(String, String)]) -> Vec<String> {
    let prefix = prefix(client_id);
    let mut keys = Vec::new();
    let mut add = |username: &str| {
        for what in SESSION.into_iter().chain(REMEMBERED) {
            let key = user_key(&prefix, username, what);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    };
    let read = |what: &str| value(first, &[prefix.as_str(), what].concat());
    if let Some(user) = read(LAST_USER) {
        add(user);
    }
    for user in read(USER_LIST).unwrap_or_default().split(',') {
        if !user.is_empty() {
            add(user);
        }
    }
    keys
}

/// The sessions and left-overs of the client in what was read of one store.
pub(super) fn find(client_id: &str, snapshot: &[(String, String)], found: &mut Found) {
    let prefix = prefix(client_id);
    let key_of = |what: &str| [prefix.as_str(), what].concat();
    let last = value(snapshot, &key_of(LAST_USER));
    let list = value(snapshot, &key_of(USER_LIST));
    let flag = value(snapshot, &key_of(OAUTH_SIGN_IN)).unwrap_or_default();
    // "true,false": by OAuth, prefers a private session.
    found.hosted_ui |= flag == "true" || flag.starts_with("true,");

    let mut users: Vec<&str> = Vec::new();
    for (key, _) in snapshot {
        if let Some((user, _)) = user_of(&prefix, key)
            && !users.contains(&user)
        {
            users.push(user);
        }
    }
    // The current user's session first.
    if let Some(at) = users.iter().position(|&user| Some(user) == last) {
        users.swap(0, at);
    }
    let mut ended: Vec<&str> = last.into_iter().collect();
    for &user in &users {
        let current = Some(user) == last;
        // Several users may be signed in at once; the others on the list stay. With no current user there
        // are no others.
        let listed = list.is_some_and(|list| lists(list, user));
        if listed && last.is_some() && !current {
            continue;
        }
        ended.push(user);
        add_user(&prefix, user, current, snapshot, found);
    }
    if last.is_some() {
        let key = key_of(LAST_USER);
        match found.sessions.first_mut() {
            // Without it Amplify and identity-js say signed out at once, whatever else is still there.
            Some(first) if first.session.current => first.keys.insert(0, key),
            _ => found.leftovers.insert(0, key),
        }
    }
    if let Some(list) = list {
        let left = without(list, &ended);
        if left.is_empty() {
            found.leftovers.push(key_of(USER_LIST));
        } else if left != list {
            found.writes.push((key_of(USER_LIST), left));
        }
    }
    for what in CLIENT {
        let key = key_of(what);
        if what != LAST_USER && what != USER_LIST && value(snapshot, &key).is_some() {
            found.leftovers.push(key);
        }
    }
}

/// Adds the user's session, or what is left of one.
fn add_user(
    prefix: &str,
    username: &str,
    current: bool,
    snapshot: &[(String, String)],
    found: &mut Found,
) {
    let read = |what: &str| value(snapshot, &user_key(prefix, username, what));
    let token = |what: &str| {
        read(what)
            .filter(|token| !token.is_empty())
            .map(Secret::new)
    };
    let present = |names: &[&str]| -> Vec<String> {
        names
            .iter()
            .map(|what| user_key(prefix, username, what))
            .filter(|key| value(snapshot, key).is_some())
            .collect()
    };
    let session = Session {
        username: username.to_owned(),
        access_token: token(ACCESS),
        id_token: token(ID),
        refresh_token: token(REFRESH),
        device_key: read(DEVICE).map(str::to_owned),
        sign_in_method: method(read(OAUTH), read(DETAILS)),
        current,
    };
    let keys = present(&SESSION);
    let device_keys = present(&REMEMBERED);
    if session.access_token.is_none()
        && session.id_token.is_none()
        && session.refresh_token.is_none()
    {
        found.leftovers.extend(keys);
    } else {
        found.sessions.push(StoredSession {
            session,
            layout: Layout::Amplify,
            keys,
            device_keys,
        });
    }
}

/// How the user signed in, as far as the user's own keys tell.
fn method(oauth: Option<&str>, details: Option<&str>) -> Option<SignInMethod> {
    let by_oauth = oauth
        .and_then(Json::parse)
        .and_then(|json| json.get(OAUTH_SIGN_IN).and_then(Json::as_bool));
    match (by_oauth, details) {
        (Some(true), _) => Some(SignInMethod::HostedUi),
        // Amplify v6 writes them for every other kind of sign-in.
        (_, Some(_)) => Some(SignInMethod::Api),
        _ => None,
    }
}

/// What `storeTokens` does to a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Entries to write, in this order.
    pub set: Vec<(String, String)>,
    /// Keys of the user's session before it to remove.
    pub remove: Vec<String>,
}

/// The entries that make Amplify v6 read these tokens as the signed-in user's. Sessions of other users stay
/// where they are: a sign-out finds them and revokes them all.
pub fn entries(client_id: &str, tokens: &Tokens) -> Entries {
    let prefix = prefix(client_id);
    let username = tokens.username.as_deref().unwrap_or_default();
    let hosted = tokens.sign_in_method == Some(SignInMethod::HostedUi);
    let mut entries = Entries::default();
    let mut put = |key: String, value: Option<&str>| match value {
        Some(value) => entries.set.push((key, value.to_owned())),
        None => entries.remove.push(key),
    };
    let of_user = |what: &str| user_key(&prefix, username, what);
    put(of_user(ACCESS), Some(tokens.access_token.expose()));
    put(of_user(ID), tokens.id_token.as_ref().map(Secret::expose));
    put(of_user(DRIFT), Some("0"));
    put(of_user(OAUTH), hosted.then_some("{\"oauthSignIn\":true}"));
    let details = object_of(&[("loginId", username)]);
    let by_api = tokens.sign_in_method == Some(SignInMethod::Api);
    put(of_user(DETAILS), by_api.then_some(details.as_str()));
    put(of_user(USER_DATA), None);
    let of_client = |what: &str| [prefix.as_str(), what].concat();
    put(of_client(OAUTH_SIGN_IN), hosted.then_some("true,false"));
    put(of_client(LAST_USER), Some(username));
    // The last: when Amplify's other tabs hear of it, all the rest is there.
    put(
        of_user(REFRESH),
        tokens.refresh_token.as_ref().map(Secret::expose),
    );
    entries
}
