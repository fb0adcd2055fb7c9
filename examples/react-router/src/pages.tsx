import { Form, useActionData, useLoaderData } from "react-router";

export const Home = () => <h1>Home</h1>;

export function Account() {
  return (
    <>
      <h1>Account</h1>
      <p>Only {useLoaderData<string>()} sees this.</p>
    </>
  );
}

export function SignIn() {
  return (
    <>
      <h1>Sign in</h1>
      <Form method="post">
        <label>
          User name
          <input name="username" autoComplete="username" required />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        </label>
        <button>Sign in</button>
      </Form>
      <p role="alert">{useActionData<string>()}</p>
    </>
  );
}
