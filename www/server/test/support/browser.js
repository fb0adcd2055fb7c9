import { createHash, randomBytes } from "node:crypto";

/** @import { LocalCognito } from "../../src/types.d.ts" */

/** As little of a browser as the hosted UI needs: cookies by name and path, redirects followed by hand. */
export class Browser {
  /** @type {{ name: string, value: string, path: string, attributes: string }[]} */
  cookies = [];

  /** @param {string | URL} address @param {RequestInit} [init] */
  async open(address, init = {}) {
    const url = new URL(address);
    const sent = this.cookies
      .filter(({ path }) => url.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`);
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, cookie: sent.join("; ") },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  /** Opens an address and goes where it leads, on the same origin. @param {string | URL} address @param {RequestInit} [init] */
  async follow(address, init) {
    let at = new URL(address);
    let response = await this.open(at, init);
    for (let hops = 0; hops < 10; hops += 1) {
      const location = response.headers.get("location");
      const next = location && new URL(location, at);
      if (!next || next.origin !== at.origin)
        return { at, response, left: next || null };
      await response.arrayBuffer();
      at = next;
      response = await this.open(at);
    }
    throw new Error("too many redirects");
  }

  /** @param {string} name */
  cookie(name) {
    return this.cookies.find((cookie) => cookie.name === name);
  }

  /** @param {string} line */
  #keep(line) {
    const [pair = "", ...attributes] = line.split("; ");
    const [name = "", value = ""] = pair.split("=");
    const path = /path=([^;]+)/i.exec(line)?.[1] ?? "/";
    this.cookies = this.cookies.filter(
      (cookie) => cookie.name !== name || cookie.path !== path,
    );
    const isGone = /expires=Thu, 01 Jan 1970/i.test(line);
    if (!isGone)
      this.cookies.push({
        name,
        value,
        path,
        attributes: attributes.join("; "),
      });
  }
}

/** @param {Record<string, string>} fields @returns {RequestInit} */
export function form(fields) {
  return { method: "POST", body: new URLSearchParams(fields) };
}

export function pkce() {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  return { verifier, challenge };
}

/**
 * @param {LocalCognito} cognito
 * @param {Record<string, string>} [fields] over a plain code request
 */
export function authorizeUrl(cognito, fields = {}) {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: cognito.clientId,
    redirect_uri: "http://localhost:5173/",
    scope: "openid",
    ...fields,
  });
  return `${cognito.origin}/oauth2/authorize?${query}`;
}
