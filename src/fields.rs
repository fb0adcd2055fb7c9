//! Reading a foreign object (a configuration, options, tokens) without knowing the platform.

use crate::error::{AuthError, redact};
use crate::text::split_at_any;

/// What stands in a field of a foreign object.
#[derive(Clone, Debug, PartialEq)]
pub enum Field<O> {
    /// Not there, or `undefined`.
    Missing,
    /// `null`; in a field the same as missing, as a whole argument it is not.
    Null,
    /// A string.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(f64),
    /// An array of strings; an array with anything else in it is [`Field::Other`].
    Texts(Vec<String>),
    /// An object that is no array, date or function.
    Object(O),
    /// A date: how many milliseconds it lies ahead; NaN where it is none.
    Date(f64),
    /// A function; a class may have static methods.
    Function(O),
    /// Anything else: a symbol, a big integer, a mixed array.
    Other,
}

/// An object whose fields can be read; reading may fail, since a getter may throw.
pub trait Fields: Sized {
    /// The field of that name.
    ///
    /// # Errors
    /// `configuration`, naming the field that could not be read.
    fn field(&self, name: &str) -> Result<Field<Self>, AuthError>;

    /// The names of its own enumerable fields.
    ///
    /// # Errors
    /// `configuration`: they could not be listed.
    fn names(&self) -> Result<Vec<String>, AuthError>;
}

/// The field at the end of a path such as `auth.oauth.domain`; missing where the way there is no object.
pub(crate) fn walk<F: Fields>(root: &F, path: &str) -> Result<Field<F>, AuthError> {
    let (name, rest) = split_at_any(path, b".");
    match (root.field(name)?, rest.strip_prefix('.')) {
        (field, None) => Ok(field),
        (Field::Object(object) | Field::Function(object), Some(rest)) => walk(&object, rest),
        _ => Ok(Field::Missing),
    }
}

/// The object or function there; only where one was seen before.
pub(crate) fn object_at<F: Fields>(root: &F, path: Option<&str>) -> Option<F> {
    match walk(root, path?) {
        Ok(Field::Object(object) | Field::Function(object)) => Some(object),
        _ => None,
    }
}

/// A foreign object behind one type, so that what reads it is compiled once.
pub(crate) trait Source {
    fn at(&self, path: &str) -> Result<Field<()>, AuthError>;
    fn names_at(&self, at: &str) -> Result<Vec<String>, AuthError>;
}

impl<F: Fields> Source for F {
    fn at(&self, path: &str) -> Result<Field<()>, AuthError> {
        Ok(match walk(self, path)? {
            Field::Missing => Field::Missing,
            Field::Null => Field::Null,
            Field::Text(text) => Field::Text(text),
            Field::Flag(flag) => Field::Flag(flag),
            Field::Number(number) => Field::Number(number),
            Field::Texts(texts) => Field::Texts(texts),
            Field::Object(_) => Field::Object(()),
            Field::Date(ahead) => Field::Date(ahead),
            Field::Function(_) => Field::Function(()),
            Field::Other => Field::Other,
        })
    }

    fn names_at(&self, at: &str) -> Result<Vec<String>, AuthError> {
        match at.strip_suffix('.') {
            None => self.names(),
            path => object_at(self, path).map_or(Ok(Vec::new()), |object| object.names()),
        }
    }
}

