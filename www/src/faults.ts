// The switches: how the server is to answer, and whether the browser's storage obeys.
import { faults, setFault, type Fault } from "./control.js";
import { button, h } from "./dom.js";

type Preset = [
  value: string,
  label: string,
  fault: Omit<Fault, "operation" | "latencyMs">,
];

const COMMON: Preset[] = [
  ["ok", "Answers as it should", {}],
  [
    "throttled",
    "Too many requests",
    { answer: { type: "TooManyRequestsException", message: "Rate exceeded" } },
  ],
  [
    "error",
    "Internal error (500)",
    { answer: { type: "InternalErrorException" } },
  ],
  ["silence", "Never answers", { silence: true }],
  ["drop", "Connection drops", { drop: true }],
  ["lost", "Does it, but the answer is lost", { drop: true, processed: true }],
  [
    "portal",
    "A captive portal answers",
    {
      answer: {
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html>Welcome to our Wi-Fi</html>",
      },
    },
  ],
];

const OPERATIONS: { name: string; what: string; presets: Preset[] }[] = [
  {
    name: "RevokeToken",
    what: "ends this session",
    presets: [
      ...COMMON,
      [
        "off",
        "Revocation is off for this client",
        {
          answer: {
            type: "UnsupportedOperationException",
            message: "Operation is not supported.",
          },
        },
      ],
    ],
  },
  {
    name: "GlobalSignOut",
    what: "ends all sessions of the user",
    presets: [
      ...COMMON,
      [
        "scope",
        "The token lacks the scope",
        {
          answer: {
            type: "NotAuthorizedException",
            message: "Access Token does not have required scopes",
          },
        },
      ],
      [
        "revoked",
        "The token was revoked before",
        {
          answer: {
            type: "NotAuthorizedException",
            message: "Access Token has been revoked",
          },
        },
      ],
    ],
  },
];

const LATENCIES = [0, 100, 500, 2000];

export interface Faults {
  /** Takes over what is in force on the server. */
  load(): Promise<void>;
  /** Switches all faults off. */
  clear(): Promise<void>;
  /** Whether any is on. */
  any(): boolean;
}

/** Fills the panel. */
export function faultsPanel(panel: HTMLElement): Faults {
  const rows = OPERATIONS.map((operation) => operationRow(operation, apply));
  const storage = h("input", {
    type: "checkbox",
    id: "fault-storage",
    "aria-describedby": "fault-storage-hint",
  });
  const status = h("p", { class: "note", role: "status" });
  storage.addEventListener("change", () => {
    obeyStorage(!storage.checked);
    describe();
  });
  panel.append(
    h("h3", { id: "faults-title" }, "Make things go wrong"),
    ...rows.map((row) => row.element),
    h(
      "p",
      { class: "check" },
      storage,
      h("label", { for: "fault-storage" }, "Storage refuses to forget"),
      h(
        "span",
        { class: "hint", id: "fault-storage-hint" },
        "The browser throws when a token is to be removed: then, and only then, a user stays signed in.",
      ),
    ),
    h(
      "p",
      { class: "buttons" },
      button("All well again", "", () => void clear()),
    ),
    status,
  );

  const any = () => storage.checked || rows.some((row) => row.fault() !== null);

  function describe(): void {
    const on = rows
      .filter((row) => row.fault() !== null)
      .map((row) => row.name);
    if (storage.checked) on.push("the storage");
    status.textContent = on.length
      ? `Going wrong: ${on.join(", ")}.`
      : "All is well.";
  }

  async function apply(name: string, fault: Fault | null): Promise<void> {
    await setFault(name, fault).then(describe, () => {
      status.textContent = "The local Cognito did not take that.";
    });
  }

  async function clear(): Promise<void> {
    storage.checked = false;
    obeyStorage(true);
    for (const row of rows) {
      row.set(undefined);
      await apply(row.name, null);
    }
  }

  return {
    clear,
    any,
    async load() {
      const inForce = await faults().catch(() => []);
      for (const row of rows)
        row.set(inForce.find((fault) => fault.operation === row.name));
      describe();
    },
  };
}

function operationRow(
  { name, what, presets }: (typeof OPERATIONS)[number],
  apply: (name: string, fault: Fault | null) => Promise<void>,
) {
  const answer = h(
    "select",
    { id: `fault-${name}`, "aria-describedby": `fault-${name}-hint` },
    ...presets.map(([value, label]) => h("option", { value }, label)),
  );
  const latency = h(
    "select",
    { id: `latency-${name}` },
    ...LATENCIES.map((ms) =>
      h("option", { value: ms }, ms ? `after ${ms} ms` : "at once"),
    ),
  );

  function fault(): Fault | null {
    const preset = presets.find(([value]) => value === answer.value)?.[2] ?? {};
    const latencyMs = Number(latency.value);
    if (!latencyMs && answer.value === "ok") return null;
    return { operation: name, ...(latencyMs && { latencyMs }), ...preset };
  }

  for (const control of [answer, latency]) {
    control.addEventListener("change", () => void apply(name, fault()));
  }
  return {
    name,
    fault,
    /** Shows a fault that is in force. */
    set(inForce: Fault | undefined) {
      const { latencyMs = 0 } = inForce ?? {};
      latency.value = String(LATENCIES.includes(latencyMs) ? latencyMs : 0);
      answer.value =
        presets.find(
          (preset) => inForce && sameFault(preset[2], inForce),
        )?.[0] ?? "ok";
    },
    element: h(
      "div",
      { class: "field fault" },
      h("label", { for: `fault-${name}` }, h("code", {}, name)),
      h("span", { class: "hint", id: `fault-${name}-hint` }, what),
      h(
        "div",
        { class: "controls" },
        answer,
        h(
          "label",
          { class: "only-read", for: `latency-${name}` },
          `${name}: how late`,
        ),
        latency,
      ),
    ),
  };
}

function sameFault(preset: Preset[2], inForce: Fault): boolean {
  return (
    Boolean(preset.silence) === Boolean(inForce.silence) &&
    Boolean(preset.drop) === Boolean(inForce.drop) &&
    Boolean(preset.processed) === Boolean(inForce.processed) &&
    preset.answer?.type === inForce.answer?.type &&
    preset.answer?.message === inForce.answer?.message &&
    preset.answer?.body === inForce.answer?.body
  );
}

const removeItem = Storage.prototype.removeItem;

/** A storage that throws when a token is to be removed, as a browser with a broken profile does. */
function obeyStorage(obeys: boolean): void {
  Storage.prototype.removeItem = obeys
    ? removeItem
    : function (this: Storage, key: string) {
        if (/Token$/.test(key))
          throw new DOMException(
            "The demo refuses to remove this.",
            "InvalidStateError",
          );
        removeItem.call(this, key);
      };
}
