// An app that signs out by the hooks, under StrictMode and in a tree that can suspend.
import { useSignedOut, useSignOut } from "cognito-signout/react";
import {
  createElement,
  StrictMode,
  Suspense,
  use,
  useEffect,
  useState,
} from "react";
import { createRoot } from "react-dom/client";

const { given } = globalThis.setup ?? {};

/** @type {import("../lib/globals.d.ts").ReactPage} */
const ui = {
  parts: {},
  heard: [],
  identities: new Set(),
  complaints: [],
  show: () => {},
  suspend: () => {},
  resume: () => {},
};
globalThis.ui = ui;
console.error = console.warn = (...told) =>
  void ui.complaints.push(told.map(String).join(" "));
addEventListener("error", ({ message }) => void ui.complaints.push(message));

/** @param {{ name: string }} props */
function Part({ name }) {
  const [clicks, setClicks] = useState(0);
  const state = useSignOut(given?.options);
  const { signOut, isSigningOut, result, retry } = state;
  useSignedOut(({ reason }) => void ui.heard.push([name, clicks, reason]));
  useEffect(() => {
    ui.parts[name] = state;
    ui.identities.add(signOut);
    return () => {
      delete ui.parts[name];
    };
  });
  return createElement(
    "section",
    { id: name },
    createElement("output", null, isSigningOut ? "busy" : result?.status),
    createElement("button", { className: "out", onClick: signOut }, "Sign out"),
    createElement(
      "button",
      { className: "count", onClick: () => setClicks(clicks + 1) },
      clicks,
    ),
    retry &&
      createElement("button", { className: "retry", onClick: retry }, "Retry"),
  );
}

/** @param {{ promise: Promise<void> }} props */
function Wait({ promise }) {
  use(promise);
  return null;
}

/** @returns {Promise<void>} */
const untilResumed = () =>
  new Promise((resolve) => {
    ui.resume = resolve;
  });

// React calls a state's initializer twice.
const first = given?.suspended ? untilResumed() : Promise.resolve();

function App() {
  const [names, setNames] = useState(["a"]);
  const [promise, setPromise] = useState(first);
  ui.show = setNames;
  ui.suspend = () => setPromise(untilResumed());
  return createElement(
    Suspense,
    { fallback: createElement("p", { id: "fallback" }, "One moment.") },
    names.map((name) => createElement(Part, { key: name, name })),
    createElement(Wait, { promise }),
  );
}

const root = /** @type {HTMLElement} */ (document.getElementById("root"));
createRoot(root).render(
  createElement(StrictMode, null, createElement(App, null)),
);
await import("./start.mjs");
