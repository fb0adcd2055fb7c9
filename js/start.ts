// Starts an engine, and notices when it breaks: whatever comes out of an export as an exception is a trap, since the engine catches all
// else. After one its state may be anything, so its timers and listeners reach it no more.
import { createGlue } from "../.build/glue.js";
import { Driver, loadFallback } from "./driver.js";
import type { Host } from "./engine.js";
import { instantiate } from "./inlined.js";

export type Engine = ReturnType<typeof createGlue>;

type Exports = Record<string, unknown>;

export async function start(host: Host): Promise<Driver> {
  let engine = createGlue();
  let exports: Exports;
  try {
    ({ exports } = (await instantiate(engine.imports)).instance);
  } catch (thrown) {
    // No WebAssembly here, or a Content-Security-Policy forbids it: the same engine as JavaScript.
    const { createGlue, createInstance } = await loadFallback().catch(() => {
      throw thrown;
    });
    engine = createGlue();
    exports = createInstance(engine.imports);
  }
  let broke = (_: unknown) => {};
  const { guards, stop } = guarded(exports, (thrown) => broke(thrown));
  engine.setWasm(guards as WebAssembly.Exports);
  const driver = new Driver(host, engine, stop);
  broke = (thrown) => driver.broke(thrown);
  return driver;
}

function guarded(exports: Exports, tell: (thrown: unknown) => void) {
  let isBroken = false;
  let cause: unknown;
  /** Nothing reaches it any more, neither a timer nor a listener of its own. */
  const stop = (thrown: unknown) => {
    if (!isBroken) cause = thrown;
    isBroken = true;
  };
  /** How many of its calls are on the stack. */
  let depth = 0;
  const guards: Exports = {};
  for (const [name, value] of Object.entries(exports))
    guards[name] =
      typeof value === "function"
        ? (...args: unknown[]): unknown => {
            if (isBroken) {
              // A call of the broken engine may still be on the stack, behind a callback of the page's: it must not go on.
              if (depth) throw cause;
              // Nothing, in each form that the glue reads.
              return [];
            }
            depth++;
            try {
              return (value as (...args: unknown[]) => unknown)(...args);
            } catch (thrown) {
              if (!isBroken) {
                stop(thrown);
                tell(thrown);
              }
              throw thrown;
            } finally {
              depth--;
            }
          }
        : value;
  return { guards, stop };
}
