// The local Cognito answers as tests/fixtures/cognito-model.json says. The Rust model of Cognito is
// tested with the same file (tests/simulation/parity.rs), so neither can change alone.
//
// `UPDATE_FIXTURES=1 node --test tests/local-cognito/model.test.mjs` records the answers of the
// local Cognito in the file. Scripts with a name keep their steps; those with a seed get new ones.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Player, startServer } from "./lib/player.mjs";
import { RandomSteps, randomOf, randomSettings } from "./lib/random-steps.mjs";

/** @import { Alive, Fixture, PoolSettings, Script, Step } from "./lib/player.mjs" */

const PATH = inRoot("tests/fixtures/cognito-model.json");
const IS_UPDATE = process.env["UPDATE_FIXTURES"] === "1";
const SEEDS = 24;
const STEPS_OF_A_SEED = 25;

/** @type {Fixture} */
const fixture = JSON.parse(await readFile(PATH, "utf8"));
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server.close());

/** @param {import("node:test").TestContext} t @param {PoolSettings} [settings] */
function playerOf(t, settings = {}) {
  t.mock.timers.enable({ apis: ["Date"], now: fixture.start });
  return new Player(server, fixture, settings, t.mock.timers);
}

/** The step as it is written by hand. @param {Step} step */
function withoutResult({ seen: _seen, alive: _alive, ...step }) {
  return step;
}

/**
 * Plays the next step and adds the result; `alive` only if it has changed.
 * @param {Player} player
 * @param {Step} step
 * @param {Alive} before
 * @returns {Promise<{ played: Step, alive: Alive }>}
 */
async function play(player, step, before) {
  const seen = await player.play(step);
  const alive = await player.alive();
  const isSame = JSON.stringify(alive) === JSON.stringify(before);
  const played = {
    ...withoutResult(step),
    ...(seen !== undefined && { seen }),
    ...(isSame ? {} : { alive }),
  };
  return { played, alive };
}

/** @type {Alive} */
const NOTHING = { access: [], refresh: [], cookie: [] };

if (IS_UPDATE) {
  const named = fixture.scripts.filter(({ name }) => name);
  /** @type {Script[]} */
  const scripts = [];
  for (const script of named)
    test(`writes: ${script.name}`, async (t) => {
      const player = playerOf(t, script.pool);
      let alive = NOTHING;
      /** @type {Step[]} */
      const steps = [];
      for (const step of script.steps) {
        const next = await play(player, step, alive);
        steps.push(next.played);
        alive = next.alive;
      }
      scripts.push({ ...script, steps });
    });
  for (let seed = 1; seed <= SEEDS; seed += 1)
    test(`writes: seed ${seed}`, async (t) => {
      const random = randomOf(seed);
      const pool = randomSettings(random);
      const player = playerOf(t, pool);
      const { users } = fixture;
      const clients = Object.keys(fixture.clients);
      const chosen = new RandomSteps(random, player, { clients, users });
      let alive = NOTHING;
      /** @type {Step[]} */
      const steps = [];
      while (steps.length < STEPS_OF_A_SEED) {
        const step = await chosen.next(fixture.clients);
        const next = await play(player, step, alive);
        steps.push(next.played);
        alive = next.alive;
      }
      scripts.push({ seed, pool, steps });
    });
  after(async () => {
    // A script that failed must not be lost.
    if (scripts.length === named.length + SEEDS)
      await writeFile(PATH, text({ ...fixture, scripts }));
  });
} else
  for (const script of fixture.scripts)
    test(script.name ?? `seed ${script.seed}`, async (t) => {
      const player = playerOf(t, script.pool);
      let alive = NOTHING;
      for (const [index, step] of script.steps.entries()) {
        const next = await play(player, step, alive);
        assert.deepEqual(next.played, step, `step ${index + 1}`);
        alive = next.alive;
      }
    });

/** The text of the file, with one step in a line. @param {Fixture} written */
function text({ scripts, ...head }) {
  const shown = scripts.map(({ steps, ...rest }) => {
    const lines = steps.map((step) => `        ${JSON.stringify(step)}`);
    return `    {
      ${JSON.stringify(rest).slice(1, -1)},
      "steps": [
${lines.join(",\n")}
      ]
    }`;
  });
  return `{
  ${JSON.stringify(head).slice(1, -1)},
  "scripts": [
${shown.join(",\n")}
  ]
}
`;
}
