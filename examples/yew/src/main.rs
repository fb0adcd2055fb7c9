//! A small Yew app that signs in with a password and out of everything, with the crate's Rust API alone.

mod cognito;

use cognito_signout::{Client, Config, SignOutOptions, SignOutResult};
use gloo_net::http::Request;
use wasm_bindgen_futures::spawn_local;
use web_sys::{FormData, HtmlFormElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
struct AppProps {
    config: Config,
}

#[component]
fn App(props: &AppProps) -> Html {
    // One configuration, one client: this gives the same one each time.
    let client = Client::new(props.config.clone());
    let state = use_state_eq(Standing::default);

    use_effect_with((), {
        let (client, state) = (client.clone(), state.clone());
        move |()| {
            spawn_local(async move {
                state.set(match client.open().await {
                    Ok(()) => standing(&client).await,
                    Err(error) => Standing::nobody(error),
                });
            });
        }
    });

    let sign_in = {
        let (client, state) = (client.clone(), state.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let form: HtmlFormElement = event.target_unchecked_into();
            let (client, state) = (client.clone(), state.clone());
            spawn_local(async move {
                let (username, password) = (field(&form, "username"), field(&form, "password"));
                state.set(
                    match cognito::sign_in(&client, &username, &password).await {
                        Ok(()) => standing(&client).await,
                        Err(message) => Standing::nobody(message),
                    },
                );
            });
        }
    };

    let sign_out = {
        let state = state.clone();
        move |_: MouseEvent| {
            // The tokens are gone when the call returns its future.
            let result = client.sign_out(SignOutOptions {
                global: true,
                ..SignOutOptions::default()
            });
            let state = state.clone();
            spawn_local(async move {
                let result = result.await;
                state.set(match &result {
                    // The user is to be taken as still signed in.
                    SignOutResult::Failed(failed) => Standing {
                        said: format!("not signed out: {}", failed.error),
                        ..(*state).clone()
                    },
                    result => Standing::nobody(format!("signed out: {}", result.status())),
                });
            });
        }
    };

    html! {
        <main>
            <h1>{ "Yew" }</h1>
            <output>{ state.said.clone() }</output>
            if state.user.is_some() {
                <button id="sign-out" onclick={sign_out}>{ "Sign out everywhere" }</button>
            } else {
                <form onsubmit={sign_in}>
                    <label>
                        { "User name" }
                        <input name="username" autocomplete="username" required=true />
                    </label>
                    <label>
                        { "Password" }
                        <input name="password" type="password" autocomplete="current-password" required=true />
                    </label>
                    <button>{ "Sign in" }</button>
                </form>
            }
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
            Ok(config) => {
                yew::Renderer::<App>::with_props(AppProps { config }).render();
            }
            Err(error) => panic!("{error}"),
        }
    });
}
