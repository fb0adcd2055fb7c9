//! Every case of `tests/fixtures/layouts.json`, through the engine that ships. What a case is:
//! `tests/fixtures/README.md`.

use cognito_signout::Secret;
use cognito_signout::SignOutOptions;
use cognito_signout::internals::engine::Engine;
use cognito_signout::internals::engine::io::{
    Access, Call, Effect, Input, Now, Page, Place, Reply, SignOutCall, StoreAnswer,
};
use cognito_signout::internals::engine::outcome::Outcome;
use cognito_signout::internals::layout::cookie;
use cognito_signout::internals::protocol::Response;
use cognito_signout::{AuthError, AuthErrorCode};
use cognito_signout::{Config, CookieOptions, HostedUi, StorageKind};
use serde_json::{Map, Value as Json, json};

use crate::fixture::{self, Given};

const CLIENT: u32 = 1;
const CALL: u32 = 1;

/// A cookie, and what tells it from others of its name.
#[derive(Clone, Debug)]
struct Cookie {
    name: String,
    value: String,
    /// Empty: of the page's host alone.
    domain: String,
    path: String,
    is_partitioned: bool,
}

/// A store of the page, as it is at the moment.
#[derive(Debug)]
enum Store {
    /// A web storage, or one of the app's own.
    Keys(Vec<(String, String)>),
    Cookies(Vec<Cookie>, CookieOptions),
}

/// A browser with these stores, which performs the effects of a sign-out. Cognito refuses every
/// request, so that the result holds all tokens.
struct Browser {
    engine: Engine,
    /// Named as in the case, in the engine's order.
    stores: Vec<(&'static str, Store)>,
    /// How the first of them is used.
    access: Access,
    host: String,
    path: String,
    /// The page was sent to the hosted UI: the hosted UI had signed the user in.
    leaves: bool,
    outcome: Option<std::rc::Rc<Outcome>>,
}

impl Cookie {
    fn of(entry: &Json) -> Cookie {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let attributes = &entry[2];
        Cookie {
            name: text(&entry[0]),
            value: text(&entry[1]),
            domain: text(&attributes["domain"]),
            path: attributes["path"].as_str().unwrap_or("/").to_owned(),
            is_partitioned: attributes["partitioned"] == true,
        }
    }

    /// What a text assigned to `document.cookie` means (RFC 6265 section 5.3), and whether it
    /// removes the cookie.
    fn assigned(text: &str, host: &str, page: &str) -> Option<(Cookie, bool)> {
        let (pair, attributes) = text.split_once("; ").unwrap_or((text, ""));
        let (name, value) = pair.split_once('=')?;
        let folder = page.rsplit_once('/').map_or("", |folder| folder.0);
        let mut cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: String::new(),
            path: if folder.is_empty() { "/" } else { folder }.to_owned(),
            is_partitioned: false,
        };
        let mut is_removal = false;
        for attribute in attributes.split("; ") {
            match attribute.split_once('=').unwrap_or((attribute, "")) {
                ("domain", domain) => cookie.domain = domain.trim_start_matches('.').to_owned(),
                ("path", path) if path.starts_with('/') => cookie.path = path.to_owned(),
                ("partitioned", _) => cookie.is_partitioned = true,
                ("max-age", age) => is_removal = age == "0",
                _ => {}
            }
        }
        let domain = &cookie.domain;
        let is_seen = domain.is_empty()
            || host == domain
            || host.ends_with(&[".", domain].concat()) && domain.contains('.');
        is_seen.then_some((cookie, is_removal))
    }

    fn is(&self, other: &Cookie) -> bool {
        (&self.name, &self.domain, &self.path, self.is_partitioned)
            == (
                &other.name,
                &other.domain,
                &other.path,
                other.is_partitioned,
            )
    }
}

/// `document.cookie`
fn jar(cookies: &[Cookie]) -> String {
    let pairs: Vec<String> = cookies
        .iter()
        .map(|cookie| [&cookie.name, "=", &cookie.value].concat())
        .collect();
    pairs.join("; ")
}

impl Store {
    fn entries(&self) -> Vec<(String, String)> {
        match self {
            Store::Keys(entries) => entries.clone(),
            Store::Cookies(cookies, _) => cookie::parse(&jar(cookies)),
        }
    }

