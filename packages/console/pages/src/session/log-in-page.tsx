import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { type FormEvent, useEffect, useState } from 'react';
import { host, useInstallationName } from '../installation.ts';
import { explain } from './explain.ts';
import { FactorForm } from './factor-form.tsx';

/** What anonymous viewers see. */
export function LogInPage() {
  const { completeLogIn } = useGatehouse();
  const [due, setDue] = useState<DueFactors>();
  const name = useInstallationName();
  useEffect(() => {
    document.title = `Log in · ${name}`;
  }, [name]);
  return (
    <main className="narrow">
      <h1>Log in to {name}</h1>
      {name !== host && <p className="quiet">{host}</p>}
      {due === undefined ? (
        <PasswordForm onDue={setDue} />
      ) : (
        <>
          <FactorForm
            due={due}
            action="Log in"
            onProof={async (proof, challenge) => setDue(await completeLogIn({ challenge, proof }))}
          />
          <button type="button" onClick={() => setDue(undefined)}>
            Begin again
          </button>
        </>
      )}
    </main>
  );
}

/** The server answers with a session cookie, which no script can read. */
function PasswordForm({ onDue }: { readonly onDue: (due: DueFactors | undefined) => void }) {
  const { logIn } = useGatehouse();
  const [problem, setProblem] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);

  async function send(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const fields = new FormData(event.currentTarget);
    setIsRunning(true);
    setProblem(undefined);
    try {
      const [username, password] = [fields.get('username'), fields.get('password')].map(String);
      onDue(await logIn({ username: username ?? '', password: password ?? '' }));
    } catch (error) {
      setProblem(explain(error, 'The user name or the password is wrong.'));
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <form className="form" onSubmit={send}>
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
      <p className="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
