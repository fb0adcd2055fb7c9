// What an app has in a file of its own; the test that opens the page says which pool.
export const config = (globalThis as any).setup?.config;
