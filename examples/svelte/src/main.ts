import { mount } from "svelte";
import { configure } from "cognito-signout";
import App from "./App.svelte";
import { config } from "./config";

configure(config).catch(console.error);
mount(App, { target: document.querySelector("#app")! });
