import { html } from "../http/exchange.js";
import { capture } from "./capture.js";
import { sessionCookie } from "./cookie.js";
import { codePage, errorPage, signInPage } from "./pages.js";
import { sentParameters } from "./refusal.js";

/** @import { Provider } from "oidc-provider" */
/** @import { Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */
/** @import { Storage } from "./storage.js" */
/** @import { StoredUser } from "../pool/users.js" */

/**
 * The sign-in page of one authorization request: shown, then posted back.
 * @param {Pool} pool
 * @param {Provider} provider
 * @param {Storage} storage
 * @param {Exchange} exchange
 */
export async function signIn(pool, provider, storage, exchange) {
  const interaction = await find(provider, exchange);
  if (!interaction)
    return html(
      errorPage("The sign-in page has expired.", {
        sent: sentParameters(exchange.url.searchParams),
        advice:
          "A sign-in page is valid for one hour, in the browser that opened it. Start again in the app.",
      }),
      400,
    );
  const action = exchange.path;
  const clientId = String(interaction.params["client_id"]);
  const view = { action, clientId, users: pool.users.all() };
  if (exchange.method !== "POST") return html(signInPage(view));

  const form = new URLSearchParams(exchange.body);
  const ticket = form.get("ticket");
  if (ticket !== null) {
    const step = pool.challenges.get(ticket);
    const user = step && pool.users.get(step.username);
    if (!user || step.clientId !== clientId)
      return html(signInPage({ ...view, error: "Sign in again." }));
    if (form.get("code") !== user.mfaCode)
      return html(
        codePage({ action, ticket, user, error: "Invalid code." }),
        400,
      );
    pool.challenges.close(ticket);
    return finish(provider, storage, exchange, user);
  }

  const oneClick = form.get("one_click");
  const username = form.get("username") ?? "";
  const user =
    oneClick === null ? pool.users.find(username) : pool.users.get(oneClick);
  const isProved = oneClick !== null || user?.password === form.get("password");
  if (!user || !isProved) {
    const error = "Incorrect username or password.";
    return html(signInPage({ ...view, username, error }), 400);
  }
  if (user.mfa === undefined) return finish(provider, storage, exchange, user);
  const step = { username: user.username, clientId };
  return html(codePage({ action, ticket: pool.challenges.put(step), user }));
}

/** @param {Provider} provider @param {Exchange} exchange */
async function find(provider, exchange) {
  /** @type {Awaited<ReturnType<Provider["interactionDetails"]>> | undefined} */
  let found;
  await capture(exchange, async (request, response) => {
    // oidc-provider throws for a missing or expired cookie.
    found = await provider
      .interactionDetails(request, response)
      .catch(() => undefined);
    response.end();
  });
  return found;
}

/**
 * @param {Provider} provider
 * @param {Storage} storage
 * @param {Exchange} exchange
 * @param {StoredUser} user
 */
async function finish(provider, storage, exchange, user) {
  const interaction = await find(provider, exchange);
  const earlier = interaction?.session?.accountId;
  if (interaction && earlier && earlier !== user.username) {
    // Someone else signs in: their session takes the place of the earlier one, and oidc-provider need not ask.
    storage.endSession(sessionCookie(exchange) ?? "");
    interaction.session = undefined;
    await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
  }
  return capture(exchange, (request, response) =>
    provider.interactionFinished(request, response, {
      login: { accountId: user.username },
    }),
  );
}
