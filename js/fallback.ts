// The engine as JavaScript.
export { createInstance } from "../.build/fallback-engine.js";
export { createGlue } from "../.build/fallback-glue.js";
