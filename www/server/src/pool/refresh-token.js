import { randomBytes } from "node:crypto";

const HEADER = Buffer.from(
  JSON.stringify({ cty: "JWT", enc: "A256GCM", alg: "RSA-OAEP" }),
).toString("base64url");

/** Bytes of the encrypted key, the vector, the text and the tag: the sizes seen in Cognito's own. */
const PARTS = [256, 12, 830, 16];

/** A refresh token looks like Cognito's, an encrypted JWT in five parts, and is as long; what it holds is random. */
export function newRefreshToken() {
  const parts = PARTS.map((size) => randomBytes(size).toString("base64url"));
  return [HEADER, ...parts].join(".");
}
