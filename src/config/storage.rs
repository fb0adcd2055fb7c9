//! Where the tokens are: our own `storage` and `cookie`, and what Amplify v5 calls them.

use crate::config::shape::Shape;
use crate::config::{CookieOptions, StorageKind};
use crate::fields::{Field, Reader};

/// Where the tokens are, the path of the app's own storage object, the attributes of cookies.
type Storage = (StorageKind, Option<&'static str>, CookieOptions);

/// Reads them from beside any shape, else from Amplify v5's `Auth`.
pub(super) fn read(reader: &mut Reader, shape: &Shape) -> Storage {
    // oidc-client-ts keeps its user in sessionStorage unless told otherwise.
    let mut kind = if shape.is_oidc() {
        StorageKind::Session
    } else {
        StorageKind::Local
    };
    let mut custom = None;
    let mut cookie_at = "cookie.";
    match reader.field("storage") {
        Field::Missing => {
            if reader.has("Auth.cookieStorage") {
                (kind, cookie_at) = (StorageKind::Cookie, "Auth.cookieStorage.");
            } else if !shape.is_own() && reader.has("cookieStorage") {
                (kind, cookie_at) = (StorageKind::Cookie, "cookieStorage.");
            } else if is_storage(reader, "Auth.storage.") {
                custom = Some("Auth.storage");
            } else if shape.is_oidc() && is_storage(reader, "userStore._store.") {
                // oidc-client-ts has no public way to ask a WebStorageStateStore where it keeps things.
                custom = Some("userStore._store");
            }
        }
        Field::Text(text) => match text.as_str() {
            "local" => kind = StorageKind::Local,
            "session" => kind = StorageKind::Session,
            "memory" => kind = StorageKind::Memory,
            "cookie" => kind = StorageKind::Cookie,
            _ => reader.fail("storage", KINDS),
        },
        Field::Object(()) if is_storage(reader, "storage.") => custom = Some("storage"),
        // `storage` of amplify_outputs.json is a bucket.
        Field::Object(()) if shape.root == "auth." => {}
        _ => reader.fail("storage", KINDS),
    }
    if custom.is_some() {
        kind = StorageKind::Custom;
    }
    if reader.object("cookie") {
        reader.only(
            "cookie.",
            &["domain", "path", "secure", "sameSite", "expires"],
        );
    }
    (kind, custom, cookie(reader, cookie_at))
}

const KINDS: &str = "must be \"local\", \"session\", \"memory\", \"cookie\" or an object with the functions getItem, setItem and removeItem.";

/// Whether the object can be used as a storage.
fn is_storage(reader: &mut Reader, at: &str) -> bool {
    ["getItem", "setItem", "removeItem"]
        .iter()
        .all(|method| reader.function(&[at, method].concat()))
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
    let same_site = path("sameSite");
    match reader
        .text(&same_site)
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "" | "lax" => {}
        "strict" => options.same_site = "strict",
        "none" if options.secure => options.same_site = "none",
        _ => reader.fail(
            &same_site,
            "must be \"lax\", \"strict\", or \"none\" with secure: true.",
        ),
    }
    let expires = path("expires");
    options.expires_days = reader.number(&expires, 365.0);
    if options.expires_days == 0.0 {
        reader.fail(&expires, "must be a number of days above 0.");
    }
    options
}

/// An attribute's text; a semicolon in it would begin another attribute (RFC 6265 section 4.1.1).
fn attribute(reader: &mut Reader, path: &str) -> Option<String> {
    let text = reader.text(path)?;
    if text
        .bytes()
        .any(|byte| byte <= b' ' || byte > b'~' || byte == b';')
    {
        reader.fail(path, "holds a character that no cookie attribute may hold.");
    }
    Some(text)
}
