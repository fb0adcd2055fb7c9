//! Storages that refuse, lie or never answer: the result says truthfully whether the tokens are gone.

use crate::support::cognito::Reply;
use crate::support::patch::{Patch, function, skipping};
use crate::support::shelf::{Act, Op, Shelf};
use crate::support::wait::{settled, until};
use crate::support::*;
use cognito_signout::Client;
use cognito_signout::config::StorageKind;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::outcome::{Failed, StepName, StepOutcome};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

fn on_shelf(world: &World, shelf: &Shelf) -> Client {
    let config = world.config_of(StorageKind::Custom);
    Client::with_objects(config, Some(shelf.object.clone()), None)
}

/// Signs out: failed(storage), settled, and nobody is told that it worked.
async fn is_failed(world: &World, client: &Client) -> Failed {
    let told = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = told.clone();
    let listener = client.on_signed_out(move |_| count.set(count.get() + 1));
    let result = settled("signOut", client.sign_out(Options::default())).await;
    client.off_signed_out(listener);
    assert_eq!(step(&result, StepName::Clear), Some(StepOutcome::Failed));
    let result = failed(result);
    assert_eq!(result.error.code, AuthErrorCode::Storage);
    assert_eq!(told.get(), 0);
    assert!(!client.is_signing_out());
    // A session that is still there must not be kept from being used, or signed out again.
    assert!(
        matches!(world.mark().as_str(), "" | "[]"),
        "{}",
        world.mark()
    );
    result
}

#[wasm_bindgen_test]
async fn a_removal_that_throws_is_failed_and_the_token_is_revoked_all_the_same() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let patch = patch_storages("removeItem", |_, _| Err(js_error("not allowed")));
    let result = is_failed(&world, &client).await;
    drop(patch);
    assert_eq!(result.error.cause.clone().unwrap().message, "not allowed");
    assert!(result.revoke_token_error.is_none());
    assert_eq!(world.cognito.revoked(), [&*session.refresh]);
    assert_eq!(client.load_tokens().await.unwrap(), Some(session.tokens()));

    // Once the storage works again, so does the sign-out.
    let result = settled("signOut", client.sign_out(Options::default())).await;
    complete(result);
    assert!(world.is_signed_out());
}

#[wasm_bindgen_test]
async fn a_removal_that_is_ignored_is_failed() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let patch = patch_storages("removeItem", |_, _| Ok(JsValue::UNDEFINED));
    is_failed(&world, &client).await;
    drop(patch);
}

#[wasm_bindgen_test]
async fn failed_names_the_tokens_that_could_not_be_revoked() {
    let world = World::new();
    let refused = Reply::Fault(400, "NotAuthorizedException", "Not now.");
    world.cognito.reply("RevokeToken", refused);
    let session = world.session();
    let client = world.signed_in(&session).await;
    let patch = patch_storages("removeItem", |_, _| Err(js_error("not allowed")));
    let result = is_failed(&world, &client).await;
    drop(patch);
    session.is_not_in(&format!("{result:?}"));
    let revoke = result.revoke_token_error.unwrap();
    assert_eq!(revoke.refresh_token.unwrap().expose(), session.refresh);
    assert_eq!(revoke.error.code, AuthErrorCode::NotAuthorized);
}

#[wasm_bindgen_test]
async fn one_key_that_stays_is_enough_and_the_others_go() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let original = get(&get(&global("Storage"), "prototype"), "removeItem");
    let patch = patch_storages("removeItem", move |key, _| {
        match key.as_string().unwrap().ends_with(".accessToken") {
            true => Err(js_error("not allowed")),
            false => apply(&original, &global("localStorage"), &[key].iter().collect()),
        }
    });
    is_failed(&world, &client).await;
    drop(patch);
    let left: Vec<String> = world
        .stored("localStorage")
        .into_iter()
        .map(|e| e.0)
        .collect();
    assert!(left.contains(&"jane.doe.accessToken".to_owned()));
    assert!(!left.contains(&"jane.doe.refreshToken".to_owned()));
}

