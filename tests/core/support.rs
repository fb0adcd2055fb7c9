//! What the tests share: foreign objects with functions in them, tokens, error shorthands.

use cognito_signout::AuthError;
use cognito_signout::internals::fields::{Field, Fields};

pub use crate::jwt::{base64url, jwt};

/// A foreign object as JavaScript has them: functions, getters that throw, anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(pub Vec<(&'static str, Value)>);

/// A value in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Field(Field<Object>),
    Throws,
}

impl Fields for Object {
    fn field(&self, name: &str) -> Result<Field<Object>, AuthError> {
        match self.0.iter().find(|member| member.0 == name) {
            Some((_, Value::Field(field))) => Ok(field.clone()),
            Some((_, Value::Throws)) => Err(AuthError::configuration(name, "could not be read.")),
            None => Ok(Field::Missing),
        }
    }

    fn names(&self) -> Result<Vec<String>, AuthError> {
        Ok(self.0.iter().map(|member| member.0.to_owned()).collect())
    }
}

/// A file that is made from a table in Rust says what the table says; `UPDATE_DOCS=1` writes it again.
pub fn check_generated(path: &str, wanted: &str) {
    let path = [env!("CARGO_MANIFEST_DIR"), path].join("/");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, wanted).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{path} is out of date: run `UPDATE_DOCS=1 cargo test --test core page`"
    );
}

pub fn text(text: &str) -> Value {
    Value::Field(Field::Text(text.into()))
}

pub fn function() -> Value {
    class(&[])
}

/// A class with these static methods.
pub fn class(members: &[(&'static str, Value)]) -> Value {
    Value::Field(Field::Function(Object(members.to_vec())))
}

/// A date that lies so many milliseconds ahead.
pub fn date(ahead: f64) -> Value {
    Value::Field(Field::Date(ahead))
}

pub fn object(members: &[(&'static str, Value)]) -> Value {
    Value::Field(Field::Object(Object(members.to_vec())))
}

pub fn argument(members: &[(&'static str, Value)]) -> Field<Object> {
    Field::Object(Object(members.to_vec()))
}

/// An access token of the client `client1`.
pub fn access_token() -> String {
    jwt(serde_json::json!({
        "token_use": "access", "client_id": "client1", "username": "jane.doe", "sub": "s-1",
        "origin_jti": "o-1", "jti": "j-1", "exp": 1_800_000_000, "iat": 1_700_000_000,
    }))
}

/// An ID token.
pub fn id_token() -> String {
    jwt(serde_json::json!({ "token_use": "id", "aud": "client1", "sub": "s-1" }))
}

/// The code and the message of the error.
pub fn fault<T: std::fmt::Debug>(result: Result<T, AuthError>) -> (&'static str, String) {
    let error = result.unwrap_err();
    (error.code.as_str(), error.message.to_string())
}

/// The error must be `configuration` and name the field.
#[track_caller]
pub fn names_field<T: std::fmt::Debug>(result: Result<T, AuthError>, field: &str) {
    let (code, message) = fault(result);
    assert_eq!(code, "configuration", "{message}");
    assert!(
        message.starts_with(&[field, ": "].concat()),
        "{field} is not named: {message}"
    );
}
