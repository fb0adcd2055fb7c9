//! Storing and loading a session, with the types of the crate.

use crate::support::wait::settled;
use crate::support::*;
use cognito_signout::{Client, SignInMethod, Tokens};
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
async fn tokens_do_not_print() {
    let world = World::new();
    let session = world.session();
    let client = world.signed_in(&session).await;
    let loaded = load(&client).await;
    session.is_not_in(&format!("{loaded:?} {:?}", session.tokens()));
}
