// How the engine names sessions in the mark (src/session.rs), so that other tabs know theirs.

/**
 * FNV-1a with a final mix, 64 bits.
 * @param {string} text ASCII, as ids and tokens are
 */
function hash(text) {
  let value = 0xcbf29ce484222325n;
  /** @param {bigint} by @param {bigint} [other] */
  const mix = (by, other = value >> 33n) =>
    (value = BigInt.asUintN(64, (value ^ other) * by));
  for (const letter of text) mix(0x100000001b3n, BigInt(letter.charCodeAt(0)));
  mix(0xff51afd7ed558ccdn);
  return mix(1n).toString(16).padStart(16, "0");
}

/**
 * A claim of the first of the tokens that has it. They are read, not verified.
 * @param {string} name
 * @param {(string | undefined)[]} tokens
 * @returns {any}
 */
function claim(name, tokens) {
  for (const token of tokens)
    try {
      const [, payload = ""] = /** @type {string} */ (token).split(".");
      const value = JSON.parse(
        atob(payload.replace(/-/g, "+").replace(/_/g, "/")),
      )[name];
      if (value) return value;
    } catch {
      // Not a JWT.
    }
}

/**
 * The sign-in that a session descends from.
 * @param {import("./sessions.js").Tokens} tokens
 * @returns {string | undefined}
 */
export function identityOf({ accessToken, idToken, refreshToken }) {
  const tokens = [accessToken, idToken];
  const origin = claim("origin_jti", tokens);
  if (origin) return hash(`o${origin}`);
  if (refreshToken) return hash(`r${refreshToken}`);
  const jti = claim("jti", tokens);
  return jti && hash(`j${jti}`);
}
