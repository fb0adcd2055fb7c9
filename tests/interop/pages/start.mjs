// Starts the app of the tests, which is ready once the engine is there: they ask what is so when signOut() returns.
globalThis.ready = false;
await import("../../apps/vite/main.mjs");
await cs.preload();
globalThis.ready = true;
