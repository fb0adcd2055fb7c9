// What is seen of a run, in plain words.
import { count, duration } from "../dom.js";
import { errorsOf } from "../words.js";
import type { Run } from "./run.js";

export type Tone = "plain" | "good" | "warn" | "bad";
export type Words = readonly [tone: Tone, words: string];

const after = (run: Run, at: number) => duration(at - (run.calledAt ?? at));

/** The run in a few words. */
export function verdict(run: Run): Words {
  if (run.phase === "signing in") return ["plain", "Signing in…"];
  const isShown = run.apps.map((app) => app.shown() !== undefined);
  if (run.cameBack && run.stored.length > 0) return ["bad", "Signed in again"];
  if (run.stored.length > 0)
    return run.phase === "over"
      ? ["bad", "Still signed in"]
      : ["plain", "Signing out…"];
  if (isShown.includes(true))
    return run.phase === "over"
      ? ["bad", `Tab ${isShown.indexOf(true) + 1} still shows the user`]
      : ["plain", "Signing out…"];
  if (run.phase !== "over" || !run.server?.accepted)
    return ["good", "Signed out"];
  return run.result
    ? ["warn", "Signed out here, the rest is reported"]
    : ["bad", "Signed out here, the rest unreported"];
}

export function promiseWords(run: Run): Words {
  const { calledAt, settledAt, result, rejected } = run;
  if (calledAt === undefined) return ["plain", "signOut() was not called yet."];
  if (settledAt === undefined)
    return [
      run.phase === "over" ? "bad" : "plain",
      `Pending for ${duration(performance.now() - calledAt)}${run.phase === "over" ? ", with no time limit" : ""}.`,
    ];
  const time = after(run, settledAt);
  if (rejected !== undefined)
    return ["bad", `Rejected after ${time}: ${rejected}`];
  if (!result) return ["plain", `Resolved after ${time}, without a result.`];
  const settled = run.hasRetried
    ? `retry() settled: ${result.status}.`
    : `Settled after ${time}: ${result.status}.`;
  const [error] = errorsOf(result);
  return [
    result.status === "complete" ? "good" : "warn",
    error
      ? `${settled} ${error.error.message}`
      : `${settled} All that was asked for is done.`,
  ];
}

export function storageWords(run: Run): Words {
  const tokens = count(run.stored.length, "token");
  if (run.calledAt === undefined) return ["plain", `${tokens}.`];
  if (run.stored.length > 0)
    return run.cameBack
      ? ["bad", `${tokens}: the refresh stored them again.`]
      : [run.phase === "over" ? "bad" : "plain", `${tokens} still there.`];
  if (run.leftAtReturn === 0)
    return [
      "good",
      run.cameBack
        ? "No token. They were gone when signOut() returned; what the refresh stored was removed."
        : "No token. They were gone when signOut() returned.",
    ];
  return run.goneAt === undefined
    ? ["plain", "No token."]
    : ["good", `No token, ${after(run, run.goneAt)} after the call.`];
}

export function serverWords(run: Run): Words {
  const accepted = run.server?.accepted;
  if (accepted === undefined)
    return ["plain", run.server?.detail ?? "Not asked yet."];
  if (!accepted) return ["good", `Refused: ${run.server?.detail}.`];
  if (run.phase !== "over") return ["plain", "Works."];
  return run.result
    ? ["warn", "Still works. The result says so."]
    : ["bad", "Still works."];
}

/** The end of a run in a sentence, for those who hear the page. */
export function inASentence(run: Run): string {
  const [, words] = verdict(run);
  const promise =
    run.settledAt === undefined
      ? "its promise is still pending"
      : run.result
        ? `its promise says “${run.result.status}”`
        : "its promise says nothing";
  return `${words}; ${promise}.`;
}
