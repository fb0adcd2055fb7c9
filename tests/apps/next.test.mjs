// Next.js, app router: a client component, and the server's render, built by Turbopack and by webpack.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { consumer, runIn, serverIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";

const NEXT = "next/dist/bin/next";
const ENV = { NEXT_TELEMETRY_DISABLED: "1" };
const world = useWorld({ app: false });

describe("Next.js", { timeout: 20 * HANGS_MS }, () => {
  for (const bundler of ["turbopack", "webpack"])
    test(bundler, async (t) => {
      const folder = await consumer(`next-${bundler}`, {
        templates: ["tests/apps/page", "tests/apps/next"],
      });
      await runIn(folder, NEXT, ["build", `--${bundler}`], ENV);
      const server = await serverIn(folder, NEXT, ["start", "-p", "0"], ENV);
      t.after(server.close);

      const text = async (/** @type {string} */ path) => {
        const answer = await fetch(server.origin + path);
        assert.equal(answer.status, 200);
        return answer.text();
      };
      assert.match(await text("/"), /<button id="sign-out">/);
      assert.match(
        (await text("/server")).replaceAll("<!-- -->", ""),
        /<output>null failed invalidState<\/output>/,
      );
      await signInAndOut(world, t, `${server.origin}/`);
      assert.doesNotMatch(server.said(), /error|warn|unhandled/i);
    });
});
