//! JSON by serde: what JavaScript gets of a value, serde writes, and what `configure` and `signOut` take, it reads.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::json::Json;

#[cfg(feature = "serde")]
mod public;

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => to.serialize_unit(),
            Json::Bool(flag) => to.serialize_bool(*flag),
            // `3`, not `3.0`: what reads a count expects an integer.
            Json::Number(number) if f64::from(*number as i32) == *number => {
                to.serialize_i32(*number as i32)
            }
            Json::Number(number) => to.serialize_f64(*number),
            Json::String(text) => to.serialize_str(text),
            Json::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Json::Object(fields) => {
                let mut map = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
