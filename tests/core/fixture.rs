//! The cases that the Rust and the JavaScript tests share. How they are written:
//! `tests/fixtures/README.md`.

use std::collections::BTreeSet;

use cognito_signout::AuthError;
use cognito_signout::internals::config::{self, Reading};
use cognito_signout::internals::engine::io::Access;
use cognito_signout::internals::fields::{Field, Fields};
use serde_json::Value as Json;

/// A value of a configuration, where `{ "$custom": true }` and the like stand for functions and
/// objects that hold some.
#[derive(Clone, Debug)]
pub struct Given(Json);

const CUSTOM: &[&str] = &["getItem", "setItem", "removeItem"];
const LISTING: &[&str] = &["getItem", "setItem", "removeItem", "keys"];
const STATE_STORE: &[&str] = &["get", "set", "remove", "getAllKeys"];

/// The functions of an object of the app's own.
fn functions(value: &Json) -> Option<&'static [&'static str]> {
    match value {
        _ if value["$custom"] == true => Some(CUSTOM),
        _ if value["$listing"] == true => Some(LISTING),
        _ if value["$stateStore"] == true => Some(STATE_STORE),
        _ => None,
    }
}

impl Given {
    pub fn read(config: &Json) -> Result<Reading<Given>, AuthError> {
        config::read(Given::field_of(config))
    }

    fn field_of(value: &Json) -> Field<Given> {
        match value {
            Json::Null => Field::Null,
            Json::Bool(flag) => Field::Flag(*flag),
            Json::Number(number) => Field::Number(number.as_f64().unwrap()),
            Json::String(text) => Field::Text(text.clone()),
            Json::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map_or(Field::Other, Field::Texts),
            Json::Object(_) if value["$function"] == true => Field::Function(Given(Json::Null)),
            Json::Object(_) => Field::Object(Given(value.clone())),
        }
    }
}

impl Fields for Given {
    fn field(&self, name: &str) -> Result<Field<Given>, AuthError> {
        let has = functions(&self.0).is_some_and(|functions| functions.contains(&name));
        Ok(match self.0.get(name) {
            _ if has => Field::Function(Given(Json::Null)),
            Some(value) => Given::field_of(value),
            None => Field::Missing,
        })
    }

    fn names(&self) -> Result<Vec<String>, AuthError> {
        let members = self.0.as_object().into_iter().flatten();
        Ok(members.map(|member| member.0.clone()).collect())
    }
}

/// How the engine uses the configured storage.
pub fn access(config: &Json) -> Access {
    let mut all = vec![config];
    let mut access = Access::Direct;
    while let Some(value) = all.pop() {
        match functions(value) {
            Some(CUSTOM) => access = Access::ByKey,
            Some(LISTING) => access = Access::Listing,
            Some(_) => access = Access::StateStore,
            None => all.extend(
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|member| member.1),
            ),
        }
    }
    access
}

/// The cases of a table, whose names are unlike.
pub fn cases(table: &Json) -> &[Json] {
    let cases = table["cases"].as_array().unwrap();
    let names: BTreeSet<_> = cases.iter().map(|case| case["name"].as_str()).collect();
    assert_eq!(names.len(), cases.len(), "each case has a name of its own");
    cases
}
