// What Cognito's quotas do to thousands who sign out at once: the native simulation's figures as docs/scale.md and a picture.
import { writeFile } from "node:fs/promises";
import { format } from "prettier";
import { inRoot } from "../scripts/lib/paths.mjs";
import { Failure, must } from "../scripts/lib/run.mjs";
import { lines, picture } from "./lib/svg.mjs";

/**
 * @typedef {object} Row one simulated fleet; see tests/machine/fleet.rs
 * @property {string} policy
 * @property {number} browsers
 * @property {boolean} global
 * @property {number} withinMs
 * @property {number} signedOutLocally
 * @property {number} complete
 * @property {number} medianMs
 * @property {number} slowMs
 * @property {number} sent
 * @property {number} again
 * @property {number} refused
 * @property {number} revokedInTime
 * @property {number} revokedAtLast
 * @property {[first: number, again: number][]} load by tenth of a second
 */

const CROWD = 10_000;
const POLICIES = ["shipped", "no jitter", "no retry", "patient"];

/** @param {number} value */
const whole = (value) => Math.round(value).toLocaleString("en-GB");

/** @param {Row[]} rows */
function draw(rows) {
  /**
   * @param {string} policy
   * @param {boolean} global
   * @returns {[number, number][]}
   */
  const shares = (policy, global) =>
    rows
      .filter(
        (row) =>
          row.policy === policy &&
          row.global === global &&
          row.withinMs === 1000,
      )
      .sort((a, b) => a.browsers - b.browsers)
      .map((row) => [row.browsers, (100 * row.complete) / row.browsers]);
  /**
   * @param {string} policy
   * @returns {[number, number][]}
   */
  const load = (policy) =>
    (
      rows.find(
        (row) =>
          row.policy === policy &&
          !row.global &&
          row.browsers === CROWD &&
          row.withinMs === 0,
      )?.load ?? []
    )
      .slice(0, 20)
      .map(([first, again], tenth) => [tenth / 10, first + again]);
  const size = { top: 10, width: 450, height: 330 };
  return picture(
    960,
    350,
    "How many sign-outs complete within the time limit, by how many sign out in the same second; and the requests that arrive, with and without jitter",
    [
      lines({
        ...size,
        left: 10,
        title: "Complete within the time limit",
        x: {
          name: "browsers that sign out in the same second",
          ticks: [10, 100, 1000, 10_000],
          log: true,
          says: whole,
        },
        y: { name: "%", ticks: [0, 25, 50, 75, 100] },
        series: [
          { name: "local", points: shares("shipped", false) },
          { name: "global", points: shares("shipped", true) },
          { name: "local, one try", points: shares("no retry", false) },
          { name: "global, one try", points: shares("no retry", true) },
        ],
      }),
      lines({
        ...size,
        left: 490,
        title: "Requests per tenth of a second",
        x: {
          name: "seconds after 10,000 browsers sign out at once, locally",
          ticks: [0, 0.5, 1, 1.5, 2],
        },
        y: {
          name: "requests",
          ticks: [0, 1000, 2000, 3000, 4000, 5000],
          says: whole,
        },
        series: [
          { name: "full jitter (as shipped)", points: load("shipped") },
          { name: "no jitter", points: load("no jitter") },
          { name: "one try", points: load("no retry") },
        ],
      }),
    ].join("\n"),
  );
}

