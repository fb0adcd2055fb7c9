//! Reading a foreign object (a configuration, options, tokens) without knowing the platform.

use crate::error::AuthError;

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
    /// An object that is neither an array nor a function.
    Object(O),
    /// A function.
    Function,
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

/// An object, and where it stands in what the user gave: `auth.oauth.` in front of its fields' names.
pub(crate) struct At<F> {
    pub(crate) object: F,
    pub(crate) path: String,
}

impl<F: Fields> At<F> {
    pub(crate) fn root(object: F) -> At<F> {
        At {
            object,
            path: String::new(),
        }
    }

    /// An error that names the field as the user wrote it.
    pub(crate) fn error(&self, name: &str, problem: &str) -> AuthError {
        AuthError::configuration(&[self.path.as_str(), name].concat(), problem)
    }

    /// The field; `null` is the same as missing.
    pub(crate) fn field(&self, name: &str) -> Result<Field<F>, AuthError> {
        match self.object.field(name) {
            Ok(Field::Null) => Ok(Field::Missing),
            Ok(field) => Ok(field),
            Err(error) => Err(AuthError {
                cause: error.cause,
                ..self.error(name, "could not be read: its getter threw.")
            }),
        }
    }

    /// Whether there is something in the field.
    pub(crate) fn has(&self, name: &str) -> Result<bool, AuthError> {
        Ok(!matches!(self.field(name)?, Field::Missing))
    }

    /// A string that is not empty.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, AuthError> {
        match self.field(name)? {
            Field::Missing => Ok(None),
            Field::Text(text) if !text.is_empty() => Ok(Some(text)),
            _ => Err(self.error(name, "must be a string that is not empty.")),
        }
    }

    /// A string that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<String, AuthError> {
        self.text(name)?
            .ok_or_else(|| self.error(name, "is missing. Set it."))
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, AuthError> {
        match self.field(name)? {
            Field::Missing => Ok(default),
            Field::Flag(flag) => Ok(flag),
            _ => Err(self.error(name, "must be true or false.")),
        }
    }

    /// A finite number from 0 on.
    pub(crate) fn number(&self, name: &str, default: f64) -> Result<f64, AuthError> {
        match self.field(name)? {
            Field::Missing => Ok(default),
            Field::Number(number) if number.is_finite() && number >= 0.0 => Ok(number),
            _ => Err(self.error(name, "must be a finite number, 0 or more.")),
        }
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<At<F>>, AuthError> {
        match self.field(name)? {
            Field::Missing => Ok(None),
            Field::Object(object) => Ok(Some(At {
                object,
                path: [self.path.as_str(), name, "."].concat(),
            })),
            _ => Err(self.error(name, "must be an object.")),
        }
    }

    /// Whether the field is a function.
    pub(crate) fn is_function(&self, name: &str) -> Result<bool, AuthError> {
        Ok(matches!(self.field(name)?, Field::Function))
    }

    /// Nothing but these fields: a misspelt name must not be passed over in silence.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), AuthError> {
        for name in self.object.names()? {
            if !known.contains(&name.as_str()) {
                return Err(self.error(&name, "is not known. Check its spelling, or leave it out."));
            }
        }
        Ok(())
    }
}

/// Whether the object can be used as a storage.
pub(crate) fn is_storage<F: Fields>(object: &F) -> Result<bool, AuthError> {
    for method in ["getItem", "setItem", "removeItem"] {
        if !matches!(object.field(method)?, Field::Function) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The object of an argument.
pub(crate) fn object_argument<F: Fields>(
    argument: Field<F>,
    name: &str,
) -> Result<At<F>, AuthError> {
    match argument {
        Field::Object(object) => Ok(At::root(object)),
        _ => Err(AuthError::configuration(name, "must be an object.")),
    }
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
