import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { fetchData } from '../fetch-data.ts';
import { graphql } from '../generated/index.ts';
import { type ProofField, ProofForm } from './proof-form.tsx';

const SignUpByProviderDocument = graphql(`
  mutation SignUpByProvider($challenge: String!, $code: String!, $username: String!) {
    signUpByProvider(challenge: $challenge, code: $code, username: $username)
  }
`);

/** A log-in at a provider that no account has. */
export interface NewLogin {
  readonly challenge: string;
  readonly code: string;
}

interface SignUpFormProps {
  readonly login: NewLogin;
  /** What pages call the provider. */
  readonly label: string;
  readonly onDue: (due: DueFactors | undefined) => void;
}

const usernameField: ProofField = {
  name: 'username',
  label: 'New username',
  input: { autoComplete: 'username', maxLength: 64 },
};

/** Creates an account for a log-in at a provider, and logs in. */
export function SignUpForm({ login: { challenge, code }, label, onDue }: SignUpFormProps) {
  const { completeLogIn } = useGatehouse();

  async function signUp(username: string): Promise<void> {
    await fetchData(SignUpByProviderDocument, { challenge, code, username });
    onDue(await completeLogIn({ challenge, proof: { provider: { code } } }));
  }

  return (
    <>
      <p role="status">
        No account here has this login with {label}. Choose a username to create one. If you have an
        account, log in to it below and link this login under My account.
      </p>
      <ProofForm field={usernameField} action="Create an account" onProof={signUp} />
    </>
  );
}
