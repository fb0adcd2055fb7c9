import {
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/**
 * Cognito's flavour of SRP-6a (RFC 5054 with SHA-256), the server's side. Numbers are hashed as bytes with a sign bit
 * (`padHex` in the clients), and the session key is drawn by HKDF under "Caldera Derived Key".
 */

/** The 3072-bit group of RFC 3526, section 4. */
const N = BigInt(
  "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
const g = 2n;

/** @typedef {{ salt: string, v: bigint }} Verifier the salt in hex */
/** @typedef {{ B: string, secretBlock: string }} Greeting B in hex, the block in base64 */

/** @param {bigint} value */
function bytes(value) {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

/** @param {...(string | Buffer)} parts */
function hash(...parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** @param {Buffer} buffer */
function number(buffer) {
  return BigInt(`0x${buffer.toString("hex") || "0"}`);
}

/** @param {bigint} base @param {bigint} exponent */
function power(base, exponent) {
  let result = 1n;
  let square = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

const k = number(hash(bytes(N), bytes(g)));

/**
 * What the server keeps of a password.
 * @param {string} group the pool's name, or the device group
 * @param {string} id the username, or the device key
 * @param {string} password
 * @returns {Verifier}
 */
export function verifierOf(group, id, password) {
  const salt = number(randomBytes(16));
  const x = number(hash(bytes(salt), hash(`${group}${id}:${password}`)));
  return { salt: bytes(salt).toString("hex"), v: power(g, x) };
}

/**
 * What a device's own verifier, as ConfirmDevice brings it, stands for.
 * @param {string} salt base64
 * @param {string} verifier base64
 * @returns {Verifier}
 */
export function deviceVerifier(salt, verifier) {
  return {
    salt: Buffer.from(salt, "base64").toString("hex"),
    v: number(Buffer.from(verifier, "base64")),
  };
}

/** One SRP exchange, from the client's A to its proof. */
export class SrpExchange {
  #A;
  #B;
  #b = number(randomBytes(32));
  #v;
  #group;
  #id;
  #block = randomBytes(128);

  /**
   * @param {string} A hex
   * @param {Verifier} verifier
   * @param {string} group
   * @param {string} id
   * @throws {RangeError} where A is no number of the group (RFC 5054, 2.5.4)
   */
  constructor(A, verifier, group, id) {
    if (!/^[0-9a-f]+$/i.test(A) || BigInt(`0x${A}`) % N === 0n)
      throw new RangeError("SRP_A is not a number of the group");
    this.#A = BigInt(`0x${A}`);
    this.#v = verifier.v;
    this.#B = (k * this.#v + power(g, this.#b)) % N;
    this.#group = group;
    this.#id = id;
  }

  /** @returns {Greeting} */
  get greeting() {
    return {
      B: this.#B.toString(16),
      secretBlock: this.#block.toString("base64"),
    };
  }

  /** @param {string} timestamp @param {string} signature base64 */
  proves(timestamp, signature) {
    const u = number(hash(bytes(this.#A), bytes(this.#B)));
    const S = power(this.#A * power(this.#v, u), this.#b);
    const prk = createHmac("sha256", bytes(u)).update(bytes(S)).digest();
    const key = createHmac("sha256", prk)
      .update("Caldera Derived Key\u0001")
      .digest()
      .subarray(0, 16);
    const expected = createHmac("sha256", key)
      .update(this.#group)
      .update(this.#id)
      .update(this.#block)
      .update(timestamp)
      .digest();
    const given = Buffer.from(signature, "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