    fn change(&mut self, keys: &[String], entries: &[(String, String)], page: (&str, &str)) {
        match self {
            Store::Keys(all) => {
                all.retain(|entry| !keys.contains(&entry.0));
                for entry in entries {
                    all.retain(|old| old.0 != entry.0);
                    all.push(entry.clone());
                }
            }
            Store::Cookies(all, options) => {
                let assign = |all: &mut Vec<Cookie>, text: &str| {
                    let Some((cookie, is_removal)) = Cookie::assigned(text, page.0, page.1) else {
                        return;
                    };
                    let at = all.iter().position(|old| old.is(&cookie));
                    match (at, is_removal) {
                        (Some(at), true) => drop(all.remove(at)),
                        (Some(at), false) => all[at].value = cookie.value,
                        (None, false) => all.push(cookie),
                        (None, true) => {}
                    }
                };
                for attempt in 0..cookie::ATTEMPTS {
                    for text in cookie::remove(&jar(all), keys, options, page, attempt) {
                        assign(all, &text);
                    }
                }
                for (name, value) in entries {
                    assign(all, &cookie::set(name, value, options));
                }
            }
        }
    }

    /// What is in it: names as they are spelt, values decoded.
    fn left(&self) -> Vec<(String, String)> {
        match self {
            Store::Keys(entries) => entries.clone(),
            Store::Cookies(cookies, _) => cookies
                .iter()
                .map(|cookie| {
                    let parsed = cookie::parse(&jar(std::slice::from_ref(cookie)));
                    let value = parsed.into_iter().next().map(|pair| pair.1);
                    (cookie.name.clone(), value.unwrap_or(cookie.value.clone()))
                })
                .collect(),
        }
    }
}

/// The stores of a case in the engine's order, the configured one first, and how it uses that one.
fn stores(given: &Json, config: &Config, access: Access) -> Vec<(&'static str, Store)> {
    let keys = |name: &str| {
        let entries = given[name].as_object().into_iter().flatten();
        let text = |(key, value): (&String, &Json)| (key.clone(), value.as_str().unwrap().into());
        Store::Keys(entries.map(text).collect())
    };
    let cookies = given["cookie"].as_array().into_iter().flatten();
    let cookies = Store::Cookies(cookies.map(Cookie::of).collect(), config.cookie.clone());
    let mut all = vec![
        ("local", keys("local")),
        ("session", keys("session")),
        ("cookie", cookies),
    ];
    match config.storage {
        StorageKind::Local => {}
        StorageKind::Session => all.swap(0, 1),
        StorageKind::Cookie => all.rotate_right(1),
        StorageKind::Memory => all.insert(0, ("memory", keys("memory"))),
        StorageKind::Custom | StorageKind::StateStore => {
            assert_ne!(access, Access::Direct);
            all.insert(0, ("custom", keys("custom")));
        }
    }
    all
}

impl Browser {
    fn new(config: &Config, given: &Json, access: Access, page: &str) -> Browser {
        let stores = stores(given, config, access);
        let place = |(index, (name, _)): (usize, &(&str, Store))| Place {
            access: match index {
                0 => access,
                _ => Access::Direct,
            },
            shared: matches!(*name, "local" | "cookie"),
        };
        let places = stores.iter().enumerate().map(place).collect();
        let page_of_engine = Page {
            exists: true,
            ..Page::default()
        };
        let mut engine = Engine::new(page_of_engine, [1, 2, 3, 4]);
        engine.add(CLIENT, config.clone(), places, false);
        let (_, address) = page.split_once("://").unwrap();
        let (host, path) = address.split_once('/').unwrap();
        let mut browser = Browser {
            engine,
            stores,
            access,
            host: host.split(':').next().unwrap().to_owned(),
            path: ["/", path].concat(),
            leaves: false,
            outcome: None,
        };
        browser.step(Input::Added(CLIENT));
        browser
    }

    fn sign_out(&mut self, forget_device: bool, page: &str) {
        let call = SignOutCall {
            options: SignOutOptions {
                global: true,
                forget_device,
                ..SignOutOptions::default()
            },
            navigate: None,
            signal: None,
            aborted: false,
            app_state: None,
            popup: None,
            removed: None,
            url: page.to_owned(),
        };
        self.step(Input::Call(CLIENT, CALL, Call::SignOut(Box::new(call))));
    }

