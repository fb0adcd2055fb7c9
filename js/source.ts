// Where the package's own entry has its engine: in a chunk, which is asked for by configure() or preload().
import type { Source } from "./engine.js";

export const source: Source = () => import("./chunk.js");
