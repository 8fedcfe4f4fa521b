import { useGatehouse } from '@graphql-gatehouse/client/react';
import { useEffect, useState } from 'react';
import { ActionButton } from '../parts/action-button.tsx';
import { explainLogIn } from './explain-log-in.ts';
import type { OtherWayProps } from './log-in.tsx';
import { goTo, type LogInProvider, readProviders, takeWayBack } from './providers.ts';

/** A button for each provider, and the rest of the log-in of a user who comes back from one. */
export function ProviderLogIn({ onDue }: OtherWayProps) {
  const { completeLogIn } = useGatehouse();
  const [providers, setProviders] = useState<readonly LogInProvider[]>([]);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    // Without an answer, the password is there.
    readProviders().then(setProviders, () => {});
  }, []);

  useEffect(() => {
    const brought = takeWayBack();
    if (brought === undefined) return;
    if (brought.outcome === 'failed' || brought.isNew) {
      setProblem(noAccount);
      return;
    }
    const { challenge, code } = brought;
    completeLogIn({ challenge, proof: { provider: { code } } }).then(onDue, (error: unknown) =>
      setProblem(explainLogIn(error, noAccount)),
    );
  }, [completeLogIn, onDue]);

  return (
    <>
      <p className="problem" role="alert">
        {problem}
      </p>
      {providers.map(({ name, label }) => (
        <div key={name} className="other-way">
          <ActionButton onAction={() => goTo(name)}>Log in with {label}</ActionButton>
        </div>
      ))}
    </>
  );
}

const noAccount =
  'The login with this account has failed. If you have a password here, log in with it, and link the account in the console.';
