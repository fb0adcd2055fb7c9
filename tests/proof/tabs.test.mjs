// Several and many tabs of one browser sign out at once.
import { describe, test } from "node:test";
import { signOutAtOnce } from "../e2e/lib/tabs.mjs";
import { sideBySide, useWorld } from "../e2e/lib/world.mjs";

const world = useWorld();

describe("tabs", sideBySide(1), () => {
  for (const count of [5, 20])
    for (const global of [false, true])
      test(`${count} tabs sign out at once, ${global ? "global" : "local"}: each tells the truth and hears once`, async (t) =>
        signOutAtOnce(await world.visitor(t), count, global));
});
