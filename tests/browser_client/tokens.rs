//! Storing and loading a session, in every storage.

use crate::support::shelf::{Act, Op, Shelf};
use crate::support::wait::settled;
use crate::support::*;
use cognito_signout::Client;
use cognito_signout::config::StorageKind;
use cognito_signout::error::AuthErrorCode;
use cognito_signout::session::{SignInMethod, Tokens};
use wasm_bindgen_test::*;

/// The entries that Amplify v6 reads as this session, under the client's prefix, sorted.
fn entries(session: &Session) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = [
        ("LastAuthUser", session.username.as_str()),
        ("jane.doe.accessToken", &session.access),
        ("jane.doe.clockDrift", "0"),
        ("jane.doe.idToken", &session.id_token),
        ("jane.doe.refreshToken", &session.refresh),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    match session.method {
        None => {}
        Some(SignInMethod::Api) => entries.push((
            "jane.doe.signInDetails".to_owned(),
            r#"{"loginId":"jane.doe"}"#.to_owned(),
        )),
        Some(SignInMethod::HostedUi) => entries.extend([
            (
                "jane.doe.oauthMetadata".to_owned(),
                r#"{"oauthSignIn":true}"#.to_owned(),
            ),
            ("oauthSignIn".to_owned(), "true,false".to_owned()),
        ]),
    }
    entries.sort();
    entries
}

async fn load(client: &Client) -> Option<Tokens> {
    settled("loadTokens", client.load_tokens()).await.unwrap()
}

async fn round_trip(client: &Client, session: &Session) {
    assert_eq!(load(client).await, None);
    settled("storeTokens", client.store_tokens(session.tokens()))
        .await
        .unwrap();
    assert_eq!(load(client).await, Some(session.tokens()));
}

#[wasm_bindgen_test]
async fn local_storage_gets_the_keys_of_amplify_and_raw_strings() {
    for method in [None, Some(SignInMethod::Api), Some(SignInMethod::HostedUi)] {
        let world = World::new();
        let mut session = world.session();
        session.method = method;
        round_trip(&world.client(), &session).await;
        assert_eq!(world.stored("localStorage"), entries(&session));
        assert_eq!(world.stored("sessionStorage"), []);
        assert!(world.cognito.sent().is_empty());
    }
}

#[wasm_bindgen_test]
async fn session_storage() {
    let world = World::new();
    let session = world.session();
    let client = Client::new(world.config_of(StorageKind::Session));
    round_trip(&client, &session).await;
    assert_eq!(world.stored("sessionStorage"), entries(&session));
    assert_eq!(world.stored("localStorage"), []);
}

#[wasm_bindgen_test]
async fn memory_leaves_no_trace() {
    let world = World::new();
    let session = world.session();
    let client = Client::new(world.config_of(StorageKind::Memory));
    round_trip(&client, &session).await;
    for storage in ["localStorage", "sessionStorage"] {
        assert_eq!(world.stored(storage), []);
    }
    let cookies = text_of(&global("document"), "cookie");
    assert!(!cookies.contains(&world.id));
}

#[wasm_bindgen_test]
async fn cookies() {
    let world = World::new();
    let session = world.session();
    let client = Client::new(world.config_of(StorageKind::Cookie));
    round_trip(&client, &session).await;
    assert_eq!(world.stored("localStorage"), []);
    let cookies = text_of(&global("document"), "cookie");
    let pair = [
        &world.key("jane.doe.refreshToken"),
        "=",
        session.refresh.as_str(),
    ]
    .concat();
    assert!(cookies.split("; ").any(|cookie| cookie == pair));

    let done = settled("signOut", client.sign_out(Options::default())).await;
    assert!(complete(done).was_signed_in);
    let cookies = text_of(&global("document"), "cookie");
    assert!(!cookies.contains(&world.id), "{cookies}");
}

