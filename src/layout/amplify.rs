//! The layout of Amplify v6 and v5 and of amazon-cognito-identity-js:
//! `CognitoIdentityServiceProvider.<clientId>.<username>.<what>`.

use crate::json::{Json, object_of};
use crate::layout::keys::{CLIENT, LAST_USER, OAUTH_SIGN_IN, OF_SESSION, PREFIX, USER, USER_LIST};
use crate::layout::{Found, Layout, StoredSession, is_empty, token};
use crate::session::{Secret, Session, SignInMethod, Tokens};
use crate::text::{parts, split_at_any};

/// What all keys of the client begin with.
pub(super) fn prefix(client_id: &str) -> String {
    [PREFIX, client_id, "."].concat()
}

/// The app client whose token this key holds.
pub(super) fn client_of(key: &str) -> Option<&str> {
    let rest = key.strip_prefix(PREFIX)?;
    rest.ends_with("Token").then(|| split_at_any(rest, b".").0)
}

/// A user's key.
fn user_key(prefix: &str, username: &str, what: &str) -> String {
    [prefix, username, ".", what].concat()
}

/// The keys that stand once for a client.
pub(super) fn client_keys(client_id: &str, keys: &mut Vec<String>) {
    let prefix = prefix(client_id);
    for what in CLIENT {
        keys.push([&prefix, what].concat());
    }
}

