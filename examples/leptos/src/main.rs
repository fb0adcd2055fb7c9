//! A small Leptos app that signs in with a password and out of everything, with the crate's Rust API alone.

mod cognito;

use cognito_signout::{Client, Config, SignOutOptions, SignOutResult};
use gloo_net::http::Request;
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{FormData, HtmlFormElement};

#[component]
fn App(config: Config) -> impl IntoView {
    // In a browser a client stays on its thread; the handle may go anywhere.
    let client = StoredValue::new_local(Client::new(config));
    let state = RwSignal::new(Standing::default());

    spawn_local(async move {
        let client = client.get_value();
        state.set(match client.open().await {
            Ok(()) => standing(&client).await,
            Err(error) => Standing::nobody(error),
        });
    });

    let sign_in = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target() else { return };
        let form: HtmlFormElement = form.unchecked_into();
        let (username, password) = (field(&form, "username"), field(&form, "password"));
        spawn_local(async move {
            let client = client.get_value();
            state.set(
                match cognito::sign_in(&client, &username, &password).await {
                    Ok(()) => standing(&client).await,
                    Err(message) => Standing::nobody(message),
                },
            );
        });
    };

    let sign_out = move |_: MouseEvent| {
        // The tokens are gone when the call returns its future.
        let result = client.get_value().sign_out(SignOutOptions {
            global: true,
            ..SignOutOptions::default()
        });
        spawn_local(async move {
            match &result.await {
                // The user is to be taken as still signed in.
                SignOutResult::Failed(failed) => state.update(|state| {
                    state.said = format!("not signed out: {}", failed.error);
                }),
                result => state.set(Standing::nobody(format!("signed out: {}", result.status()))),
            }
        });
    };

    view! {
        <main>
            <h1>"Leptos"</h1>
            <output>{move || state.get().said}</output>
            <Show
                when=move || state.get().user.is_some()
                fallback=move || {
                    view! {
                        <form on:submit=sign_in>
                            <label>
                                "User name"
                                <input name="username" autocomplete="username" required />
                            </label>
                            <label>
                                "Password"
                                <input
                                    name="password"
                                    type="password"
                                    autocomplete="current-password"
                                    required
                                />
                            </label>
                            <button>"Sign in"</button>
                        </form>
                    }
                }
            >
                <button id="sign-out" on:click=sign_out>
                    "Sign out everywhere"
                </button>
            </Show>
        </main>
    }
}

fn field(form: &HtmlFormElement, name: &str) -> String {
    FormData::new_with_form(form)
        .ok()
        .and_then(|fields| fields.get(name).as_string())
        .unwrap_or_default()
}

/// Who is signed in, and what to tell them.
#[derive(Clone, Default, PartialEq)]
struct Standing {
    user: Option<String>,
    said: String,
}

impl Standing {
    fn nobody(said: impl ToString) -> Self {
        Self {
            user: None,
            said: said.to_string(),
        }
    }
}

async fn standing(client: &Client) -> Standing {
    match client.load_tokens().await {
        Ok(Some(tokens)) => {
            let user = tokens.username.unwrap_or_default();
            Standing {
                said: format!("signed in as {user}"),
                user: Some(user),
            }
        }
        Ok(None) => Standing::nobody("nobody is signed in"),
        Err(error) => Standing::nobody(error),
    }
}

fn main() {
    spawn_local(async {
        let Ok(answer) = Request::get("config.json").send().await else {
            return;
        };
        let text = answer.text().await.unwrap_or_default();
        match Config::from_json(&text) {
            Ok(config) => mount_to_body(move || view! { <App config=config.clone() /> }),
            Err(error) => panic!("{error}"),
        }
    });
}
