// The timeline: each step of a result as a bar, and the moment when the tokens left the storage.
import type { SignOutStep } from "cognito-signout";
import { duration, s } from "./dom.js";
import { outcomeOf, stepWords } from "./words.js";

const HEAD = 26; // where the moment of the clear is told, if there was one
const TOP = 8;
const ROW = 46;
const BAR_TOP = 22;
const BAR = 14;
const OVER = 3; // how far a line stands out of the bars: it runs through them, not through words
const AXIS = 26;
const LEAST = 4; // a bar's least width, so that a step of no time is seen

/** The picture in a frame that it fills, drawn anew when the frame changes its width. */
export function timeline(
  steps: readonly SignOutStep[],
  frame: HTMLElement,
): void {
  const draw = () => {
    const width = Math.max(240, Math.floor(frame.clientWidth));
    if (frame.dataset["width"] === String(width)) return;
    frame.dataset["width"] = String(width);
    frame.replaceChildren(picture(steps, width));
  };
  new ResizeObserver(draw).observe(frame);
}

function picture(steps: readonly SignOutStep[], width: number): SVGSVGElement {
  const total = Math.max(
    1,
    ...steps.map((step) => step.startedAtMs + step.durationMs),
  );
  const tick = tickFor(total, width);
  const end = Math.ceil(total / tick - 1e-9) * tick;
  const x = (ms: number) => (ms / end) * (width - 2) + 1;
  const cleared = steps.find(
    (step) => step.step === "clear" && step.outcome === "ok",
  );
  const clearedAt = cleared && cleared.startedAtMs + cleared.durationMs;
  const stayed = steps.some(
    (step) => step.step === "clear" && step.outcome === "failed",
  );
  const top = TOP + (cleared || stayed ? HEAD : 0);
  const bottom = top + steps.length * ROW;
  const height = bottom + AXIS;
  const down = (at: number) =>
    steps
      .map(
        (_, index) =>
          `M${at} ${top + index * ROW + BAR_TOP - OVER}v${BAR + 2 * OVER}`,
      )
      .join("");

  return s(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-labelledby": "timeline-name timeline-text",
    },
    s("title", { id: "timeline-name" }, "Timeline of the sign-out"),
    s("desc", { id: "timeline-text" }, inWords(steps, clearedAt)),
    s(
      "defs",
      {},
      s(
        "pattern",
        {
          id: "hatch",
          width: 6,
          height: 6,
          patternUnits: "userSpaceOnUse",
          patternTransform: "rotate(45)",
        },
        s("rect", { width: 6, height: 6, class: "hatch-ground" }),
        s("rect", { width: 2.5, height: 6, class: "hatch-line" }),
      ),
    ),
    stayed &&
      s(
        "text",
        { x: 2, y: 14, class: "stayed" },
        "The tokens did not leave the storage",
      ),
    ...steps.map((step, index) => row(step, top + index * ROW, x, width)),
    ...ticks(end, tick).map((ms) =>
      axis(ms, x(ms), down(x(ms)), bottom, width),
    ),
    clearedAt === undefined
      ? null
      : marker(clearedAt, x(clearedAt), down(x(clearedAt)), width),
  );
}

function row(
  step: SignOutStep,
  y: number,
  x: (ms: number) => number,
  width: number,
): SVGElement {
  const barWidth = Math.max(
    LEAST,
    x(step.startedAtMs + step.durationMs) - x(step.startedAtMs),
  );
  const outcome = outcomeOf(step);
  const isBegun = outcome === "ok" || outcome === "failed";
  const shown = isBegun ? barWidth : 26;
  const left = Math.min(x(step.startedAtMs), width - shown - 1);
  const barY = y + BAR_TOP;
  return s(
    "g",
    { class: `step ${outcome}` },
    s("text", { x: 2, y: y + 15, class: "name" }, stepWords(step).name),
    s(
      "text",
      { x: width - 2, y: y + 15, class: "took", "text-anchor": "end" },
      told(step),
    ),
    s("rect", {
      x: 1,
      y: barY,
      width: width - 2,
      height: BAR,
      rx: 4,
      class: "track",
    }),
    isBegun
      ? s("rect", {
          x: left,
          y: barY,
          width: barWidth,
          height: BAR,
          rx: Math.min(4, barWidth / 2),
          class: "bar",
        })
      : s("path", {
          d: `M${left + 4} ${barY + BAR / 2}h18`,
          class: "skip-line",
        }),
  );
}

/** The outcome in words: colour and pattern say it too, but never alone. */
function told(step: SignOutStep): string {
  const outcome = outcomeOf(step);
  switch (outcome) {
    case "ok":
      return `done · ${duration(step.durationMs)}`;
    case "skipped":
    case "held back":
      return outcome;
    case "failed":
      return [
        step.code ?? "failed",
        step.durationMs >= 0.05 && duration(step.durationMs),
      ]
        .filter(Boolean)
        .join(" · ");
  }
}

function marker(
  ms: number,
  at: number,
  lines: string,
  width: number,
): SVGElement {
  const onLeft = at > width / 2;
  const gem = Math.min(Math.max(at, 7), width - 7);
  return s(
    "g",
    { class: "marker" },
    s("path", { d: lines }),
    s("path", { d: `M${gem} 4l6 6-6 6-6-6z`, class: "gem" }),
    s(
      "text",
      {
        x: onLeft ? gem - 12 : gem + 12,
        y: 14,
        "text-anchor": onLeft ? "end" : "start",
      },
      `Tokens out of storage: ${duration(ms)}`,
    ),
  );
}

function axis(
  ms: number,
  at: number,
  lines: string,
  bottom: number,
  width: number,
): SVGElement {
  const anchor = at < 20 ? "start" : at > width - 30 ? "end" : "middle";
  return s(
    "g",
    { class: "axis" },
    s("path", { d: lines }),
    s(
      "text",
      { x: at, y: bottom + 19, "text-anchor": anchor },
      ms === 0 ? "0" : duration(ms).replace(/\.0 /, " "),
    ),
  );
}

/** A round step of 1, 2 or 5 times a power of ten, with room for its label. */
function tickFor(total: number, width: number): number {
  const rough = total / Math.max(2, Math.floor(width / 130));
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function ticks(end: number, tick: number): number[] {
  return Array.from(
    { length: Math.round(end / tick) + 1 },
    (_, index) => index * tick,
  );
}

function inWords(
  steps: readonly SignOutStep[],
  clearedAt: number | undefined,
): string {
  const told = steps.map(
    (step) =>
      `${stepWords(step).name}: ${outcomeOf(step)}, from ${duration(step.startedAtMs)} for ${duration(step.durationMs)}.`,
  );
  if (clearedAt !== undefined)
    told.unshift(
      `The tokens were out of the storage after ${duration(clearedAt)}.`,
    );
  return `${told.join(" ")} The table below says the same.`;
}
