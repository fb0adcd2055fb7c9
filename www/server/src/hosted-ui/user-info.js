import { json } from "../http/exchange.js";
import { ServiceError } from "../pool/service-error.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/** `/oauth2/userInfo`, which needs the scope openid. @param {Pool} pool @param {Exchange} exchange */
export function userInfo(pool, { headers }) {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  try {
    const { user } = pool.authorize(bearer, "openid");
    return json({ ...user.attributes, username: user.username });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const refused = {
      error: "invalid_token",
      error_description: error.message,
    };
    const answer = json(refused, 401);
    const fields = Object.entries(refused).map(([k, v]) => `${k}="${v}"`);
    answer.headers["www-authenticate"] = `Bearer ${fields.join(", ")}`;
    return answer;
  }
}
