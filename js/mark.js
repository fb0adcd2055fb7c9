// `isSigningOut()` where the engine is not ready: the mark in localStorage says it (src/flow/mark.rs).
import { webStorage } from "./last-resort/places.js";
import { clientIdOf } from "./last-resort/settings.js";

/** @param {any} config */
export function isSigningOutByMark(config) {
  const prefix = `cognito-signout.${clientIdOf(config)}.`;
  try {
    /** @type {any[]} */
    const entries = JSON.parse(
      webStorage("localStorage")?.getItem(`${prefix}ended`) ?? "[]",
    );
    // This document is not the one that left, since the engine would be there: the record says that it returned.
    const record = webStorage("sessionStorage")?.getItem(`${prefix}result`);
    const returned = record ? JSON.parse(record).ids : [];
    return entries.some(
      ({ h, u, o, l }) =>
        u > Date.now() && (!o || l) && !(l && returned.includes(h)),
    );
  } catch {
    return false;
  }
}
