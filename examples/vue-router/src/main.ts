import { createApp } from "vue";
import { configure } from "cognito-signout/eager";
import App from "./App.vue";
import { config } from "./config";
import { router } from "./router";

configure(config).catch(console.error);
createApp(App).use(router).mount("#app");
