// Amplify Gen 2's amplify_outputs.json at the local Cognito, in a browser without flags: one line names the endpoint.
/// <reference path="./lib/globals.d.ts" />
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { signIn, whoIsIn } from "./lib/amplify.mjs";
import { bundled } from "./lib/bundle.mjs";
import { assertAllEnded, namesLeft } from "./lib/interop.mjs";

/** @import { Visitor } from "../e2e/lib/world.mjs" */

/** @param {Visitor} visitor */
const outputs = ({ clientId, world: { cognito } }) => ({
  version: "1.4",
  auth: {
    aws_region: "us-east-1",
    user_pool_id: cognito.userPoolId,
    user_pool_client_id: clientId,
    username_attributes: ["email"],
    standard_required_attributes: ["email"],
    user_verification_types: ["email"],
    mfa_configuration: "NONE",
    password_policy: {
      min_length: 8,
      require_lowercase: true,
      require_numbers: true,
      require_symbols: true,
      require_uppercase: true,
    },
    unauthenticated_identities_enabled: false,
  },
});

describe("amplify_outputs.json and one line", { timeout: HANGS_MS * 4 }, () => {
  let remove = async () => {};
  const world = useWorld({
    app: async () => {
      const { app, remove: end } = await bundled("outputs", "production");
      remove = end;
      return app;
    },
  });
  after(() => remove());

  test("signs in at the local Cognito, and out", async (t) => {
    const jane = await world.visitor(t, {
      config: outputs,
      given: { endpoint: world.cognito.origin },
    });
    /** @type {Set<string>} */
    const asked = new Set();
    jane.page.on("request", (request) =>
      asked.add(new URL(request.url()).origin),
    );
    for (const global of [false, true]) {
      const tokens = await signIn(jane, { authFlowType: "USER_SRP_AUTH" });
      assert.equal(await whoIsIn(jane.page), jane.username);
      const { status, wasSignedIn } = await jane.signOut({ global });
      assert.deepEqual([status, wasSignedIn], ["complete", true]);
      assert.deepEqual(await namesLeft(jane.page), []);
      assert.equal(await whoIsIn(jane.page), null);
      await assertAllEnded(jane, tokens);
    }
    assert.deepEqual([...asked], [world.cognito.origin]);
  });
});
