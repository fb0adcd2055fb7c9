import type { SignOutResult } from "cognito-signout";
import { origin } from "./cognito.js";
import { comparison } from "./compare/compare.js";
import { info } from "./control.js";
import { deviceCard, type Card } from "./device-card.js";
import {
  check,
  otherDevice,
  reload,
  thisBrowser,
  tokensInStorage,
  type Device,
} from "./devices.js";
import { byId, h } from "./dom.js";
import { faultControls } from "./faults.js";
import { finishSignIn } from "./hosted-ui.js";
import { copyButton } from "./install.js";
import { optionsForm } from "./options.js";
import { showResult, type Measured } from "./result.js";
import { showStanding } from "./standing.js";
import { meaning, type Result } from "./words.js";

const CHECK_EVERY_MS = 5000;

const announcement = byId("announcement");
const outcome = byId("outcome");
const strip = byId("standing");

copyButton();
const known = await info().catch(() => null);
if (known) {
  comparison(known, {
    scenarios: byId("scenarios"),
    story: byId("story"),
    sides: byId("sides"),
    status: byId("compare-status"),
  });
  await start([thisBrowser(known), await otherDevice(known)]);
} else {
  const notice = byId("offline");
  notice.textContent = `The local Cognito does not answer at ${origin}. Start it, and this page, with “npm start”, then reload.`;
  notice.hidden = false;
  for (const section of document.querySelectorAll("section"))
    section.hidden = true;
}

async function start(devices: [Device, Device]): Promise<void> {
  const [browser] = devices;
  const cards = new Map<Device, Card>();
  for (const device of devices) {
    const card = deviceCard(
      device,
      () => refresh(device),
      () => void look(),
    );
    cards.set(device, card);
    byId("devices").append(card.element);
    device.client.onSignedOut(({ reason }) => {
      if (reason === "otherTab")
        device.note = "Another tab signed out, and this one heard of it.";
      if (reason === "restored")
        device.note = "Signed out while this page was in the background.";
      void refresh(device);
    });
  }

  const faults = faultControls(devices.map(({ clientId }) => clientId));
  const form = h("form", { "aria-label": "Sign out" });
  const options = optionsForm(form, devices, faults.easy, (id) => {
    const device = devices.find((candidate) => candidate.id === id) ?? browser;
    void run(device, () => device.client.signOut(options.read()), "");
  });
  byId("controls").append(form, faults.panel);

  /** Asks the server about both devices: what one does may end the other. */
  async function look(asked: Device[] = devices): Promise<void> {
    await Promise.all(asked.map(check));
    for (const card of cards.values()) card.render();
    showStanding(strip, devices);
    if (!outcome.hasChildNodes() && !outcome.hasAttribute("data-busy"))
      invite();
  }

  /** Says what to do first, as long as there is no result. */
  function invite(): void {
    const words = devices.some(({ tokens }) => tokens)
      ? "Nothing yet: sign out, and read here what happened."
      : "Nothing yet: sign in, then sign out.";
    if (announcement.textContent !== words) announcement.textContent = words;
  }

  async function refresh(device: Device): Promise<void> {
    await reload(device).catch((error: unknown) =>
      cards.get(device)?.fail((error as Error).message),
    );
    await look();
  }

  /** Signs out or retries, and shows what came of it. */
  async function run(
    device: Device,
    act: () => Promise<SignOutResult>,
    occasion: string,
  ): Promise<void> {
    const began = performance.now();
    const promise = act();
    const tokensLeft = tokensInStorage(device);
    device.note = "";
    announcement.className = "intro";
    announcement.textContent = `Signing out ${device.place}…`;
    outcome.toggleAttribute("data-busy", true);
    const result = await promise;
    const settledMs = performance.now() - began;
    const hasEndedAll = result.steps.some(
      ({ step, outcome }) => step === "globalSignOut" && outcome === "ok",
    );
    for (const other of devices)
      if (hasEndedAll && other !== device) other.isEndedAsAsked = true;
    // The cards have their new height before the result comes into sight.
    await refresh(device);
    outcome.toggleAttribute("data-busy", false);
    show(device, result, occasion, { tokensLeft, settledMs });
  }

  function show(
    device: Device,
    result: Result,
    occasion: string,
    measured?: Measured,
  ): void {
    const meant = meaning(result, device.place, measured === undefined);
    announcement.textContent = `${result.status}: ${meant}`;
    const retry = () => {
      if (result.status === "partial" && result.retry)
        void run(device, result.retry, "After the retry");
    };
    announcement.className = "only-read"; // seen below, in the result itself
    showResult(
      outcome,
      { result, meaning: meant, occasion, ...(measured && { measured }) },
      { retry, ...(faults.any() && { heal: () => void faults.clear() }) },
    );
    byId("result").scrollIntoView({ block: "start" });
    // The retry button that was pressed is gone.
    if (document.activeElement === document.body)
      byId("result-title").focus({ preventScroll: true });
  }

  await faults.load();
  await finishSignIn(browser.clientId)
    .then((tokens) => tokens && browser.client.storeTokens(tokens))
    .catch((error: Error) => cards.get(browser)?.fail(error.message));
  await Promise.all(devices.map(refresh));
  const returned = await browser.client.takeSignOutResult();
  if (returned) show(browser, returned, "Back from the hosted UI");

  setInterval(() => {
    // A session that was refused stays refused.
    const open = devices.filter(({ verdict }) => verdict?.accepted !== false);
    if (document.visibilityState === "visible") void look(open);
  }, CHECK_EVERY_MS);
}
