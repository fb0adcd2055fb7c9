//! A storage object of an app's own, well behaved or not.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::patch::function;
use super::{js_error, object, set};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Get,
    Set,
    Remove,
    Keys,
}

/// What the storage does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It does it.
    Do,
    /// It does it and says so by a promise.
    Promise,
    /// It does nothing, and says nothing of that.
    Ignore,
    /// It throws.
    Throw,
    /// Its promise rejects.
    Reject,
    /// Its promise never settles.
    Hang,
}

type Entries = Rc<RefCell<BTreeMap<String, String>>>;
type Rule = Rc<dyn Fn(Op, &str) -> Act>;

/// The storage: its entries, and its JavaScript object.
pub struct Shelf {
    entries: Entries,
    rule: Rc<RefCell<Rule>>,
    pub object: JsValue,
}

impl Shelf {
    /// A storage that does what it is told, at once, and can list its keys.
    pub fn new() -> Shelf {
        let shelf = Shelf::without_keys();
        let keys = shelf.method(Op::Keys);
        set(&shelf.object, "keys", keys);
        shelf
    }

    /// One that can't list its keys.
    pub fn without_keys() -> Shelf {
        let rule: Rule = Rc::new(|_, _| Act::Do);
        let shelf = Shelf {
            entries: Rc::default(),
            rule: Rc::new(RefCell::new(rule)),
            object: object(&[]),
        };
        for (name, op) in [
            ("getItem", Op::Get),
            ("setItem", Op::Set),
            ("removeItem", Op::Remove),
        ] {
            set(&shelf.object, name, shelf.method(op));
        }
        shelf
    }

    /// From now on behaves by this rule.
    pub fn rule(&self, rule: impl Fn(Op, &str) -> Act + 'static) {
        *self.rule.borrow_mut() = Rc::new(rule);
    }

    /// From now on behaves like this for one method, and well for all others.
    pub fn act(&self, op: Op, act: Act) {
        self.rule(move |called, _| if called == op { act } else { Act::Do });
    }

    pub fn entries(&self) -> BTreeMap<String, String> {
        self.entries.borrow().clone()
    }

    fn method(&self, op: Op) -> JsValue {
        let (entries, rule) = (self.entries.clone(), self.rule.clone());
        function(move |key, value| {
            let key = key.as_string().unwrap_or_default();
            let rule = rule.borrow().clone();
            match rule(op, &key) {
                Act::Do => Ok(run(&entries, op, key, &value)),
                Act::Promise => Ok(Promise::resolve(&run(&entries, op, key, &value)).into()),
                Act::Ignore => Ok(JsValue::UNDEFINED),
                Act::Throw => Err(js_error("the storage is broken")),
                Act::Reject => Ok(Promise::reject(&js_error("the storage is broken")).into()),
                Act::Hang => Ok(Promise::new(&mut |_, _| {}).into()),
            }
        })
    }
}

fn run(entries: &Entries, op: Op, key: String, value: &JsValue) -> JsValue {
    let mut entries = entries.borrow_mut();
    match op {
        Op::Get => match entries.get(&key) {
            Some(value) => value.into(),
            None => JsValue::NULL,
        },
        Op::Set => {
            entries.insert(key, value.as_string().unwrap_or_default());
            JsValue::UNDEFINED
        }
        Op::Remove => {
            entries.remove(&key);
            JsValue::UNDEFINED
        }
        Op::Keys => entries.keys().map(JsValue::from).collect::<Array>().into(),
    }
}
