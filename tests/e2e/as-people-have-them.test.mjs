// Configurations as people have them: values that no JSON holds, given in a page.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, sideBySide, useWorld } from "./lib/world.mjs";

const world = useWorld();

const OVER = { access: false, refresh: false };

describe("as people have them", sideBySide(4), () => {
  for (const at of ["storage", "Auth.storage", "Auth.Cognito.storage"])
    test(`${at}: a class with static methods, called on the class`, async (t) => {
      const jane = await world.visitor(t, { configure: false });
      const { userPoolId, userPoolClientId, userPoolEndpoint } = jane.config;
      await jane.page.evaluate(
        async ([at, userPoolId, userPoolClientId, endpoint]) => {
          // As Amplify v5's docs showed it.
          class MyStorage {
            /** @type {Record<string, string>} */
            static memory = {};
            /** @param {string} key @param {string} value */
            static setItem(key, value) {
              this.memory[key] = value;
              return value;
            }
            /** @param {string} key */
            static getItem(key) {
              return Object.hasOwn(this.memory, key)
                ? this.memory[key]
                : undefined;
            }
            /** @param {string} key */
            static removeItem(key) {
              return delete this.memory[key];
            }
            static clear() {
              this.memory = {};
            }
          }
          /** @type {any} */ (globalThis).MyStorage = MyStorage;
          const v5 = { userPoolId, userPoolWebClientId: userPoolClientId };
          const v6 = { userPoolId, userPoolClientId };
          /** @type {any} */
          const config = {
            storage: { ...v6, storage: MyStorage },
            "Auth.storage": { Auth: { ...v5, storage: MyStorage } },
            "Auth.Cognito.storage": {
              Auth: { Cognito: { ...v6, storage: MyStorage } },
            },
          };
          await cs.configure({ ...config[at], userPoolEndpoint: endpoint });
        },
        /** @type {const} */ ([
          at,
          userPoolId,
          userPoolClientId,
          userPoolEndpoint,
        ]),
      );
      const tokens = await jane.signIn();
      const kept = () =>
        jane.page.evaluate(() =>
          Object.keys(/** @type {any} */ (globalThis).MyStorage.memory),
        );
      assert.notDeepEqual(await kept(), []);
      assert.deepEqual(await jane.keys(), []);
      const result = await jane.signOut();
      assert.equal(result.status, "complete");
      assert.equal(result.wasSignedIn, true);
      assert.deepEqual(await kept(), []);
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  test("a class that lacks a method is refused, by its name", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const errors = await jane.page.evaluate(async (config) => {
      class Lacking {
        static getItem() {}
        static setItem() {}
      }
      const { userPoolId, userPoolClientId } = config;
      const v5 = { userPoolId, userPoolWebClientId: userPoolClientId };
      /** @type {any[]} */
      const [lacking, empty] = [Lacking, class {}];
      return Promise.all([
        rejection(cs.configure({ ...config, storage: lacking })),
        rejection(cs.configure({ Auth: { ...v5, storage: lacking } })),
        rejection(cs.configure({ Auth: { ...v5, storage: empty } })),
      ]);
    }, jane.config);
    for (const [index, field] of [
      "storage",
      "Auth.storage",
      "Auth.storage",
    ].entries()) {
      assert.equal(errors[index]?.code, "configuration");
      assert.match(errors[index].message, new RegExp(`^${field}: `));
    }
    assert.match(errors[0].message, /no removeItem/);
  });

  test("cookieStorage: no domain, and a Date for expires", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const { userPoolId, userPoolClientId, userPoolEndpoint } = jane.config;
    const configure = (/** @type {string} */ expires) =>
      jane.page.evaluate(
        ([userPoolId, userPoolWebClientId, endpoint, expires]) => {
          // The domain is an unset variable of the environment.
          const cookieStorage = {
            domain: "",
            path: " ",
            sameSite: "Lax",
            secure: undefined,
            expires: /** @type {any} */ (new Date(expires)),
          };
          return rejection(
            cs.configure({
              Auth: {
                userPoolId,
                userPoolWebClientId,
                endpoint,
                cookieStorage: /** @type {any} */ (cookieStorage),
              },
            }),
          );
        },
        /** @type {const} */ ([
          userPoolId,
          userPoolClientId,
          userPoolEndpoint,
          expires,
        ]),
      );
    for (const bad of ["tomorrow", "2001-01-01"]) {
      const error = await configure(bad);
      assert.equal(error?.code, "configuration");
      assert.match(error.message, /^Auth\.cookieStorage\.expires: /);
    }
    const inTwoDays = Date.now() + 2 * 86_400_000;
    assert.equal(await configure(new Date(inTwoDays).toISOString()), null);
    const tokens = await jane.signIn();
    const cookies = await jane.context.cookies();
    const kept = cookies.filter(({ name }) =>
      name.startsWith("CognitoIdentityServiceProvider"),
    );
    assert.ok(kept.length >= 4, String(kept.length));
    for (const { expires, domain, path } of kept) {
      assert.ok(Math.abs(expires - inTwoDays / 1000) < HANGS_MS / 1000);
      assert.deepEqual([domain, path], ["localhost", "/"]);
    }
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    const left = await jane.context.cookies();
    assert.deepEqual(
      left.filter(({ name }) => name.startsWith("CognitoIdentity")),
      [],
    );
    assert.deepEqual(jane.areValid(tokens), OVER);
  });
});
