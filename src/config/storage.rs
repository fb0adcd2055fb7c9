//! Where the tokens are: our own `storage` and `cookie`, and what Amplify v5 calls them.

use crate::config::shape::Found;
use crate::config::{CookieOptions, StorageKind};
use crate::error::AuthError;
use crate::fields::{At, Field, Fields, is_storage};

/// The kind, the app's own storage object, the attributes of cookies.
type Storage<F> = (StorageKind, Option<F>, CookieOptions);

/// Reads them from beside any shape, else from Amplify v5's `Auth`.
pub(super) fn read<F: Fields>(
    root: &At<F>,
    found: Option<&Found<F>>,
) -> Result<Storage<F>, AuthError> {
    let mut options = match root.object("cookie")? {
        Some(at) => {
            at.only(&["domain", "path", "secure", "sameSite", "expires"])?;
            Some(cookie(&at)?)
        }
        None => None,
    };
    let foreign = found.is_some_and(|found| !found.shape.own);
    let mut kind = None;
    let mut custom = None;
    match root.field("storage")? {
        Field::Missing => {}
        Field::Text(text) => {
            kind = Some(match text.as_str() {
                "local" => StorageKind::Local,
                "session" => StorageKind::Session,
                "memory" => StorageKind::Memory,
                "cookie" => StorageKind::Cookie,
                _ => return Err(root.error("storage", KINDS)),
            });
        }
        // `storage` of amplify_outputs.json is a bucket.
        Field::Object(object) if foreign && !is_storage(&object)? => {}
        Field::Object(object) => custom = Some(object),
        _ => return Err(root.error("storage", KINDS)),
    }
    if kind.is_none() && custom.is_none() && foreign {
        let auth = root.object("Auth")?;
        let at = auth.as_ref().unwrap_or(root);
        if let Some(v5) = at.object("cookieStorage")? {
            kind = Some(StorageKind::Cookie);
            options = Some(cookie(&v5)?);
        } else if auth.is_some()
            && let Field::Object(object) = at.field("storage")?
        {
            custom = Some(object);
        }
    }
    if let Some(object) = &custom
        && !is_storage(object)?
    {
        return Err(root.error("storage", KINDS));
    }
    let kind = match (kind, &custom, found) {
        (Some(kind), ..) => kind,
        (None, Some(_), _) => StorageKind::Custom,
        // oidc-client-ts keeps its user there unless told otherwise.
        (None, None, None) => StorageKind::Session,
        (None, None, Some(_)) => StorageKind::Local,
    };
    Ok((kind, custom, options.unwrap_or_default()))
}

const KINDS: &str = "must be \"local\", \"session\", \"memory\", \"cookie\" or an object with the functions getItem, setItem and removeItem.";

/// Reads the attributes of cookies.
fn cookie<F: Fields>(at: &At<F>) -> Result<CookieOptions, AuthError> {
    let mut options = CookieOptions {
        domain: attribute(at, "domain")?,
        ..CookieOptions::default()
    };
    if let Some(path) = attribute(at, "path")? {
        if !path.starts_with('/') {
            return Err(at.error("path", "must begin with a slash."));
        }
        options.path = path;
    }
    options.secure = at.flag("secure", true)?;
    if let Some(same_site) = at.text("sameSite")? {
        options.same_site = match same_site.to_ascii_lowercase().as_str() {
            "lax" => "lax",
            "strict" => "strict",
            "none" => "none",
            _ => return Err(at.error("sameSite", "must be \"lax\", \"strict\" or \"none\".")),
        };
    }
    if options.same_site == "none" && !options.secure {
        return Err(at.error(
            "secure",
            "must be true with sameSite \"none\": browsers refuse the cookie else.",
        ));
    }
    options.expires_days = at.number("expires", options.expires_days)?;
    if options.expires_days == 0.0 {
        return Err(at.error("expires", "must be a number of days above 0."));
    }
    Ok(options)
}

/// An attribute's text; a semicolon in it would begin another attribute (RFC 6265 section 4.1.1).
fn attribute<F: Fields>(at: &At<F>, name: &str) -> Result<Option<String>, AuthError> {
    let text = at.text(name)?;
    if let Some(text) = &text
        && text
            .bytes()
            .any(|byte| !(b'!'..=b'~').contains(&byte) || byte == b';' || byte == b',')
    {
        return Err(at.error(name, "holds a character that no cookie attribute may hold."));
    }
    Ok(text)
}