/// The username, and what the key holds of the user. The username may hold dots: only the end counts.
fn user_of(rest: &str) -> Option<(&str, usize)> {
    for (index, what) in USER.iter().enumerate() {
        if let Some(username) = rest.strip_suffix(what).and_then(|u| u.strip_suffix('.')) {
            return Some((username, index));
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

/// The list without these users, and whether it named one.
fn without(list: &str, users: &[&str]) -> (String, bool) {
    let (mut left, mut rest, mut named) = (String::new(), list, false);
    while !rest.is_empty() {
        if let Some(after) = users.iter().find_map(|user| after(rest, user)) {
            (rest, named) = (after, true);
            continue;
        }
        let (user, tail) = split_at_any(rest, b",");
        if !left.is_empty() {
            left.push(',');
        }
        left.push_str(user);
        rest = tail.strip_prefix(',').unwrap_or_default();
    }
    (left, named)
}

/// All keys of the users that a store which can't list its keys leads to.
pub(super) fn user_keys(client_id: &str, first: &[(String, String)]) -> Vec<String> {
    let prefix = prefix(client_id);
    let mut names = Vec::new();
    let mut keys = Vec::new();
    for (key, value) in first {
        let users = match key.strip_prefix(&prefix) {
            Some(LAST_USER) => vec![value.as_str()],
            Some(USER_LIST) => parts(value, b',').collect(),
            _ => continue,
        };
        for username in users {
            if names.contains(&username) {
                continue;
            }
            names.push(username);
            for what in USER {
                keys.push(user_key(&prefix, username, what));
            }
        }
    }
    keys
}

/// What was read of one user. Cookies may have one name several times: each further value is of a further session.
struct User<'a> {
    name: &'a str,
    values: [Option<&'a str>; USER.len()],
}

/// The sessions and left-overs of the client in what was read of one store.
pub(super) fn find(client_id: &str, snapshot: &[(String, String)], found: &mut Found) {
    let prefix = prefix(client_id);
    let mut users: Vec<User> = Vec::new();
    let (mut last, mut list) = (None, None);
    for (key, value) in snapshot {
        let Some(rest) = key.strip_prefix(&prefix) else {
            continue;
        };
        if let Some((name, index)) = user_of(rest) {
            let free = |user: &User| user.values.get(index).is_some_and(Option::is_none);
            let at = users
                .iter()
                .position(|user| user.name == name && free(user));
            let at = at.unwrap_or_else(|| {
                users.push(User {
                    name,
                    values: [None; USER.len()],
                });
                users.len() - 1
            });
            let slot = users
                .get_mut(at)
                .and_then(|user| user.values.get_mut(index));
            if let Some(slot) = slot {
                *slot = Some(value.as_str());
            }
        } else if rest == LAST_USER {
            last = last.or(Some(value.as_str()));
        } else if rest == USER_LIST {
            list = list.or(Some(value.as_str()));
        } else if CLIENT.contains(&rest) {
            // "true,false": by OAuth, prefers a private session.
            found.hosted_ui |= rest == OAUTH_SIGN_IN && after(value, "true").is_some();
            found.leftovers.push(key.clone());
        }
    }
    let mut ended: Vec<&str> = last.into_iter().collect();
    for user in &users {
        // Several users may be signed in at once; the others on the list stay. With no current user there
        // are no others.
        let others = list.is_some_and(|list| without(list, &[user.name]).1);
        let current = Some(user.name) == last;
        if current || last.is_none() || !others {
            ended.push(user.name);
            let known = found.sessions.first();
            let first = known.is_none_or(|known| !known.session.current);
            add_user(&prefix, user, current && first, found);
        }
    }
    if last.is_some() {
        // The first to go: without it Amplify and identity-js say signed out at once, whatever is still there.
        let keys = match found.sessions.first_mut() {
            Some(first) if first.session.current => &mut first.keys,
            _ => &mut found.leftovers,
        };
        keys.insert(0, [prefix.as_str(), LAST_USER].concat());
    }
    if let Some(list) = list {
        let (left, named) = without(list, &ended);
        let key = [prefix.as_str(), USER_LIST].concat();
        if left.is_empty() {
            found.leftovers.push(key);
        } else if named {
            found.writes.push((key, left));
        }
    }
}

/// Adds the user's session, or what is left of one.
fn add_user(prefix: &str, user: &User, current: bool, found: &mut Found) {
    let mut keys = Vec::new();
    let mut device_keys = Vec::new();
    for (index, what) in USER.iter().enumerate() {
        if user.values.get(index).is_some_and(Option::is_some) {
            let key = user_key(prefix, user.name, what);
            if index < OF_SESSION {
                keys.push(key);
            } else {
                device_keys.push(key);
            }
        }
    }
    let [refresh, access, id, _, details, oauth, _, _, device, ..] = user.values;
    let session = Session {
        username: user.name.to_owned(),
        access_token: token(access),
        id_token: token(id),
        refresh_token: token(refresh),
        device_key: device.map(str::to_owned),
        sign_in_method: method(oauth, details),
        current,
    };
    if is_empty(&session) {
        found.leftovers.extend(keys);
        if !device_keys.is_empty() {
            found.devices.push((user.name.to_owned(), device_keys));
        }
        return;
    }
    let stored = StoredSession {
        session,
        layout: Layout::Amplify,
        keys,
        device_keys,
    };
    let at = if current { 0 } else { found.sessions.len() };
    found.sessions.insert(at, stored);
}

/// How the user signed in, as far as the user's own keys tell.
fn method(oauth: Option<&str>, details: Option<&str>) -> Option<SignInMethod> {
    let metadata = oauth.and_then(Json::parse);
    if metadata.and_then(|json| json.get(OAUTH_SIGN_IN)?.as_bool()) == Some(true) {
        Some(SignInMethod::HostedUi)
    } else {
        // Amplify v6 writes them for every other kind of sign-in.
        details.map(|_| SignInMethod::Api)
    }
}

/// What `storeTokens` or a refresh does to a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Entries to write, in this order.
    pub set: Vec<(String, String)>,
    /// Keys of the user's session before it to remove.
    pub remove: Vec<String>,
}

impl Entries {
    #[inline(never)]
    fn put(&mut self, user: &str, what: &str, value: Option<&str>) {
        let key = [user, what].concat();
        match value {
            Some(value) => self.set.push((key, value.to_owned())),
            None => self.remove.push(key),
        }
    }
}

/// The entries that make Amplify v6 read these tokens as the signed-in user's. Sessions of other users stay
/// where they are: a sign-out finds them and revokes them all.
pub fn entries(client_id: &str, tokens: &Tokens) -> Entries {
    let client = prefix(client_id);
    let username = tokens.username.as_deref().unwrap_or_default();
    let user = user_key(&client, username, "");
    let hosted = tokens.sign_in_method == Some(SignInMethod::HostedUi);
    let by_api = tokens.sign_in_method == Some(SignInMethod::Api);
    let details = object_of(&[("loginId", username)]);
    let id = tokens.id_token.as_ref().map(Secret::expose);
    let refresh = tokens.refresh_token.as_ref().map(Secret::expose);
    let mut entries = Entries::default();
    entries.put(&user, "accessToken", Some(tokens.access_token.expose()));
    entries.put(&user, "idToken", id);
    entries.put(&user, "clockDrift", Some("0"));
    entries.put(&user, "signInDetails", by_api.then_some(details.as_str()));
    entries.put(
        &user,
        "oauthMetadata",
        hosted.then_some("{\"oauthSignIn\":true}"),
    );
    entries.put(&user, "userData", None);
    entries.put(&client, OAUTH_SIGN_IN, hosted.then_some("true,false"));
    entries.put(&client, LAST_USER, Some(username));
    // The last: when Amplify's other tabs hear of it, all the rest is there.
    entries.put(&user, "refreshToken", refresh);
    entries
}

/// The entries of a refresh: the tokens of the session, where it is. All else that its library keeps of the user
/// stays as it is, the drift of the clock too: nothing here measures it, and its unit is the library's.
pub fn refreshed(client_id: &str, session: &Session) -> Entries {
    let user = user_key(&prefix(client_id), &session.username, "");
    let mut entries = Entries::default();
    for (what, token) in [
        ("accessToken", &session.access_token),
        ("idToken", &session.id_token),
        // The last: when Amplify's other tabs hear of it, all the rest is there.
        ("refreshToken", &session.refresh_token),
    ] {
        if let Some(token) = token {
            entries.put(&user, what, Some(token.expose()));
        }
    }
    entries
}
