import { createApp } from "vue";
import { configure } from "cognito-signout";
import App from "./App.vue";
import { config } from "./config";

configure(config).catch(console.error);
createApp(App).mount("#app");
