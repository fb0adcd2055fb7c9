import { bootstrapApplication } from "@angular/platform-browser";
import { provideRouter } from "@angular/router";
import { configure } from "cognito-signout/eager";
import { App } from "./app/app";
import { routes } from "./app/routes";
import { config } from "./config";

configure(config).catch(console.error);

bootstrapApplication(App, { providers: [provideRouter(routes)] }).catch(
  console.error,
);
