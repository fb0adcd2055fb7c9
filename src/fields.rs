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
    fn field(&self, name: &str) -> Result<Field<Self>, AuthError>;

    /// The names of its own enumerable fields.
    fn names(&self) -> Result<Vec<String>, AuthError>;
}
