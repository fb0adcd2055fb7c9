//! A small Yew app that signs in with a password and out of everything, with the crate's Rust API alone.

mod cognito;

use cognito_signout::Client;
use cognito_signout::config::Config;
use cognito_signout::options::SignOutOptions;
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
    let state = use_state_eq(String::new);

    use_effect_with((), {
        let (client, state) = (client.clone(), state.clone());
        move |()| {
            spawn_local(async move {
                state.set(match client.open().await {
                    Ok(()) => standing(&client).await,
                    Err(error) => error.to_string(),
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
                        Err(message) => message,
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
            spawn_local(async move { state.set(format!("signed out: {}", result.await.status())) });
        }
    };

    html! {
        <main>
            <h1>{ "Rust" }</h1>
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
            <output>{ (*state).clone() }</output>
            <button id="sign-out" onclick={sign_out}>{ "Sign out everywhere" }</button>
        </main>
    }
}

fn field(form: &HtmlFormElement, name: &str) -> String {
    FormData::new_with_form(form)
        .ok()
        .and_then(|fields| fields.get(name).as_string())
        .unwrap_or_default()
}

/// Who is signed in.
async fn standing(client: &Client) -> String {
    match client.load_tokens().await {
        Ok(Some(tokens)) => format!("signed in as {}", tokens.username.unwrap_or_default()),
        Ok(None) => "nobody is signed in".into(),
        Err(error) => error.to_string(),
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
