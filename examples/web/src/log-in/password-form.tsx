import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill } from '@simplewebauthn/browser';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { ActionButton } from '../parts/action-button.tsx';
import { askPasskey } from './ask-passkey.ts';
import { explainLogIn } from './explain-log-in.ts';

interface PasswordFormProps {
  readonly onDue: (due: DueFactors) => void;
}

/** The log-in form. The server answers with a session cookie, which no script can read. */
export function PasswordForm({ onDue }: PasswordFormProps) {
  const { logIn: openSession, completeLogIn } = useGatehouse();
  const [problem, setProblem] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);

  const logInByPasskey = useCallback(
    async (isAutofill: boolean): Promise<void> => {
      const due = await completeLogIn(await askPasskey({ isAutofill }));
      if (due !== undefined) onDue(due);
    },
    [completeLogIn, onDue],
  );

  // The browser offers passkeys in the field for the username.
  useEffect(() => {
    browserSupportsWebAuthnAutofill()
      .then((isSupported) => (isSupported ? logInByPasskey(true) : undefined))
      .catch(() => {});
  }, [logInByPasskey]);

  async function logIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const fields = new FormData(event.currentTarget);
    setIsRunning(true);
    setProblem(undefined);
    try {
      const due = await openSession({
        username: String(fields.get('username')),
        password: String(fields.get('password')),
      });
      if (due !== undefined) onDue(due);
    } catch (error) {
      setProblem(explainLogIn(error, 'The username or the password is wrong.'));
      setIsRunning(false);
    }
  }

  return (
    <>
      <form onSubmit={logIn}>
        <label htmlFor="username">Username</label>
        <input id="username" name="username" autoComplete="username webauthn" required />
        <label htmlFor="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <p className="problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="main" aria-disabled={isRunning}>
          Log in
        </button>
      </form>
      {browserSupportsWebAuthn() && (
        <div className="other-way">
          <span className="quiet">or</span>
          <ActionButton onAction={() => logInByPasskey(false)}>Log in with a passkey</ActionButton>
        </div>
      )}
    </>
  );
}
