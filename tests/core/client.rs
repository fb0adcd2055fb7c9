//! The client where there is no page: it compiles as it does for a page, and says that it can do nothing.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cognito_signout::{
    AuthError, AuthErrorCode, Client, Config, Hooks, Secret, SignOutFuture, SignOutOptions,
    SignOutResult, Status, Subscription, Tokens,
};

fn client() -> Client {
    Client::new(
        Config::builder("eu-central-1_AbC123", "client1")
            .build()
            .unwrap(),
    )
}

/// The output of a future that waits for nothing.
fn now<T>(future: impl Future<Output = T> + Send) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn a_server_may_move_it_between_threads() {
    const fn is_send_and_sync<T: Send + Sync>() {}
    const {
        is_send_and_sync::<Client>();
        is_send_and_sync::<Config>();
        is_send_and_sync::<SignOutFuture>();
        is_send_and_sync::<SignOutResult>();
        is_send_and_sync::<Subscription>();
    }
}

#[test]
fn each_call_is_an_invalid_state() {
    fn refused<T>(result: Result<T, AuthError>) {
        assert_eq!(result.err().unwrap().code, AuthErrorCode::InvalidState);
    }
    let (client, token) = (client(), Secret::new("token"));
    refused(now(client.open()));
    refused(now(client.store_tokens(Tokens::new("token"))));
    refused(now(client.load_tokens()));
    refused(now(client.refresh_tokens()));
    refused(now(client.revoke_token(&token)));
    refused(now(client.global_sign_out(&token)));
    assert_eq!(now(client.take_sign_out_result()), None);
    assert!(!client.is_signing_out());
    drop(client.on_signed_out(|_| panic!("nobody signs out here")));
    client.dispose();
}

#[test]
fn a_sign_out_fails() {
    let client = client();
    for result in [
        now(client.sign_out(SignOutOptions::default())),
        now(client.sign_out_with(SignOutOptions::default(), Hooks::default())),
    ] {
        assert_eq!(result.status(), Status::Failed);
        assert!(!result.is_complete() && !result.signed_out_locally());
        let SignOutResult::Failed(failed) = result else {
            panic!("{result:?}");
        };
        assert_eq!(failed.error.code, AuthErrorCode::InvalidState);
    }
}

#[test]
fn a_clone_is_the_same_client() {
    let one = client();
    assert_eq!(one, one.clone());
    assert_ne!(one, client());
    assert!(format!("{one:?}").contains("client1"));
}
