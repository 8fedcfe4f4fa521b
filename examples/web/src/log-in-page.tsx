import { useGatehouse } from '@gatehouse/client/react';
import { type FormEvent, useState } from 'react';
import { explainLogIn } from './explain-log-in.ts';
import { Page } from './parts/page.tsx';

/** The log-in form. The server answers with a session cookie, which no script can read. */
export function LogInPage() {
  const gatehouse = useGatehouse();
  const [problem, setProblem] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);

  async function logIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const fields = new FormData(event.currentTarget);
    setIsRunning(true);
    setProblem(undefined);
    try {
      await gatehouse.logIn({
        username: String(fields.get('username')),
        password: String(fields.get('password')),
      });
    } catch (error) {
      setProblem(explainLogIn(error));
      setIsRunning(false);
    }
  }

  return (
    <main className="log-in">
      <Page title="Log in">
        <form onSubmit={logIn}>
          <label htmlFor="username">User name</label>
          <input id="username" name="username" autoComplete="username" required />
          <label htmlFor="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
          <button type="submit" className="main" aria-disabled={isRunning}>
            Log in
          </button>
        </form>
        <p className="problem" role="alert">
          {problem}
        </p>
      </Page>
    </main>
  );
}
