import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { askPasskey } from './ask-passkey.ts';
import { explain } from './explain.ts';
import { FactorForm } from './factor-form.tsx';
import { FromProvider } from './from-provider.tsx';
import { leaveFor, ProviderButtons } from './provider-buttons.tsx';
import { useLogInWays } from './use-log-in-ways.ts';

interface LogInFormsProps {
  /** Who is expected to log in. */
  readonly username?: string | undefined;
}

/** Asks for a username and a password, and for another factor that is due. */
export function LogInForms({ username }: LogInFormsProps) {
  const { completeLogIn } = useGatehouse();
  const [due, setDue] = useState<DueFactors>();
  const { hasPasskeys, providers } = useLogInWays();
  return due === undefined ? (
    <>
      <FromProvider providers={providers} onDue={setDue} />
      <PasswordForm username={username} onDue={setDue} />
      {hasPasskeys && <PasskeyButton onDue={setDue} />}
      <ProviderButtons providers={providers} action="Log in with" onChoose={leaveFor('log in')} />
    </>
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
  );
}

interface DueProps {
  readonly onDue: (due: DueFactors | undefined) => void;
}

/** Logs in with a passkey, which says whose it is. */
function PasskeyButton({ onDue }: DueProps) {
  const { completeLogIn } = useGatehouse();
  return (
    <Button onAction={async () => onDue(await completeLogIn(await askPasskey()))}>
      Log in with a passkey
    </Button>
  );
}

interface PasswordFormProps extends LogInFormsProps, DueProps {}

/** The server answers with a session cookie, which no script can read. */
function PasswordForm({ username: expected, onDue }: PasswordFormProps) {
  const { logIn } = useGatehouse();
  const [problem, setProblem] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current
      ?.querySelector<HTMLElement>(`[name=${expected ? 'password' : 'username'}]`)
      ?.focus();
  }, [expected]);

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
      setProblem(explain(error, 'The username or the password is wrong.'));
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <form ref={form} className="form" onSubmit={send}>
      <label htmlFor={`${id}-username`}>Username</label>
      <input
        id={`${id}-username`}
        name="username"
        autoComplete="username"
        required
        defaultValue={expected}
      />
      <label htmlFor={`${id}-password`}>Password</label>
      <input
        id={`${id}-password`}
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
