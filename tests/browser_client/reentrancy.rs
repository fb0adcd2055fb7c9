//! Listeners, storages, signals and clocks that call the client again while it calls them: never a panic.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::support::cognito::Reply;
use crate::support::patch::{Patch, function, no_pauses};
use crate::support::shelf::{Act, Shelf};
use crate::support::wait::{settled, until};
use crate::support::*;
use cognito_signout::config::StorageKind;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::options::HostedUiMode;
use cognito_signout::outcome::{LocalFuture, SignOutResult};
use cognito_signout::{Client, Hooks};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::*;

type Runs = Rc<RefCell<Vec<LocalFuture<SignOutResult>>>>;

/// How often a meddler does it: often enough to be there at every place.
const OFTEN: u32 = 60;

/// Uses all of a client that can be used at once, and keeps what has to settle. What it calls may call it; it then
/// does nothing, and in all it acts so many times.
#[derive(Clone)]
struct Meddler {
    client: Client,
    left: Rc<Cell<u32>>,
    busy: Rc<Cell<bool>>,
    runs: Runs,
    reads: Rc<Cell<[u32; 2]>>,
}

impl Meddler {
    fn of(client: &Client) -> Meddler {
        Meddler {
            client: client.clone(),
            left: Rc::new(Cell::new(OFTEN)),
            busy: Rc::default(),
            runs: Rc::default(),
            reads: Rc::default(),
        }
    }

    fn meddle(&self) {
        let Some(left) = self.left.get().checked_sub(1) else {
            return;
        };
        if self.busy.replace(true) {
            return;
        }
        self.left.set(left);
        self.client.is_signing_out();
        let options = match left % 2 {
            0 => Options::default(),
            _ => everywhere(),
        };
        let run = self.client.sign_out(options);
        self.runs.borrow_mut().push(run);
        let listener = self.client.on_signed_out(|_| {});
        self.client.off_signed_out(listener);
        Client::new(self.client.config().clone()).is_signing_out();
        let (client, reads) = (self.client.clone(), self.reads.clone());
        let [begun, ended] = reads.get();
        reads.set([begun + 1, ended]);
        spawn_local(async move {
            let _ = client.load_tokens().await;
            let _ = client.take_sign_out_result().await;
            let _ = client.open().await;
            let [begun, ended] = reads.get();
            reads.set([begun, ended + 1]);
        });
        self.busy.set(false);
    }

    /// Everything that was begun settles.
    async fn is_settled(&self) {
        loop {
            let run = self.runs.borrow_mut().pop();
            let Some(run) = run else { break };
            settled("a sign-out inside another one", run).await;
        }
        let reads = self.reads.clone();
        until("the reads end", || reads.get()[0] == reads.get()[1]).await;
        assert!(!self.client.is_signing_out());
    }

    #[track_caller]
    fn has_meddled(&self) {
        assert!(self.left.get() < OFTEN, "it was never called");
    }
}

async fn is_calm(world: &World, meddler: &Meddler) {
    meddler.has_meddled();
    meddler.is_settled().await;
    assert!(world.is_signed_out());
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn a_listener_that_signs_out_again() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let meddler = Meddler::of(&client);
    let meddling = meddler.clone();
    let listener = client.on_signed_out(move |_| meddling.meddle());
    let first = settled("signOut", client.sign_out(Options::default())).await;
    complete(first);
    client.off_signed_out(listener);
    is_calm(&world, &meddler).await;
}

#[wasm_bindgen_test]
async fn a_listener_that_takes_itself_off() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let id = Rc::new(Cell::new(0));
    let (own, inside) = (id.clone(), client.clone());
    id.set(client.on_signed_out(move |_| {
        inside.off_signed_out(own.get());
        inside.on_signed_out(|_| {});
    }));
    complete(settled("signOut", client.sign_out(Options::default())).await);
}