    fn step(&mut self, input: Input) {
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            let now = Now {
                wall: 1_700_000_000_000.0,
                online: true,
                ..Now::default()
            };
            for effect in self.engine.step(now, inputs.remove(0)) {
                inputs.extend(self.perform(effect));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::List(id, store) => {
                let store = &self.stores[store.index];
                let entries = match (store.0, self.access) {
                    ("custom", Access::ByKey) => Vec::new(),
                    _ => store.1.entries(),
                };
                let names: Vec<String> = entries.into_iter().map(|entry| entry.0).collect();
                Some(Input::Stored(id, Ok(StoreAnswer::Names(names.join("\0")))))
            }
            Effect::Get(id, store, keys) => {
                let mut entries = self.stores[store.index].1.entries();
                entries.retain(|entry| keys.contains(&entry.0));
                Some(Input::Stored(id, Ok(StoreAnswer::Values(entries))))
            }
            Effect::Change(id, store, keys, entries) => {
                let store = &mut self.stores[store.index].1;
                store.change(&keys, &entries, (&self.host, &self.path));
                Some(Input::Stored(id, Ok(StoreAnswer::Changed)))
            }
            Effect::Send(id, _) => {
                let refusal = Response {
                    status: 400,
                    error_type: Some("NotAuthorizedException".into()),
                    body: r#"{"message":"Refused."}"#.into(),
                    ..Response::default()
                };
                Some(Input::Answered(id, Ok(Box::new(refusal))))
            }
            Effect::Leave(id, ..) => {
                self.leaves = true;
                let stays = AuthError::new(AuthErrorCode::Navigation);
                Some(Input::Navigated(id, Err(stays)))
            }
            Effect::Settle(CALL, Reply::SignedOut(outcome)) => {
                self.outcome = Some(outcome);
                None
            }
            _ => None,
        }
    }
}

/// What a sign-out came to, in the words of the case.
fn result(browser: &Browser, given: &Json) -> Json {
    let outcome = browser.outcome.as_ref().expect("the sign-out settles");
    let (mut left, mut written) = (Map::new(), Map::new());
    for (name, store) in &browser.stores {
        let before = match (&given[*name], store) {
            (Json::Array(cookies), Store::Cookies(_, options)) => {
                let cookies = cookies.iter().map(Cookie::of).collect();
                Store::Cookies(cookies, options.clone()).left()
            }
            (entries, _) => {
                let entries = entries.as_object().into_iter().flatten();
                let text = |(key, value): (&String, &Json)| {
                    (key.clone(), value.as_str().unwrap().to_owned())
                };
                entries.map(text).collect()
            }
        };
        let after = store.left();
        let mut names: Vec<&String> = after.iter().map(|entry| &entry.0).collect();
        names.sort();
        if !names.is_empty() {
            left.insert((*name).to_owned(), json!(names));
        }
        let changed = after.iter().filter(|entry| !before.contains(entry));
        let changed: Map<String, Json> = changed
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        if !changed.is_empty() {
            written.insert((*name).to_owned(), json!(changed));
        }
    }
    let mut result = json!({ "left": left, "wasSignedIn": outcome.was_signed_in });
    if !written.is_empty() {
        result["written"] = json!(written);
    }
    let exposed = |token: &Secret| token.expose().to_owned();
    if let Some(revoke) = &outcome.revoke_token_error {
        let tokens = revoke.refresh_token.iter().chain(&revoke.others);
        let tokens: Vec<String> = tokens.map(exposed).collect();
        if !tokens.is_empty() {
            result["refreshTokens"] = json!(tokens);
        }
    }
    let global = outcome.global_sign_out_error.as_ref();
    if let Some(token) = global.and_then(|global| global.access_token.as_ref()) {
        result["accessToken"] = json!(token.expose());
    }
    if outcome.forget_device_error.is_some() {
        result["hasDevice"] = json!(true);
    }
    if outcome.error.is_some() {
        result["hasFailed"] = json!(true);
    }
    if browser.leaves {
        result["hostedUI"] = json!(true);
    }
    result
}

#[test]
fn each_layout_of_the_fixture() {
    let table: Json = serde_json::from_str(include_str!("../fixtures/layouts.json")).unwrap();
    let mut faults = Vec::new();
    for case in fixture::cases(&table) {
        let name = case["name"].as_str().unwrap();
        let given = case.get("config").unwrap_or(&table["config"]);
        let page = case.get("page").unwrap_or(&table["page"]).as_str().unwrap();
        let mut config = Given::read(given).unwrap().config;
        let hosted = config.hosted_ui.get_or_insert_with(|| HostedUi {
            origin: "https://hosted.example".into(),
            redirect_sign_out: Vec::new(),
        });
        hosted.redirect_sign_out.push(page.to_owned());
        let access = fixture::access(given);
        let mut browser = Browser::new(&config, &case["stores"], access, page);
        browser.sign_out(case["forgetDevice"] == true, page);
        let mut expected = case["expect"].clone();
        for names in expected["left"].as_object_mut().unwrap().values_mut() {
            let names = names.as_array_mut().unwrap();
            names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
        let result = result(&browser, &case["stores"]);
        if result != expected {
            faults.push(format!(
                "{name}:\n  expected {expected}\n  found    {result}"
            ));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
