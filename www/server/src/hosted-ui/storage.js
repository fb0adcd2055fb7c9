/** @import { Pool } from "../pool/pool.js" */
/** @typedef {Record<string, any>} Stored */

/** What oidc-provider keeps, in memory, and the pool's app clients as it wants to see them. */
export class Storage {
  /** @type {Map<string, { model: string, payload: Stored, expiresAt: number }>} */
  #entries = new Map();
  #pool;

  /** @param {Pool} pool */
  constructor(pool) {
    this.#pool = pool;
  }

  /** The adapter of one model, in oidc-provider's own terms. @param {string} model */
  adapter(model) {
    /** @param {string} id */
    const key = (id) => `${model}:${id}`;
    /** @param {string} id */
    const read = (id) => {
      const entry = this.#entries.get(key(id));
      return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
    };
    return {
      /** @param {string} id @param {Stored} payload @param {number} expiresIn seconds */
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = Date.now() + expiresIn * 1000;
        this.#entries.set(key(id), { model, payload, expiresAt });
      },
      /** @param {string} id */
      find: async (id) => (model === "Client" ? this.#client(id) : read(id)),
      /** @param {string} uid */
      findByUid: async (uid) => this.#live(model).find((e) => e["uid"] === uid),
      findByUserCode: async () => undefined,
      /** @param {string} id */
      consume: async (id) => {
        const payload = read(id);
        if (payload) payload["consumed"] = Math.floor(Date.now() / 1000);
      },
      /** @param {string} id */
      destroy: async (id) => void this.#entries.delete(key(id)),
      /** @param {string} grantId */
      revokeByGrantId: async (grantId) => {
        for (const [name, entry] of this.#entries)
          if (entry.model === model && entry.payload["grantId"] === grantId)
            this.#entries.delete(name);
      },
    };
  }

  /** Who holds a live cookie. */
  sessions() {
    return this.#live("Session")
      .filter((session) => typeof session["accountId"] === "string")
      .map((session) => ({
        username: String(session["accountId"]),
        createdAt: new Date(Number(session["loginTs"]) * 1000).toISOString(),
      }));
  }

  /** @param {string} id */
  endSession(id) {
    this.#entries.delete(`Session:${id}`);
  }

  clear() {
    this.#entries.clear();
  }

  /** @param {string} model */
  #live(model) {
    const now = Date.now();
    return [...this.#entries.values()]
      .filter((entry) => entry.model === model && entry.expiresAt > now)
      .map((entry) => entry.payload);
  }

  /** @param {string} id */
  #client(id) {
    const client = this.#pool.clients.get(id);
    if (!client) return undefined;
    const isWeb = client.callbackUrls.every((url) => /^https?:/.test(url));
    return {
      client_id: client.id,
      redirect_uris: client.callbackUrls,
      scope: client.scopes.join(" "),
      application_type: isWeb ? "web" : "native",
      response_types: ["code"],
      grant_types: ["authorization_code"],
      // A secret is checked before oidc-provider sees the request.
      token_endpoint_auth_method: "none",
    };
  }
}