#[wasm_bindgen_test]
async fn a_storage_of_the_page_that_calls_back() {
    for method in ["getItem", "setItem", "removeItem"] {
        let world = World::new();
        let client = world.signed_in(&world.session()).await;
        let meddler = Meddler::of(&client);
        let meddling = meddler.clone();
        let original = get(&get(&global("Storage"), "prototype"), method);
        let patch = patch_storages(method, move |key, value| {
            meddling.meddle();
            let args: js_sys::Array = match value.is_undefined() {
                true => [key].iter().collect(),
                false => [key, value].iter().collect(),
            };
            apply(&original, &global("localStorage"), &args)
        });
        let result = settled(method, client.sign_out(everywhere())).await;
        assert!(result.signed_out_locally(), "{method}: {result:?}");
        meddler.is_settled().await;
        drop(patch);
        is_calm(&world, &meddler).await;
    }
}

#[wasm_bindgen_test]
async fn a_storage_of_the_apps_own_that_calls_back() {
    for act in [Act::Do, Act::Promise] {
        let world = World::new();
        let shelf = Shelf::new();
        let config = world.config_of(StorageKind::Custom);
        let client = Client::with_objects(config, Some(shelf.object.clone()), None);
        client.store_tokens(world.session().tokens()).await.unwrap();
        let meddler = Meddler::of(&client);
        let meddling = meddler.clone();
        shelf.rule(move |_, _| {
            meddling.meddle();
            act
        });
        let result = settled("signOut", client.sign_out(Options::default())).await;
        assert!(result.signed_out_locally(), "{result:?}");
        is_calm(&world, &meddler).await;
        let left: Vec<String> = shelf.entries().into_keys().collect();
        assert!(left.iter().all(|key| !key.contains(&world.id)), "{left:?}");
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_calls_back() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let meddler = Meddler::of(&client);
    let meddling = meddler.clone();
    world.cognito.script(move |_, _| {
        meddling.meddle();
        Reply::Success
    });
    complete(settled("signOut", client.sign_out(everywhere())).await);
    is_calm(&world, &meddler).await;
}

#[wasm_bindgen_test]
async fn clocks_and_timers_that_call_back() {
    let performance = global("performance");
    let page: JsValue = js_sys::global().into();
    for (target, name) in [
        (&performance, "now"),
        (&global("Math"), "random"),
        (&page, "setTimeout"),
        (&page, "clearTimeout"),
    ] {
        let world = World::new();
        let _now = no_pauses();
        world.cognito.script(|_, count| match count {
            1 => Reply::Fault(400, "TooManyRequestsException", "Rate exceeded"),
            _ => Reply::Success,
        });
        let client = world.signed_in(&world.session()).await;
        let meddler = Meddler::of(&client);
        let meddling = meddler.clone();
        let (original, this) = (get(target, name), target.clone());
        let body = function(move |first, second| {
            meddling.meddle();
            let args: js_sys::Array = [first, second].iter().collect();
            apply(&original, &this, &args)
        });
        let patch = Patch::value(target, name, &body);
        let result = settled(name, client.sign_out(Options::default())).await;
        assert!(result.signed_out_locally(), "{name}: {result:?}");
        meddler.is_settled().await;
        drop(patch);
        is_calm(&world, &meddler).await;
    }
}

/// An `AbortSignal` of another make: calls back wherever it is touched.
struct Signal {
    object: JsValue,
    listeners: Rc<RefCell<Vec<JsValue>>>,
    aborted: Rc<Cell<bool>>,
}

impl Signal {
    fn new(meddler: &Meddler) -> Signal {
        let signal = Signal {
            object: object(&[]),
            listeners: Rc::default(),
            aborted: Rc::default(),
        };
        let (meddling, listeners) = (meddler.clone(), signal.listeners.clone());
        let add = function(move |_, listener| {
            meddling.meddle();
            listeners.borrow_mut().push(listener);
            Ok(JsValue::UNDEFINED)
        });
        let (meddling, listeners) = (meddler.clone(), signal.listeners.clone());
        let remove = function(move |_, listener| {
            meddling.meddle();
            listeners.borrow_mut().retain(|known| *known != listener);
            Ok(JsValue::UNDEFINED)
        });
        set(&signal.object, "addEventListener", add);
        set(&signal.object, "removeEventListener", remove);
        let (meddling, aborted) = (meddler.clone(), signal.aborted.clone());
        let getter = move || {
            meddling.meddle();
            Ok(aborted.get().into())
        };
        std::mem::forget(Patch::getter(&signal.object, "aborted", getter));
        signal
    }

    fn abort(&self) {
        self.aborted.set(true);
        let listeners = self.listeners.borrow().clone();
        for listener in listeners {
            // One that was taken off meanwhile is not called.
            let there = self.listeners.borrow().contains(&listener);
            if there {
                apply(&listener, &self.object, &js_sys::Array::new()).unwrap();
            }
        }
    }
}

#[wasm_bindgen_test]
async fn a_signal_that_calls_back() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    world.cognito.script(|_, _| Reply::Silence);
    let meddler = Meddler::of(&client);
    // It is quiet until the run has no callers but those with this signal.
    meddler.left.set(0);
    let signal = Signal::new(&meddler);
    let hooks = Hooks {
        signal: Some(signal.object.clone()),
        ..Hooks::default()
    };
    let runs = [(); 2].map(|()| client.sign_out_with(Options::default(), hooks.clone()));
    meddler.left.set(OFTEN);
    signal.abort();
    world.cognito.script(|_, _| Reply::Success);
    for run in runs {
        let result = settled("signOut", run).await;
        assert!(result.signed_out_locally(), "{result:?}");
    }
    is_calm(&world, &meddler).await;
}

