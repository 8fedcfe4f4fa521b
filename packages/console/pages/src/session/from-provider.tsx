import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { useEffect, useState } from 'react';
import { explain } from './explain.ts';
import { type NewLogin, SignUpForm } from './sign-up-form.tsx';
import type { LogInProvider } from './use-log-in-ways.ts';
import { takeWayBack } from './way-back.ts';

interface FromProviderProps {
  readonly providers: readonly LogInProvider[];
  readonly onDue: (due: DueFactors | undefined) => void;
}

/** Completes the log-in of a user whom a provider has sent back, and says when it has failed. */
export function FromProvider({ providers, onDue }: FromProviderProps) {
  const { completeLogIn } = useGatehouse();
  const [problem, setProblem] = useState<string>();
  const [login, setLogin] = useState<NewLogin & { readonly provider: string | undefined }>();
  useEffect(() => {
    const brought = takeWayBack('log in');
    if (brought === undefined) return;
    if (brought.outcome === 'failed') {
      setProblem(noAccount);
      return;
    }
    const { challenge, code, provider } = brought;
    if (brought.isNew) {
      setLogin({ challenge, code, provider });
      return;
    }
    completeLogIn({ challenge, proof: { provider: { code } } }).then(onDue, (error: unknown) =>
      setProblem(explain(error, noAccount)),
    );
  }, [completeLogIn, onDue]);
  // Undefined until the providers were read.
  const provider = providers.find(({ name }) => name === login?.provider);
  if (login !== undefined && provider?.allowsSignUp) {
    return <SignUpForm login={login} label={provider.label} onDue={onDue} />;
  }
  return (
    <p className="problem" role="alert">
      {provider === undefined ? problem : noAccount}
    </p>
  );
}

const noAccount =
  'The login with this account has failed. If you have a password here, log in with it and link the account under My account.';
