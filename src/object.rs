//! A JSON object that grows.

use crate::json::Json;

/// The fields so far.
#[derive(Default)]
pub(crate) struct Object(Vec<(String, Json)>);

impl Object {
    pub fn put(&mut self, name: &str, value: Json) {
        self.0.push((name.to_owned(), value));
    }

    pub fn text(&mut self, name: &str, value: &str) {
        self.put(name, text(value));
    }

    /// A text that may not be there.
    pub fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// A number that may not be there.
    pub fn number(&mut self, name: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.put(name, Json::Number(value));
        }
    }

    /// The object.
    pub fn done(self) -> Json {
        Json::Object(self.0)
    }
}

/// A string.
pub fn text(value: &str) -> Json {
    Json::String(value.to_owned())
}