#[wasm_bindgen_test]
async fn a_storage_that_cannot_be_read_is_failed() {
    let world = World::new();
    let client = world.signed_in(&world.session()).await;
    let patch = patch_storages("getItem", |_, _| Err(js_error("not allowed")));
    let result = settled("signOut", client.sign_out(Options::default())).await;
    let error = client.load_tokens().await.unwrap_err();
    drop(patch);
    assert_eq!(failed(result).error.code, AuthErrorCode::Storage);
    assert_eq!(error.code, AuthErrorCode::Storage);
}

#[wasm_bindgen_test]
async fn a_storage_that_gives_no_strings_is_no_panic() {
    for value in [
        JsValue::from(5),
        object(&[]),
        JsValue::TRUE,
        js_sys::Symbol::for_("x").into(),
        js_sys::Array::new().into(),
    ] {
        let world = World::new();
        let client = world.signed_in(&world.session()).await;
        let given = value.clone();
        let patch = patch_storages("getItem", move |_, _| Ok(given.clone()));
        settled("signOut", client.sign_out(Options::default())).await;
        let _ = settled("loadTokens", client.load_tokens()).await;
        drop(patch);
        // The storage can be read again.
        settled("signOut", client.sign_out(Options::default())).await;
        assert!(world.is_signed_out(), "{value:?}");

        let world = World::new();
        let shelf = Shelf::new();
        let client = on_shelf(&world, &shelf);
        client.store_tokens(world.session().tokens()).await.unwrap();
        let given = value.clone();
        set(
            &shelf.object,
            "getItem",
            function(move |_, _| Ok(given.clone())),
        );
        settled("signOut", client.sign_out(Options::default())).await;
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn a_blocked_local_storage_is_failed_and_an_error_elsewhere() {
    for blocked in [true, false] {
        let world = World::new();
        // A sandboxed frame throws; some embedded views have none.
        let patch = Patch::getter(&js_sys::global(), "localStorage", move || match blocked {
            true => Err(js_error("The operation is insecure.")),
            false => Ok(JsValue::NULL),
        });
        let client = world.client();
        let stored = client.store_tokens(world.session().tokens()).await;
        assert_eq!(stored.unwrap_err().code, AuthErrorCode::Storage);
        let loaded = client.load_tokens().await;
        assert_eq!(loaded.unwrap_err().code, AuthErrorCode::Storage);
        let result = settled("signOut", client.sign_out(Options::default())).await;
        assert_eq!(failed(result).error.code, AuthErrorCode::Storage);
        assert!(!client.is_signing_out());
        assert!(client.open().await.is_ok());
        drop(patch);
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn memory_works_where_everything_is_blocked() {
    let world = World::new();
    let throws = || Err(js_error("The operation is insecure."));
    let patches = ["localStorage", "sessionStorage"]
        .map(|name| Patch::getter(&js_sys::global(), name, throws));
    let session = world.session();
    let client = Client::new(world.config_of(StorageKind::Memory));
    client.store_tokens(session.tokens()).await.unwrap();
    let run = client.sign_out(Options::default());
    assert!(client.is_signing_out());
    complete(settled("signOut", run).await);
    assert_eq!(client.load_tokens().await.unwrap(), None);
    // The mark is kept in memory: the session does not come back.
    let again = client.store_tokens(session.tokens()).await;
    assert_eq!(again.unwrap_err().code, AuthErrorCode::TokenRevoked);
    drop(patches);
    assert_eq!(world.cognito.revoked(), [session.refresh]);
}

#[wasm_bindgen_test]
async fn a_storage_of_the_apps_own_that_refuses_to_remove() {
    for act in [Act::Throw, Act::Reject, Act::Ignore] {
        for shelf in [Shelf::new(), Shelf::without_keys()] {
            let world = World::new();
            let session = world.session();
            let client = on_shelf(&world, &shelf);
            client.store_tokens(session.tokens()).await.unwrap();
            shelf.act(Op::Remove, act);
            is_failed(&world, &client).await;
            assert_eq!(world.cognito.revoked(), [session.refresh], "{act:?}");
            world.is_quiet().await;
        }
    }
}

#[wasm_bindgen_test]
async fn what_a_removal_throws_does_not_count_where_the_tokens_are_gone() {
    let world = World::new();
    let shelf = Shelf::new();
    let client = on_shelf(&world, &shelf);
    client.store_tokens(world.session().tokens()).await.unwrap();
    let remove = get(&shelf.object, "removeItem");
    let rude = function(move |key, _| {
        apply(&remove, &JsValue::UNDEFINED, &[key].iter().collect())?;
        Err(js_error("done, but rudely"))
    });
    set(&shelf.object, "removeItem", rude);
    let result = settled("signOut", client.sign_out(Options::default())).await;
    complete(result);
}

#[wasm_bindgen_test]
async fn a_storage_of_the_apps_own_that_cannot_be_read() {
    for (op, act) in [
        (Op::Get, Act::Throw),
        (Op::Get, Act::Reject),
        (Op::Keys, Act::Throw),
        (Op::Keys, Act::Reject),
        (Op::Keys, Act::Ignore),
    ] {
        let world = World::new();
        let shelf = Shelf::new();
        let client = on_shelf(&world, &shelf);
        client.store_tokens(world.session().tokens()).await.unwrap();
        shelf.act(op, act);
        let result = settled("signOut", client.sign_out(Options::default())).await;
        let result = failed(result);
        assert_eq!(result.error.code, AuthErrorCode::Storage, "{op:?} {act:?}");
        assert!(!client.is_signing_out());
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn a_storage_that_never_answers_is_failed_in_time() {
    for op in [Op::Get, Op::Remove, Op::Keys] {
        let world = World::new();
        let shelf = Shelf::new();
        let session = world.session();
        let client = on_shelf(&world, &shelf);
        client.store_tokens(session.tokens()).await.unwrap();
        shelf.act(op, Act::Hang);
        let time = skipping();
        let clock = || call(&global("performance"), "now", &[]).as_f64().unwrap();
        let began = clock();
        let result = settled("signOut", client.sign_out(Options::default())).await;
        let took = clock() - began;
        let loaded = settled("loadTokens", client.load_tokens()).await;
        drop(time);
        // A storage that is asked to remove and says nothing still holds the tokens, or can't be told from one.
        assert_eq!(failed(result).error.code, AuthErrorCode::Storage, "{op:?}");
        // Five seconds for all calls to the storage together, and five for Cognito.
        assert!(took <= 10_000.0, "{op:?}: {took} ms");
        assert_eq!(loaded.is_err(), op != Op::Remove, "{op:?}");
        if op == Op::Remove {
            let expected = [session.refresh];
            until("it is revoked", || world.cognito.revoked() == expected).await;
        }
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn while_an_asynchronous_storage_clears_calls_join() {
    let world = World::new();
    let shelf = Shelf::new();
    shelf.rule(|_, _| Act::Promise);
    let session = world.session();
    let client = on_shelf(&world, &shelf);
    client.store_tokens(session.tokens()).await.unwrap();
    let first = client.sign_out(Options::default());
    let second = client.sign_out(everywhere());
    assert!(client.is_signing_out());
    complete(settled("the first", first).await);
    complete(settled("the second", second).await);
    assert_eq!(world.cognito.targets(), ["GlobalSignOut", "RevokeToken"]);
    world.is_quiet().await;
}

#[wasm_bindgen_test]
async fn a_full_storage_is_no_reason_to_stay_signed_in() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    // The mark can't be written.
    let patch = patch_storages("setItem", |_, _| Err(js_error("QuotaExceededError")));
    let result = settled("signOut", client.sign_out(Options::default())).await;
    complete(result);
    let stored = client.store_tokens(world.session().tokens()).await;
    assert_eq!(stored.unwrap_err().code, AuthErrorCode::Storage);
    drop(patch);
    assert!(world.is_signed_out());
    let again = client.store_tokens(session.tokens()).await;
    assert_eq!(again.unwrap_err().code, AuthErrorCode::TokenRevoked);
}

#[wasm_bindgen_test]
async fn a_mark_that_was_tampered_with_never_blocks() {
    for text in [
        "",
        "null",
        "{",
        "[1,{}]",
        "\u{0}",
        "[{\"h\":\"zz\",\"t\":1e999}]",
    ] {
        let world = World::new();
        set_item("localStorage", &world.own_key("ended"), text);
        let client = world.signed_in(&world.session()).await;
        assert!(!client.is_signing_out());
        let result = settled("signOut", client.sign_out(Options::default())).await;
        complete(result);
        until("the run has settled", || !client.is_signing_out()).await;
    }
}
