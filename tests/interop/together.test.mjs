// Several libraries and users at once, in one page: one sign-out ends them all.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, until } from "../e2e/lib/world.mjs";
import { signIn, whoIsIn } from "./lib/amplify.mjs";
import {
  assertAllEnded,
  enterPassword,
  namesLeft,
  useInterop,
} from "./lib/interop.mjs";

describe(
  "Amplify v6, amazon-cognito-identity-js and oidc-client-ts together",
  {
    timeout: HANGS_MS * 2,
  },
  () => {
    const world = useInterop("together");

    for (const lastUser of [true, false]) {
      test(`each with a user of its own, ${lastUser ? "one of them the last" : "and no LastAuthUser"}`, async (t) => {
        const { issuer } = world.cognito;
        const jane = await world.visitor(t, { given: { authority: issuer } });
        const { page, username, clientId } = jane;
        const [ann, bob] = [`ann.${username}`, `bob.${username}`];
        for (const name of [ann, bob])
          jane.control.addUser({ username: name, password: PASSWORD });

        await page.evaluate(() => void oidc.manager.signinRedirect());
        await enterPassword(jane);
        await until(
          () => page.evaluate(() => oidc.whoIsIn()),
          "oidc-client-ts takes the code",
        );
        const tokens = [
          ...(await page.evaluate(() => oidc.tokens())),
          ...(await signIn(jane, { username: ann })),
          ...(await page.evaluate(
            ([name, word]) => identity.signIn(name, word),
            /** @type {const} */ ([bob, PASSWORD]),
          )),
        ];
        // Of an app client that this one's name begins, and what is nobody's.
        const others = [
          `CognitoIdentityServiceProvider.${clientId}x.${ann}.accessToken`,
          `CognitoIdentityServiceProvider.${clientId}x.LastAuthUser`,
          `oidc.user:${issuer}:${clientId}x`,
          "theme",
        ];
        await page.evaluate(
          ({ others, lastUser, clientId }) => {
            for (const key of others) localStorage.setItem(key, "theirs");
            if (!lastUser)
              localStorage.removeItem(
                `CognitoIdentityServiceProvider.${clientId}.LastAuthUser`,
              );
          },
          { others, lastUser, clientId },
        );

        const result = await jane.signOut({ hostedUI: "none" });
        assert.equal(result.status, "complete");
        assert.deepEqual(
          await namesLeft(page),
          others.map((key) => `local:${key}`).sort(),
        );
        const nobody = async () => {
          assert.equal(await whoIsIn(page), null);
          assert.equal(await page.evaluate(() => identity.whoIsIn()), null);
          assert.equal(await page.evaluate(() => oidc.whoIsIn()), null);
        };
        await nobody();
        await assertAllEnded(jane, tokens);
        await jane.go("/");
        await nobody();
      });
    }
  },
);
