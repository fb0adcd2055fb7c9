//! Where the tokens are: our own `storage` and `cookie`, what Amplify v5 calls them, and the stores of oidc-client-ts.

use std::time::Duration;

use crate::config::shape::Shape;
use crate::config::{CookieOptions, DAY, SameSite, StorageKind};
use crate::fields::{Field, Reader};

/// What a configuration says of it.
pub(super) struct Storage {
    pub(super) kind: StorageKind,
    /// The path of the app's own storage.
    pub(super) object: Option<&'static str>,
    pub(super) cookie: CookieOptions,
    /// What oidc-client-ts puts in front of the user's key, where its store says so.
    pub(super) prefix: Option<String>,
}

/// Reads our own field, which may be given with any shape, else what the shape itself has.
pub(super) fn read(reader: &mut Reader, shape: &Shape) -> Storage {
    let mut storage = Storage {
        // oidc-client-ts keeps its user in sessionStorage unless told otherwise.
        kind: if shape.is_oidc() {
            StorageKind::Session
        } else {
            StorageKind::Local
        },
        object: None,
        cookie: CookieOptions::default(),
        prefix: None,
    };
    let mut cookie_at = "cookie.";
    for at in ["cookieStorage.", "Auth.cookieStorage."] {
        let path = at.strip_suffix('.').unwrap_or(at);
        match reader.field(path) {
            // `cookieStorage: isProduction && { ... }`
            Field::Missing | Field::Flag(false) => {}
            Field::Text(text) if text.is_empty() => {}
            Field::Object(()) => (storage.kind, cookie_at) = (StorageKind::Cookie, at),
            _ => reader.fail(path, "must be an object."),
        }
    }
    // As in Amplify, a storage comes before cookies.
    for at in ["Auth.Cognito.storage", "Auth.storage"] {
        if reader.has(at) {
            check(reader, at, "");
            storage.take(StorageKind::Custom, at);
        }
    }
    if shape.is_oidc() {
        if reader.has("stateStore") {
            check_state_store(reader, "stateStore");
        }
        if reader.has("userStore") {
            user_store(reader, &mut storage);
        }
    } else {
        for at in ["userStore", "stateStore"] {
            if reader.has(at) {
                reader.fail(
                    at,
                    "goes with the settings of oidc-client-ts (authority, client_id) alone; here, set storage.",
                );
            }
        }
    }
    let ours = match reader.field("storage") {
        Field::Missing => None,
        Field::Text(text) => match text.as_str() {
            "local" => Some(StorageKind::Local),
            "session" => Some(StorageKind::Session),
            "memory" => Some(StorageKind::Memory),
            "cookie" => Some(StorageKind::Cookie),
            _ => {
                reader.fail("storage", &["must be ", KINDS, METHODS, "."].concat());
                None
            }
        },
        // `storage` of amplify_outputs.json is a bucket.
        Field::Object(())
            if shape.root == "auth." && lacks(reader, "storage", &STORAGE).len() == 3 =>
        {
            None
        }
        _ => {
            check(reader, "storage", KINDS);
            storage.take(StorageKind::Custom, "storage");
            None
        }
    };
    if let Some(kind) = ours {
        (storage.kind, storage.object) = (kind, None);
    }
    if reader.object("cookie") {
        reader.only(
            "cookie.",
            &["domain", "path", "secure", "sameSite", "expires"],
        );
        cookie_at = "cookie.";
    }
    storage.cookie = cookie(reader, cookie_at);
    storage
}

impl Storage {
    fn take(&mut self, kind: StorageKind, at: &'static str) {
        (self.kind, self.object) = (kind, Some(at));
    }
}

const KINDS: &str = "\"local\", \"session\", \"memory\", \"cookie\" or ";
const METHODS: &str = "an object or a class with the functions getItem, setItem and removeItem";
const STORAGE: [&str; 3] = ["getItem", "setItem", "removeItem"];

