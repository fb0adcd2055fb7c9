// The chunk with the engine in it.
export { start } from "./start.js";
