// What the tests of pages share: Chromium, and a look at a page by axe.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { findBrowser } from "../../../scripts/lib/browsers.mjs";
import { violations } from "../../e2e/lib/axe.mjs";

/** @import { Page } from "playwright-core" */

export const launch = () =>
  chromium.launch({
    executablePath: findBrowser("chromium")?.CHROME_BIN ?? "",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-background-networking",
    ],
  });

/**
 * The page and the apps in it: what axe finds, whether anything is cut, and whether the page has to be scrolled sideways.
 * @param {Page} page
 */
export async function look(page) {
  for (const frame of page.frames())
    assert.deepEqual(await frame.evaluate(cutParts), []);
  assert.deepEqual(await violations(page), []);
}

/** What does not show as a whole. It runs in the page. */
function cutParts() {
  const wide = document.documentElement.clientWidth;
  const pen = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  /** @type {string[]} */
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth)
    found.push("the page is wider than the window");
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(".only-read, .skip, .sprite, thead, pre *")) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0) continue;
    const name = element.outerHTML.slice(0, 120);
    if (box.left < -0.5 || box.right > wide + 0.5)
      found.push(`outside: ${name}`);
    if (element instanceof HTMLSelectElement) {
      pen.font = getComputedStyle(element).font;
      const { paddingLeft, paddingRight } = getComputedStyle(element);
      const arrow = 20;
      const room =
        element.clientWidth -
        parseFloat(paddingLeft) -
        parseFloat(paddingRight) -
        arrow;
      for (const { text } of element.options)
        if (pen.measureText(text).width > room) found.push(`cut: ${text}`);
    } else if (
      (element instanceof HTMLInputElement ||
        getComputedStyle(element).overflowX === "hidden" ||
        element === document.body) &&
      (element.scrollWidth > element.clientWidth + 1 ||
        element.scrollHeight > element.clientHeight + 1)
    )
      found.push(`cut: ${name}`);
  }
  return found;
}
