import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A screen for a browser that has no headless mode.
 * @param {string} xvfb the program
 * @returns {Promise<{ env: { DISPLAY: string }, close: () => Promise<void> }>}
 */
export async function openScreen(xvfb) {
  const child = spawn(
    xvfb,
    ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const output = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  const [number] = await once(output, "data");
  return {
    env: { DISPLAY: `:${String(number).trim()}` },
    close: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

/** WebKit's sandbox does not start for root. @type {NodeJS.ProcessEnv} */
export const webkitSandbox =
  process.getuid?.() === 0
    ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }
    : {};
