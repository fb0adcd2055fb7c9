// In the browser the test says which pool, on the server its environment.
export const config =
  (globalThis as any).setup?.config ??
  JSON.parse(process.env.COGNITO ?? "null");
