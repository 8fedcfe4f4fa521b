import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { type ReactNode, useState } from 'react';
import { Page } from '../parts/page.tsx';
import { FactorForm } from './factor-form.tsx';
import { PasswordForm } from './password-form.tsx';

interface LogInProps {
  readonly title: string;
  /** Shown below the form. */
  readonly children?: ReactNode;
}

/** Logs in by a password, and by a second factor if one is due. */
export function LogIn({ title, children }: LogInProps) {
  const { completeLogIn } = useGatehouse();
  const [due, setDue] = useState<DueFactors>();
  if (due === undefined) {
    return (
      <Page title={title}>
        <PasswordForm onDue={setDue} />
        {children}
      </Page>
    );
  }
  return (
    <Page title="Second factor">
      <FactorForm
        due={due}
        onProof={async (proof, challenge) => setDue(await completeLogIn({ challenge, proof }))}
      />
      <button type="button" onClick={() => setDue(undefined)}>
        Begin again
      </button>
    </Page>
  );
}
