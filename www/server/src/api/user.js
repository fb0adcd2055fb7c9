import { ADMIN_SCOPE } from "../pool/clients.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { Input } from "./parameters.js" */

/** @param {Pool} pool @param {Input} input */
export function getUser(pool, input) {
  const { user } = pool.authorize(input["AccessToken"], ADMIN_SCOPE);
  const attributes = Object.entries(user.attributes);
  return {
    Username: user.username,
    UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
    ...(user.mfa
      ? { PreferredMfaSetting: user.mfa, UserMFASettingList: [user.mfa] }
      : {}),
  };
}