#[wasm_bindgen_test]
async fn a_storage_of_the_apps_own() {
    for shelf in [Shelf::new(), Shelf::without_keys()] {
        for act in [Act::Do, Act::Promise] {
            let world = World::new();
            let session = world.session();
            shelf.rule(move |_, _| act);
            let client = Client::with_objects(
                world.config_of(StorageKind::Custom),
                Some(shelf.object.clone()),
                None,
            );
            round_trip(&client, &session).await;
            let prefix = world.key("");
            let stored: Vec<(String, String)> = shelf
                .entries()
                .into_iter()
                .filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value)))
                .collect();
            assert_eq!(stored, entries(&session));
            assert_eq!(world.stored("localStorage"), []);

            let done = settled("signOut", client.sign_out(Options::default())).await;
            assert!(complete(done).was_signed_in);
            let left: Vec<String> = shelf.entries().into_keys().collect();
            assert!(left.iter().all(|key| !key.contains(&world.id)), "{left:?}");
            assert_eq!(world.cognito.revoked(), [session.refresh]);
            world.is_quiet().await;
        }
    }
}

#[wasm_bindgen_test]
async fn the_newer_session_wins_and_both_end() {
    let world = World::new();
    let old = Session::new(&world.id, "john");
    let new = world.session();
    let client = world.signed_in(&old).await;
    client.store_tokens(new.tokens()).await.unwrap();
    assert_eq!(load(&client).await, Some(new.tokens()));

    let result = settled("signOut", client.sign_out(Options::default())).await;
    complete(result);
    assert!(world.is_signed_out());
    let mut revoked = world.cognito.revoked();
    revoked.sort();
    let mut both = [old.refresh, new.refresh];
    both.sort();
    assert_eq!(revoked, both);
}

#[wasm_bindgen_test]
async fn a_storage_that_refuses_leaves_the_session_before() {
    let kinds = [Act::Throw, Act::Reject, Act::Ignore];
    for act in kinds {
        let world = World::new();
        let (old, new) = (world.session(), world.session());
        let shelf = Shelf::new();
        let client = Client::with_objects(
            world.config_of(StorageKind::Custom),
            Some(shelf.object.clone()),
            None,
        );
        client.store_tokens(old.tokens()).await.unwrap();
        let before = shelf.entries();

        let access = new.access.clone();
        let writes = std::cell::Cell::new(0);
        shelf.rule(move |op, key| {
            let refused = op == Op::Set && key.ends_with("idToken") && writes.replace(1) == 0;
            if refused { act } else { Act::Do }
        });
        let error = settled("storeTokens", client.store_tokens(new.tokens()))
            .await
            .unwrap_err();
        assert_eq!(error.code, AuthErrorCode::Storage);
        assert!(!format!("{error:?}").contains(&access));
        assert_eq!(shelf.entries(), before, "{act:?}");
        assert_eq!(load(&client).await, Some(old.tokens()));
        world.is_quiet().await;
    }
}

#[wasm_bindgen_test]
async fn a_storage_that_cannot_be_read_is_an_error_and_not_a_signed_out_user() {
    for act in [Act::Throw, Act::Reject] {
        for shelf in [Shelf::new(), Shelf::without_keys()] {
            let world = World::new();
            let client = Client::with_objects(
                world.config_of(StorageKind::Custom),
                Some(shelf.object.clone()),
                None,
            );
            client.store_tokens(world.session().tokens()).await.unwrap();
            shelf.act(Op::Get, act);
            let error = settled("loadTokens", client.load_tokens())
                .await
                .unwrap_err();
            assert_eq!(error.code, AuthErrorCode::Storage);
            assert_eq!(
                error.cause.clone().unwrap().message,
                "the storage is broken"
            );
            world.is_quiet().await;
        }
    }
}

#[wasm_bindgen_test]
async fn without_an_access_token_nobody_is_signed_in() {
    let world = World::new();
    set_item(
        "localStorage",
        &world.key("jane.doe.refreshToken"),
        "a-refresh-token",
    );
    set_item("localStorage", &world.key("LastAuthUser"), "jane.doe");
    assert_eq!(load(&world.client()).await, None);
}

#[wasm_bindgen_test]
async fn tokens_do_not_print() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let loaded = load(&client).await;
    session.is_not_in(&format!("{loaded:?} {:?}", session.tokens()));
}