/** @param {Row[]} rows */
function table(rows) {
  const lines = rows
    .filter(({ browsers }) => browsers === CROWD)
    .map((row) => {
      const when =
        row.withinMs === 0
          ? "at once"
          : row.withinMs === 1000
            ? "in one second"
            : "in a minute";
      const most = Math.max(...row.load.map(([first, again]) => first + again));
      return [
        `${row.global ? "global" : "local"}, ${when}`,
        row.policy,
        ...[row.signedOutLocally, row.complete, row.revokedAtLast].map(whole),
        ...[row.medianMs, row.slowMs].map(whole),
        ...[row.sent, row.again, row.refused].map(whole),
        row.withinMs === 60_000 ? "" : whole(most),
      ];
    })
    .sort(
      (a, b) =>
        String(a[0]).localeCompare(String(b[0])) ||
        POLICIES.indexOf(a[1] ?? "") - POLICIES.indexOf(b[1] ?? ""),
    );
  return [
    "| who signs out | policy | signed out here | complete | revoked in the end | settled: median ms | 95 % ms | requests | of them further tries | refused | most in 0.1 s |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

/** Simulates, and writes docs/scale.md and docs/scale.svg. */
export async function scale() {
  const output = await must("cargo", [
    ...["test", "--locked", "--test", "machine_scale"],
    ...["--", "--ignored", "--nocapture", "figures"],
  ]);
  const json = /^figures (.*)$/m.exec(output)?.[1];
  if (json === undefined)
    throw new Failure("The simulation printed no figures.");
  /** @type {Row[]} */
  const rows = JSON.parse(json);
  /**
   * @param {string} policy
   * @param {boolean} global
   * @param {number} withinMs
   * @param {number} [browsers]
   */
  const of = (policy, global, withinMs, browsers = CROWD) => {
    const found = rows.find(
      (row) =>
        row.policy === policy &&
        row.global === global &&
        row.withinMs === withinMs &&
        row.browsers === browsers,
    );
    if (!found) throw new Failure(`no figures for ${policy}`);
    return found;
  };
  const [second, minute] = [
    of("shipped", false, 1000),
    of("shipped", false, 60_000),
  ];
  const [globalSecond, globalMinute] = [
    of("shipped", true, 1000),
    of("shipped", true, 60_000),
  ];
  const [patient, globalPatient] = [
    of("patient", false, 1000),
    of("patient", true, 1000),
  ];
  const most = (/** @type {string} */ policy) =>
    Math.max(
      ...of(policy, false, 0).load.map(([first, again]) => first + again),
    );
  const mostAgain = (/** @type {string} */ policy) =>
    Math.max(...of(policy, false, 0).load.map(([, again]) => again));
  const text = `# When everybody signs out at once

Cognito takes 25 GlobalSignOut and 120 RevokeToken a second for an account and a region, and 10 writes a second for a user. \`npm run bench -- scale\` lets ${whole(CROWD)}
browsers sign out against that, in virtual time and natively: each runs the state machine and the retry policy as shipped. The model
(\`tests/machine/fleet.rs\`) holds a second's worth of each quota; a request takes 20 to 120 ms each way, the first one a preflight more; pages are closed within ten
minutes. \`tests/machine_scale.rs\` asserts what holds whatever the quotas refuse: **all are signed out on their device, each promise settles within the time limit, no \`complete\` is untrue, and no
browser sends a request more than three times**, plus once in \`pagehide\`.

![How many sign-outs complete, and the load](scale.svg)

What the quotas let through within the time limit is all that can complete, whatever a client does: some 840 local sign-outs of one second, and 175 global ones. In the same second ${whole(second.complete)} of ${whole(CROWD)} local sign-outs complete (with one try ${whole(of("no retry", false, 1000).complete)}) and
${whole(globalSecond.complete)} global ones (${whole(of("no retry", true, 1000).complete)}); over a minute ${whole(minute.complete)} and ${whole(globalMinute.complete)}. All others are told so, as \`partial\` with \`throttled\`, nearly all within a second and a half. A crowd of up to about
twice the quota completes whole: there the second and the third try are worth their load. Far above it they triple the load (${whole(of("no retry", false, 1000).sent)} requests become ${whole(second.sent)}) for ${whole(second.complete - of("no retry", false, 1000).complete)} more that
complete; three tries are the bound, so it never grows beyond that, and it is over in two seconds.

**Jitter** turns three waves into one that ebbs away (on the right). At pauses this short its peaks are not much lower: the fullest tenth of a second has ${whole(mostAgain("shipped"))} further tries with it and
${whole(mostAgain("no jitter"))} without; and since full jitter halves the average pause, its further tries meet more of the first ones: ${whole(most("shipped"))} requests in the fullest tenth, and ${whole(most("no jitter"))} without.

**What is left unrevoked** differs. A global sign-out that is refused holds its RevokeToken back and sends it as the page is closed, which spreads the crowd over ten minutes: in the end ${whole(globalSecond.revokedAtLast)} of ${whole(CROWD)} refresh
tokens are dead. A local one has had its three tries, and sends none in \`pagehide\`: ${whole(second.revokedAtLast)}.

**What could be better.** Pauses that fill the time limit ("patient": up to 1.5 and 3 s) let ${whole(patient.complete)} and ${whole(globalPatient.complete)} complete in place of ${whole(second.complete)} and ${whole(globalSecond.complete)}, but most users would wait
${whole(patient.medianMs)} ms in place of ${whole(second.medianMs)} to be told of a failure, and before a redirect there is one second. One more RevokeToken in \`pagehide\`, where the three tries failed for a transient cause, would revoke nearly all of the crowd's tokens; the
contract allows it for a held-back one alone. Neither is done. Whoever signs a whole user base out does better from the server, or spreads it over time.

${table(rows)}
`;
  const path = inRoot("docs/scale.md");
  await writeFile(path, await format(text, { filepath: path }));
  await writeFile(inRoot("docs/scale.svg"), draw(rows));
  console.log(
    `docs/scale.md and docs/scale.svg are written (${rows.length} simulated crowds).`,
  );
}
