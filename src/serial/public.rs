//! The types of the API.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::config::{self, Config};
use crate::engine::io::{SignedOutEvent, SignedOutReason};
use crate::engine::outcome::{Outcome, error_json, step_json};
use crate::error::{AuthError, AuthErrorCode};
use crate::fields::Field;
use crate::json::Json;
use crate::object::{Object, text};
use crate::options::{self, SignOutOptions};
use crate::outcome::{SignOutStep, Status, StepName, StepOutcome};
use crate::result::SignOutResult;

/// Serializes types by the JSON that JavaScript gets.
macro_rules! written {
    ($($type:ty: |$value:ident| $json:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                $json.serialize(to)
            }
        }
    )*};
}

written! {
    AuthError: |error| error_json(error);
    AuthErrorCode: |code| code.as_str();
    SignedOutEvent: |event| event_json(event);
    SignedOutReason: |reason| reason.as_str();
    SignOutResult: |result| outcome(result).json();
    SignOutStep: |step| step_json(step);
    Status: |status| status.as_str();
    StepName: |step| step.as_str();
    StepOutcome: |outcome| outcome.as_str();
}

fn event_json(event: &SignedOutEvent) -> Json {
    let mut fields = Object::default();
    fields.put("reason", text(event.reason.as_str()));
    fields.put("global", Json::Bool(event.global));
    fields.put("redirecting", Json::Bool(event.redirecting));
    fields.done()
}

/// A result as the engine has it.
fn outcome(result: &SignOutResult) -> Outcome {
    let nothing = Outcome {
        tag: result.status(),
        error: None,
        was_signed_in: false,
        revoke_token_error: None,
        global_sign_out_error: None,
        hosted_ui_error: None,
        forget_device_error: None,
        logout_url: None,
        steps: result.steps().to_vec(),
        retry: None,
    };
    match result.clone() {
        SignOutResult::Complete(complete) => Outcome {
            was_signed_in: complete.was_signed_in,
            logout_url: complete.logout_url,
            ..nothing
        },
        SignOutResult::Partial(partial) => Outcome {
            was_signed_in: partial.was_signed_in,
            revoke_token_error: partial.revoke_token_error,
            global_sign_out_error: partial.global_sign_out_error,
            hosted_ui_error: partial.hosted_ui_error,
            forget_device_error: partial.forget_device_error,
            logout_url: partial.logout_url,
            ..nothing
        },
        SignOutResult::Failed(failed) => Outcome {
            error: Some(failed.error),
            revoke_token_error: failed.revoke_token_error,
            global_sign_out_error: failed.global_sign_out_error,
            ..nothing
        },
    }
}

/// In any of the shapes that [`Config::from_json`] reads.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Config, D::Error> {
        let read = config::read(Field::from(Json::deserialize(from)?));
        read.map(|reading| reading.config).map_err(D::Error::custom)
    }
}

/// In the shape of JavaScript's options: `{ "global": true, "hostedUI": "none", "timeoutMs": 3000 }`.
impl<'de> Deserialize<'de> for SignOutOptions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<SignOutOptions, D::Error> {
        options::read(Field::from(Json::deserialize(from)?)).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Json, D::Error> {
        from.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        Json::deserialize(from)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}
