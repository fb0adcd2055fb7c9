import {
  createHash,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
} from "node:crypto";

/** @typedef {Record<string, unknown>} Claims */
/** @typedef {ReturnType<typeof createSigner>} Signer */

/** The SHA-256 of a token, in hex: how tokens are named wherever they must not be shown. @param {string} token */
export function fingerprint(token) {
  return createHash("sha256").update(token).digest("hex");
}

/** Now, in whole seconds since 1970, as in JWTs. */
export function epochSeconds() {
  return Math.floor(Date.now() / 1000);
}

/** The `at_hash` of an access token (OpenID Connect Core, 3.1.3.6). @param {string} accessToken */
export function atHash(accessToken) {
  const digest = createHash("sha256").update(accessToken).digest();
  return digest.subarray(0, digest.length / 2).toString("base64url");
}

/** @param {unknown} part */
function encode(part) {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** @param {string} part @returns {Claims | null} */
function decode(part) {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** A key pair of one user pool, which signs RS256 as Cognito does. */
export function createSigner() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
  });
  const kid = randomUUID();
  const header = encode({ kid, alg: "RS256" });
  const described = { kid, alg: "RS256", use: "sig" };

  return {
    /** For the key set that everyone may read. */
    publicJwk: { ...publicKey.export({ format: "jwk" }), ...described },
    /** For oidc-provider. */
    privateJwk: { ...privateKey.export({ format: "jwk" }), ...described },

    /** @param {Claims} claims */
    sign(claims) {
      const input = `${header}.${encode(claims)}`;
      const signature = sign("RSA-SHA256", Buffer.from(input), privateKey);
      return `${input}.${signature.toString("base64url")}`;
    },

    /**
     * @param {string} token
     * @returns {{ claims: Claims } | { problem: "malformed" | "signature" }}
     */
    verify(token) {
      const [head = "", body = "", signature = "", ...rest] = token.split(".");
      const claims = decode(body);
      if (rest.length > 0 || !decode(head) || !claims || !signature)
        return { problem: "malformed" };
      const genuine = verify(
        "RSA-SHA256",
        Buffer.from(`${head}.${body}`),
        publicKey,
        Buffer.from(signature, "base64url"),
      );
      return genuine ? { claims } : { problem: "signature" };
    },
  };
}
