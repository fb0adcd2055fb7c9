// Where the entries `eager` and `slim` have their engine, and CommonJS: in the same script.
import type { Source } from "./engine.js";
import { start } from "./start.js";

export const source: Source = () => Promise.resolve({ start });
