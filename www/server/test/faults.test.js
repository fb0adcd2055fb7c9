import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";

import { startLocalCognito } from "../src/index.js";
import { JANE, call } from "./support/api.js";
import { form } from "./support/browser.js";

/** @import { LocalCognito } from "../src/types.d.ts" */

/**
 * @typedef {object} Row of the corpus
 * @property {string} [op]
 * @property {string} [path]
 * @property {number} status
 * @property {string} [type]
 * @property {string} [message]
 * @property {string} [body]
 * @property {Record<string, string>} [headers]
 */

/** @type {{ json_api: Row[], oauth: Row[], robustness: Row[] }} */
const corpus = JSON.parse(
  readFileSync(
    new URL("./fixtures/cognito-responses.json", import.meta.url),
    "utf8",
  ),
);

/** @type {LocalCognito} */
let cognito;

before(async () => {
  cognito = await startLocalCognito();
});
beforeEach(() => cognito.control.reset());
after(() => cognito.close());

function revoke() {
  const tokens = cognito.control.addSession({ username: JANE });
  const input = { Token: tokens.refreshToken, ClientId: cognito.clientId };
  return { tokens, answer: call(cognito, "RevokeToken", input) };
}

describe("every row of the corpus can be produced", () => {
  for (const { op = "", status, type, message, body } of corpus.json_api)
    test(`${op} ${status} ${type ?? JSON.stringify(body)} ${message ?? ""}`, async () => {
      cognito.control.addFault({
        operation: op,
        answer: {
          status,
          ...(type === undefined ? {} : { type }),
          ...(message === undefined ? {} : { message }),
          ...(body === undefined ? {} : { body }),
        },
      });
      const answer = await call(cognito, op, {});
      assert.equal(answer.status, status);
      assert.equal(
        answer.headers.get("content-type"),
        "application/x-amz-json-1.1",
      );
      if (type === undefined) {
        assert.equal(answer.text, body);
        assert.equal(answer.type, null);
        return;
      }
      assert.equal(answer.type, `${type}:`);
      assert.equal(answer.body.__type, type);
      if (message !== undefined) assert.equal(answer.message, message);
      assert.equal(answer.body.message, answer.message);
    });

  for (const { path = "", status, body = "" } of corpus.oauth)
    test(`${path} ${status} ${body}`, async () => {
      cognito.control.addFault({
        operation: path,
        answer: {
          status,
          headers: { "content-type": "application/json" },
          body,
        },
      });
      const response = await fetch(cognito.origin + path, form({}));
      assert.equal(response.status, status);
      assert.equal(await response.text(), body);
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
    });

  for (const { status, headers = {}, body = "" } of corpus.robustness)
    test(`${status} ${JSON.stringify(headers)} ${body}`, async () => {
      cognito.control.addFault({
        operation: "RevokeToken",
        answer: { status, headers, body },
      });
      const answer = await call(cognito, "RevokeToken", {});
      assert.equal(answer.status, status);
      assert.equal(answer.text, body);
      for (const name of [
        "content-type",
        "retry-after",
        "x-amzn-errortype",
        "x-amzn-errormessage",
        "x-amzn-requestid",
      ])
        assert.equal(answer.headers.get(name), headers[name] ?? null, name);
    });
});

