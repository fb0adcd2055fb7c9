import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A certificate for localhost, signed by itself (X.509, RFC 5280), written out in DER by hand: Node can read such, not make it. */

const YEAR_MS = 365 * 24 * 3600 * 1000;
const COMMON_NAME = "2.5.4.3";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const ECDSA_SHA256 = "1.2.840.10045.4.3.2";

/** @param {number} tag @param {...Buffer} contents */
function der(tag, ...contents) {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length =
    size < 0x80
      ? [size]
      : size < 0x100
        ? [0x81, size]
        : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** @param {...Buffer} items */
const sequence = (...items) => der(0x30, ...items);

/** @param {string} dotted */
function oid(dotted) {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const encoded = rest.flatMap((part) => {
    const bytes = [part & 0x7f];
    for (let high = part >> 7; high > 0; high >>= 7)
      bytes.unshift((high & 0x7f) | 0x80);
    return bytes;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...encoded]));
}

/** @param {Date} date */
function utcTime(date) {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(digits.slice(2)));
}

/** @param {string} id @param {Buffer} value */
function extension(id, value) {
  return sequence(oid(id), der(0x04, value));
}

/** @param {Buffer} bytes @param {string} label */
function pem(bytes, label) {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [
    `-----BEGIN ${label}-----`,
    ...lines,
    `-----END ${label}-----`,
    "",
  ].join("\n");
}

/** @returns {import("./listen.js").Certificate} */
export function selfSigned() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const algorithm = sequence(oid(ECDSA_SHA256));
  const name = sequence(
    der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from("localhost")))),
  );
  const now = Date.now();
  const serial = randomBytes(8);
  serial[0] = 0x01;
  const names = sequence(
    der(0x82, Buffer.from("localhost")),
    der(0x82, Buffer.from("*.localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name,
    sequence(
      utcTime(new Date(now - YEAR_MS / 365)),
      utcTime(new Date(now + YEAR_MS)),
    ),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        extension(SUBJECT_ALT_NAME, names),
        extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([0xff])))),
      ),
    ),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = sequence(
    body,
    algorithm,
    der(0x03, Buffer.from([0]), signature),
  );
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem(certificate, "CERTIFICATE"),
  };
}