#[wasm_bindgen_test]
async fn a_way_out_and_a_logger_that_call_back() {
    let world = World::new();
    let config = world.hosted(&["https://app.example.com/bye"]);
    // The logger is given before there is a client.
    let late: Rc<RefCell<Option<Meddler>>> = Rc::default();
    let logging = late.clone();
    let log = function(move |_, _| {
        let meddler = logging.borrow().clone();
        if let Some(meddler) = meddler {
            meddler.meddle();
        }
        Ok(JsValue::UNDEFINED)
    });
    let logger = object(&[("debug", log.clone()), ("warn", log)]);
    let client = Client::with_objects(config, None, Some(logger));
    client.store_tokens(world.session().tokens()).await.unwrap();
    let meddler = Meddler::of(&client);
    *late.borrow_mut() = Some(meddler.clone());
    let leaving = meddler.clone();
    let navigate = function(move |_, _| {
        leaving.meddle();
        Err(js_error("no way out"))
    });
    let hooks = Hooks {
        navigate: Some(navigate.unchecked_into()),
        ..Hooks::default()
    };
    let options = Options {
        hosted_ui: HostedUiMode::Redirect,
        ..Options::default()
    };
    let run = client.sign_out_with(options, hooks);
    let result = partial(settled("signOut", run).await);
    let hosted = result.hosted_ui_error.unwrap();
    assert_eq!(hosted.error.code, AuthErrorCode::Navigation);
    is_calm(&world, &meddler).await;
}

#[wasm_bindgen_test]
async fn a_retry_from_within_a_listener() {
    let world = World::new();
    world.cognito.script(|_, count| match count {
        1 => Reply::Fault(400, "NotAuthorizedException", "Not now."),
        _ => Reply::Success,
    });
    let client = world.signed_in(&world.session()).await;
    let runs: Runs = Rc::default();
    let result = partial(settled("signOut", client.sign_out(Options::default())).await);
    let (retry, again) = (result.retry.clone().unwrap(), runs.clone());
    let listener = client.on_signed_out(move |_| again.borrow_mut().push(retry.run()));
    complete(settled("retry", result.retry.as_ref().unwrap().run()).await);
    client.off_signed_out(listener);
    loop {
        let run = runs.borrow_mut().pop();
        let Some(run) = run else { break };
        complete(settled("the retry inside", run).await);
    }
    assert_eq!(world.cognito.targets(), ["RevokeToken"; 2]);
}