/// Reads field after field and keeps the first error, so that the code of a reading runs straight down.
pub(crate) struct Reader<'a> {
    source: &'a dyn Source,
    error: Option<AuthError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Reader {
            source,
            error: None,
        }
    }

    /// The value, or the first error.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, AuthError> {
        match self.error {
            None => Ok(value),
            Some(error) => Err(error),
        }
    }

    /// Keeps an error that names the field as the user wrote it.
    pub(crate) fn fail(&mut self, path: &str, problem: &str) {
        if self.error.is_none() {
            self.error = Some(AuthError::configuration(path, problem));
        }
    }

    /// The field; `null` is the same as missing.
    pub(crate) fn field(&mut self, path: &str) -> Field<()> {
        match self.source.at(path) {
            Ok(Field::Null) => Field::Missing,
            Ok(field) => field,
            Err(error) => {
                self.fail(path, "can't be read, its getter throws.");
                if let Some(kept) = &mut self.error {
                    kept.cause = error.cause.clone();
                }
                Field::Missing
            }
        }
    }

    /// Whether there is something in the field.
    pub(crate) fn has(&mut self, path: &str) -> bool {
        !matches!(self.field(path), Field::Missing)
    }

    /// A string that is not empty.
    pub(crate) fn text(&mut self, path: &str) -> Option<String> {
        match self.field(path) {
            Field::Text(text) if !text.is_empty() => return Some(text),
            Field::Missing => {}
            _ => self.fail(path, "must be a string that is not empty."),
        }
        None
    }

    /// A string that must be there; empty after an error.
    pub(crate) fn required(&mut self, path: &str) -> String {
        let text = self.text(path);
        if text.is_none() {
            self.fail(path, "is missing. Set it.");
        }
        text.unwrap_or_default()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, path: &str, default: bool) -> bool {
        match self.field(path) {
            Field::Flag(flag) => return flag,
            Field::Missing => {}
            _ => self.fail(path, "must be true or false."),
        }
        default
    }

    /// A finite number from 0 on.
    pub(crate) fn number(&mut self, path: &str, default: f64) -> f64 {
        match self.field(path) {
            Field::Number(number) if number.is_finite() && number >= 0.0 => return number,
            Field::Missing => {}
            _ => self.fail(path, "must be a finite number, 0 or more."),
        }
        default
    }

    /// Whether there is an object; anything else is an error.
    pub(crate) fn object(&mut self, path: &str) -> bool {
        match self.field(path) {
            Field::Object(()) => return true,
            Field::Missing => {}
            _ => self.fail(path, "must be an object."),
        }
        false
    }

    /// Whether the field is a function.
    pub(crate) fn function(&mut self, path: &str) -> bool {
        matches!(self.field(path), Field::Function(()))
    }

    /// Whether an object (its path and a dot) has a field of its own, not of its class.
    pub(crate) fn owns(&self, at: &str, name: &str) -> bool {
        let names = self.source.names_at(at).unwrap_or_default();
        names.iter().any(|own| own == name)
    }

    /// Nothing but these fields at the root (empty) or in an object (its path and a dot): a misspelt name must not
    /// be passed over in silence.
    pub(crate) fn only(&mut self, at: &str, known: &[&str]) {
        for name in self.source.names_at(at).unwrap_or_default() {
            if !known.contains(&name.as_str()) {
                // Tokens given where settings belong are named too.
                let path = [at, &redact(&name)].concat();
                let problem = match near(&name, known) {
                    Some(meant) => ["is not known. Did you mean ", meant, "?"].concat(),
                    None => "is not known. Check its spelling, or leave it out.".to_owned(),
                };
                self.fail(&path, &problem);
            }
        }
    }
}

/// The known name that a misspelt one is nearest to: at most two edits away, whatever the capitals,
/// and less than half of it.
fn near<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut nearest = None;
    let mut least = 3;
    for candidate in known {
        let edits = edits(name.as_bytes(), candidate.as_bytes());
        if edits < least && 2 * edits < candidate.len() {
            (nearest, least) = (Some(*candidate), edits);
        }
    }
    nearest
}

/// How many letters have to be put in, left out or replaced to make one name of the other.
fn edits(name: &[u8], other: &[u8]) -> usize {
    // Of a name that is much longer, nothing has to be counted.
    if name.len() > other.len() + 2 {
        return name.len();
    }
    // By what was counted for the letters of `name` so far, from the second column on.
    let mut row = [0; 32];
    for (index, cell) in row.iter_mut().enumerate() {
        *cell = index + 1;
    }
    let mut count = other.len();
    for (index, letter) in name.iter().enumerate() {
        let mut diagonal = index;
        count = index + 1;
        for (cell, wanted) in row.iter_mut().zip(other) {
            let differs = usize::from(!letter.eq_ignore_ascii_case(wanted));
            count = (diagonal + differs).min(*cell + 1).min(count + 1);
            diagonal = std::mem::replace(cell, count);
        }
    }
    count
}

/// The error of a whole argument that is no object.
pub(crate) fn no_object(name: &str) -> AuthError {
    AuthError::configuration(name, "must be an object.")
}

/// A JSON value as a field: for Rust apps, whose configuration is a JSON text, and for tests.
impl From<crate::json::Json> for Field<crate::json::Json> {
    fn from(json: crate::json::Json) -> Self {
        use crate::json::Json;
        match json {
            Json::Null => Field::Null,
            Json::Bool(flag) => Field::Flag(flag),
            Json::Number(number) => Field::Number(number),
            Json::String(text) => Field::Text(text),
            Json::Array(items) => {
                let mut texts = Vec::new();
                for item in items {
                    match item {
                        Json::String(text) => texts.push(text),
                        _ => return Field::Other,
                    }
                }
                Field::Texts(texts)
            }
            object => Field::Object(object),
        }
    }
}

impl Fields for crate::json::Json {
    fn field(&self, name: &str) -> Result<Field<Self>, AuthError> {
        Ok(self.get(name).cloned().map_or(Field::Missing, Field::from))
    }

    fn names(&self) -> Result<Vec<String>, AuthError> {
        Ok(match self {
            crate::json::Json::Object(members) => members.iter().map(|m| m.0.clone()).collect(),
            _ => Vec::new(),
        })
    }
}