describe("how an answer goes wrong", () => {
  test("dropped: before the operation, or after it", async () => {
    for (const processed of [false, true]) {
      cognito.control.addFault({
        operation: "RevokeToken",
        times: 1,
        drop: true,
        processed,
      });
      const { tokens, answer } = revoke();
      await assert.rejects(answer);
      assert.equal(
        cognito.control.isTokenValid(tokens.refreshToken),
        !processed,
      );
      const [logged] = cognito.control.requests().slice(-1);
      assert.equal(logged?.status, null);
      assert.equal(logged?.processed, processed);
    }
    assert.equal((await revoke().answer).status, 200);
  });

  test("while some fault drops connections, none is used twice", async () => {
    const connection = async () =>
      (await revoke().answer).headers.get("connection");
    assert.equal(await connection(), "keep-alive");
    cognito.control.addFault({ operation: "GetUser", drop: true });
    assert.equal(await connection(), "close");
    cognito.control.clearFaults();
    assert.equal(await connection(), "keep-alive");
  });

  test("silence: the request arrives, and nothing comes back", async () => {
    cognito.control.addFault({ operation: "RevokeToken", silence: true });
    const aborted = new AbortController();
    const asked = fetch(cognito.origin, {
      method: "POST",
      headers: {
        "x-amz-target": "AWSCognitoIdentityProviderService.RevokeToken",
      },
      signal: aborted.signal,
    });
    while (cognito.control.requests().length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    aborted.abort();
    await assert.rejects(asked, { name: "AbortError" });
    assert.equal(cognito.control.requests()[0]?.status, null);
  });

  test("an error although the operation ran", async () => {
    cognito.control.addFault({
      operation: "RevokeToken",
      processed: true,
      answer: { type: "InternalErrorException" },
    });
    const { tokens, answer } = revoke();
    assert.equal((await answer).status, 500);
    assert.equal(cognito.control.isTokenValid(tokens.refreshToken), false);
  });

  test("a body in pieces arrives whole; a cut one does not", async () => {
    const { accessToken } = cognito.control.addSession({ username: JANE });
    const getUser = () =>
      call(cognito, "GetUser", { AccessToken: accessToken });
    cognito.control.addFault({
      operation: "GetUser",
      times: 1,
      slowBody: { bytes: 16, everyMs: 1 },
    });
    assert.equal((await getUser()).body.Username, JANE);
    for (const cutBody of [0, 10]) {
      cognito.control.addFault({ operation: "GetUser", times: 1, cutBody });
      await assert.rejects(getUser());
    }
    assert.equal((await getUser()).status, 200);
  });

  test("no CORS headers, on answers and preflights", async () => {
    for (const operation of ["RevokeToken", "preflight"])
      cognito.control.addFault({ operation, noCors: true });
    const { headers } = await revoke().answer;
    assert.equal(headers.get("access-control-allow-origin"), null);
    const preflight = await fetch(cognito.origin, { method: "OPTIONS" });
    assert.equal(preflight.headers.get("access-control-allow-origin"), null);
  });

  test("latency before and after still gives the true answer", async () => {
    cognito.control.addFault({
      operation: "*",
      latencyMs: 1,
      answerDelayMs: 1,
    });
    assert.equal((await revoke().answer).status, 200);
  });

  test("what is held back, before the operation or after it, goes on when its fault is removed", async () => {
    const forever = 2 ** 31 - 1;
    for (const where of ["latencyMs", "answerDelayMs"]) {
      const { id } = cognito.control.addFault({
        operation: "RevokeToken",
        // Spent by the first request, it still holds that back.
        times: 1,
        [where]: forever,
      });
      const { tokens, answer } = revoke();
      const log = () => cognito.control.requests().at(-1);
      const isDone = where === "answerDelayMs";
      while (log()?.fault !== id || log()?.processed !== isDone)
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal(cognito.control.isTokenValid(tokens.refreshToken), !isDone);
      assert.equal(log()?.status, null);
      cognito.control.clearFaults({ operation: "GetUser" });
      assert.equal((await revoke().answer).status, 200);
      cognito.control.removeFault(id);
      assert.equal((await answer).status, 200);
      assert.equal(cognito.control.isTokenValid(tokens.refreshToken), false);
      assert.throws(() => cognito.control.removeFault(id));
    }
  });

  test("the hosted UI has faults too: an answer lost after the code was spent", async () => {
    cognito.control.addFault({
      operation: "/oauth2/token",
      drop: true,
      processed: true,
    });
    await assert.rejects(fetch(`${cognito.origin}/oauth2/token`, form({})));
    cognito.control.clearFaults();
    cognito.control.addFault({
      operation: "/logout",
      answer: { status: 503, headers: {}, body: "down" },
    });
    const response = await fetch(`${cognito.origin}/logout`);
    assert.equal(response.status, 503);
  });
});

describe("which requests a fault meets", () => {
  const throttled = { type: "TooManyRequestsException" };

  test("as many as it has times, oldest fault first", async () => {
    const { control } = cognito;
    control.addFault({ operation: "RevokeToken", times: 2, answer: throttled });
    control.addFault({
      operation: "*",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    const types = [];
    for (let index = 0; index < 4; index += 1)
      types.push((await revoke().answer).type);
    assert.deepEqual(types, [
      "TooManyRequestsException:",
      "TooManyRequestsException:",
      "ForbiddenException:",
      null,
    ]);
    assert.deepEqual(control.faults(), []);
  });

  test("those of its client only, by the client id or by the token", async () => {
    const { control, clientId } = cognito;
    const { id } = control.addClient({});
    const fault = { clientId: id, answer: throttled };
    control.addFault({ ...fault, operation: "RevokeToken" });
    control.addFault({ ...fault, operation: "GlobalSignOut" });
    for (const client of [clientId, id]) {
      const tokens = control.addSession({ username: JANE, clientId: client });
      const expected = client === id ? "TooManyRequestsException:" : null;
      const revoked = await call(cognito, "GlobalSignOut", {
        AccessToken: tokens.accessToken,
      });
      assert.equal(revoked.type, expected);
      const input = { Token: tokens.refreshToken, ClientId: client };
      const signedOut = await call(cognito, "RevokeToken", input);
      assert.equal(signedOut.type, expected);
    }
    control.clearFaults({ clientId: id, operation: "RevokeToken" });
    const left = control.faults();
    assert.deepEqual(
      left.map(({ operation, seen, left: more }) => [operation, seen, more]),
      [["GlobalSignOut", 1, null]],
    );
    control.removeFault(Number(left[0]?.id));
    assert.deepEqual(control.faults(), []);
  });

  for (const [fault, message] of /** @type {[any, RegExp][]} */ ([
    [null, /must be an object/],
    [{}, /"operation" must be a string/],
    [{ operation: "Nothing" }, /"operation" must be one of/],
    [{ operation: "GetUser", typo: 1 }, /no field "typo"/],
    [{ operation: "GetUser", times: 0 }, /"times"/],
    [
      { operation: "GetUser", drop: true, silence: true },
      /both silence and drop/,
    ],
    [{ operation: "GetUser", processed: true }, /"processed" goes with/],
    [{ operation: "preflight", clientId: "x" }, /names no client/],
    [{ operation: "GetUser", answer: { status: 99 } }, /"answer.status"/],
    [{ operation: "GetUser", answer: { headers: { a: 1 } } }, /header "a"/],
    [{ operation: "GetUser", answer: { type: "a b" } }, /"answer.type"/],
    [{ operation: "GetUser", answer: { message: "a\nb" } }, /can't be sent/],
    [{ operation: "GetUser", slowBody: { bytes: 0 } }, /slowBody.bytes/],
  ]))
    test(`refused: ${JSON.stringify(fault)}`, () => {
      assert.throws(() => cognito.control.addFault(fault), {
        name: "TypeError",
        message,
      });
    });
});
