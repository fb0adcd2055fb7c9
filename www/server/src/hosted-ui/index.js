import { authorize, login, resume } from "./authorize.js";
import { asCrossSite } from "./cookie.js";
import { discovery } from "./discovery.js";
import { logout } from "./logout.js";
import { createProvider } from "./provider.js";
import { revokeByForm } from "./revoke.js";
import { signIn } from "./sign-in.js";
import { Storage } from "./storage.js";
import { token } from "./token.js";
import { userInfo } from "./user-info.js";

/** @import { Answer, Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/** The hosted UI's domain and the issuer's documents. @param {Pool} pool */
export async function createHostedUI(pool) {
  const storage = new Storage(pool);
  const provider = await createProvider(pool, storage);

  return {
    storage,

    /** @param {Exchange} received @returns {Promise<Answer | null>} null for a path that is not its own */
    async answer(received) {
      const exchange = asCrossSite(received);
      const { method, path } = exchange;
      const isGet = method === "GET" || method === "HEAD";
      if (isGet && path === "/oauth2/authorize")
        return authorize(pool, provider, exchange);
      if (isGet && path.startsWith("/oauth2/authorize/"))
        return resume(pool, provider, exchange);
      if (isGet && path === "/login") return login(exchange);
      if (path.startsWith("/login/"))
        return signIn(pool, provider, storage, exchange);
      if (isGet && path === "/logout") return logout(pool, storage, exchange);
      if (path === "/oauth2/userInfo") return userInfo(pool, exchange);
      if (method === "POST" && path === "/oauth2/token")
        return token(pool, provider, exchange);
      if (method === "POST" && path === "/oauth2/revoke")
        return revokeByForm(pool, exchange);
      return isGet ? discovery(pool, path) : null;
    },
  };
}
