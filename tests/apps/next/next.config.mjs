import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// The packages of all sample apps are in the folder above; an app of its own needs none of this.
const root = dirname(dirname(fileURLToPath(import.meta.url)));

export default { turbopack: { root }, outputFileTracingRoot: root };
