import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolsDir } from "./paths.mjs";

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Runs `body` while no other process of this checkout runs one under the same name.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(name, body) {
  await mkdir(toolsDir, { recursive: true });
  const path = join(toolsDir, `${name}.lock`);
  for (let told = false; ;) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST")
        throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => "")) || 0;
    if (holder !== 0 && !isAlive(holder)) {
      // Renamed first, so that of two waiters only one takes the dead lock away.
      const dead = `${path}.${process.pid}`;
      await rename(path, dead).then(
        () => rm(dead),
        () => {},
      );
      continue;
    }
    if (!told)
      console.log(
        `Waiting for another ${name} of this checkout (process ${holder}) to end.`,
      );
    told = true;
    await sleep(250);
  }
  try {
    return await body();
  } finally {
    await rm(path, { force: true });
  }
}
