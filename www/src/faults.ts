// What goes wrong: how the server answers the two devices, and whether the browser's storage obeys.
import { addFault, clearFaults, faults, type Fault } from "./control.js";
import { h } from "./dom.js";

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
        "Revocation is off",
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

/** The choice that is not the server's. */
const STORAGE = "storage";

const LATENCIES = [0, 100, 500, 2000];

/** What goes wrong, in one word: the same for each operation, or the storage. */
const EASY = [
  ["ok", "All well"],
  ["silence", "Silent server"],
  ["throttled", "Too many requests"],
  ["lost", "Answer lost"],
  [STORAGE, "Storage refuses"],
] as const;

export interface Faults {
  /** Chips, to choose one thing that goes wrong. */
  readonly easy: HTMLElement;
  /** A fault for each operation, and for the storage. */
  readonly panel: HTMLElement;
  /** Takes over what is in force on the server. */
  load(): Promise<void>;
  /** Switches all faults off. */
  clear(): Promise<void>;
  /** Whether any is on. */
  any(): boolean;
}

/** The faults of these app clients. */
export function faultControls(clientIds: readonly string[]): Faults {
  const rows = OPERATIONS.map((operation) => operationRow(operation, apply));
  const storage = h("input", {
    type: "checkbox",
    id: "fault-storage",
    "aria-describedby": "fault-storage-hint",
  });
  const status = h("p", { class: "only-read", role: "status" });
  storage.addEventListener("change", () => {
    obeyStorage(!storage.checked);
    describe();
  });

  const choices = EASY.map(([value]) =>
    h("input", { type: "radio", name: "easy", value, id: `easy-${value}` }),
  );
  for (const choice of choices)
    choice.addEventListener("change", () => void choose(choice.value));
  const easy = h(
    "fieldset",
    { class: "easy" },
    h("legend", {}, "What goes wrong"),
    h(
      "div",
      { class: "chips" },
      ...EASY.map(([value, label], index) =>
        h(
          "label",
          { class: "chip", for: `easy-${value}` },
          choices[index],
          label,
        ),
      ),
    ),
    status,
  );

  const panel = h(
    "details",
    {},
    h("summary", {}, "More that goes wrong"),
    ...rows.map((row) => row.element),
    h(
      "p",
      { class: "check" },
      storage,
      h("label", { for: "fault-storage" }, "Storage refuses to forget"),
      h(
        "span",
        { class: "hint", id: "fault-storage-hint" },
        "The browser throws when a token is to be removed. Only then does a user stay signed in.",
      ),
    ),
  );

  const any = () => storage.checked || rows.some((row) => row.fault() !== null);

  /** Says what is on, and checks the chip that stands for it, if one does. */
  function describe(): void {
    const on = rows
      .filter((row) => row.fault() !== null)
      .map((row) => row.name);
    const values = new Set(rows.map((row) => row.value()));
    const [value] = values.size === 1 ? values : [];
    const chosen = storage.checked ? value === "ok" && STORAGE : value;
    for (const choice of choices) choice.checked = choice.value === chosen;
    if (storage.checked) on.push("the storage");
    const words = on.length ? `Going wrong: ${on.join(", ")}.` : "All is well.";
    if (status.textContent !== words) status.textContent = words;
  }

  /** Brings the server to what a row says. */
  async function send(row: (typeof rows)[number]): Promise<void> {
    const fault = row.fault();
    for (const clientId of clientIds) {
      await clearFaults({ clientId, operation: row.name });
      if (fault) await addFault({ ...fault, clientId });
    }
  }

  let applied = Promise.resolve();
  /** Brings the server to what the rows say, after all that was asked of it before. */
  function apply(): Promise<void> {
    applied = applied
      .then(async () => {
        for (const row of rows) await send(row);
      })
      .then(describe, () => {
        status.textContent = "The local Cognito did not take that.";
      });
    return applied;
  }

  async function choose(value: string): Promise<void> {
    storage.checked = value === STORAGE;
    obeyStorage(!storage.checked);
    for (const row of rows) row.choose(value === STORAGE ? "ok" : value);
    await apply();
  }

  return {
    easy,
    panel,
    clear: () => choose("ok"),
    any,
    async load() {
      const inForce = await faults().catch(() => []);
      for (const row of rows)
        row.set(
          inForce.find(
            ({ operation, clientId }) =>
              operation === row.name && clientId === clientIds[0],
          ),
        );
      describe();
    },
  };
}

function operationRow(
  { name, what, presets }: (typeof OPERATIONS)[number],
  apply: () => Promise<void>,
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
    control.addEventListener("change", () => void apply());
  }
  return {
    name,
    fault,
    /** The chosen answer, if it comes at once. */
    value: () => (latency.value === "0" ? answer.value : undefined),
    /** Chooses an answer that comes at once. */
    choose(value: string) {
      answer.value = value;
      latency.value = "0";
    },
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