/// Which of these functions an object or a class does not have.
fn lacks(reader: &mut Reader, at: &str, methods: &[&'static str]) -> Vec<&'static str> {
    let mut lacking = methods.to_vec();
    lacking.retain(|method| !reader.function(&[at, ".", method].concat()));
    lacking
}

/// It must be a storage: what was given is never passed over.
fn check(reader: &mut Reader, at: &str, or: &str) {
    if let Some(method) = lacks(reader, at, &STORAGE).first() {
        reader.fail(
            at,
            &["must be ", or, METHODS, "; it has no ", method, "."].concat(),
        );
    }
}

/// It must be a `StateStore` of oidc-client-ts.
fn check_state_store(reader: &mut Reader, at: &str) {
    if let Some(method) = lacks(reader, at, &["get", "set", "remove", "getAllKeys"]).first() {
        reader.fail(
            at,
            &[
                "must be a StateStore of oidc-client-ts, with get, set, remove and getAllKeys; it has no ",
                method,
                ".",
            ]
            .concat(),
        );
    }
}

/// Where oidc-client-ts keeps its user.
///
/// There is no public way to ask a `WebStorageStateStore` for its storage. Through its own functions, which are
/// asynchronous, the tokens would not be gone when `signOut()` returns. A class derived from it may do anything with
/// what it stores, so that only its own functions count.
fn user_store(reader: &mut Reader, storage: &mut Storage) {
    let derived = reader.function("userStore.__proto__.__proto__.get")
        || ["get", "set", "remove"]
            .iter()
            .any(|method| reader.owns("userStore.", method));
    let lacking = lacks(reader, "userStore._store", &STORAGE);
    match reader.field("userStore._prefix") {
        Field::Text(prefix) if !derived && lacking.len() < STORAGE.len() => {
            if let Some(method) = lacking.first() {
                reader.fail(
                    "userStore",
                    &["its store must be ", METHODS, "; it has no ", method, "."].concat(),
                );
            }
            storage.prefix = Some(prefix);
            storage.take(StorageKind::Custom, "userStore._store");
        }
        _ => {
            check_state_store(reader, "userStore");
            storage.prefix = Some(String::new());
            storage.take(StorageKind::StateStore, "userStore");
        }
    }
}

/// Reads the attributes of cookies.
fn cookie(reader: &mut Reader, at: &str) -> CookieOptions {
    let path = |name: &str| [at, name].concat();
    let mut options = CookieOptions {
        domain: attribute(reader, &path("domain")),
        ..CookieOptions::default()
    };
    let at_path = path("path");
    if let Some(path) = attribute(reader, &at_path) {
        if !path.starts_with('/') {
            reader.fail(&at_path, "must begin with a slash.");
        }
        options.path = path;
    }
    options.secure = reader.flag(&path("secure"), true);
    let at_same_site = path("sameSite");
    let same_site = attribute(reader, &at_same_site).unwrap_or_default();
    match same_site.to_ascii_lowercase().as_str() {
        "" | "lax" => {}
        "strict" => options.same_site = SameSite::Strict,
        "none" if options.secure => options.same_site = SameSite::None,
        _ => reader.fail(
            &at_same_site,
            "must be \"lax\", \"strict\", or \"none\" with secure: true.",
        ),
    }
    let expires = path("expires");
    match reader.field(&expires) {
        Field::Missing => {}
        Field::Number(days) if days.is_finite() && days > 0.0 => {
            options.expires = Duration::from_secs((days * DAY as f64) as u64);
        }
        // In whole minutes, so that a new date for each call is the same configuration.
        Field::Date(ahead) if ahead > 0.0 => {
            options.expires = Duration::from_secs(((ahead / 60_000.0).ceil() * 60.0) as u64);
        }
        _ => reader.fail(
            &expires,
            "must be a number of days above 0, or a Date that lies ahead.",
        ),
    }
    options
}

/// An attribute's text; a blank one is none, as an unset variable of the environment gives it. A semicolon in it would
/// begin another attribute (RFC 6265 section 4.1.1).
fn attribute(reader: &mut Reader, path: &str) -> Option<String> {
    let text = match reader.field(path) {
        Field::Text(text) => text.trim_ascii().to_owned(),
        Field::Missing => return None,
        _ => {
            reader.fail(path, "must be a string.");
            return None;
        }
    };
    if text
        .bytes()
        .any(|byte| byte <= b' ' || byte > b'~' || byte == b';')
    {
        reader.fail(path, "holds a character that no cookie attribute may hold.");
    }
    Some(text).filter(|text| !text.is_empty())
}
