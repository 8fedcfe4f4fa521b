import type { DueFactors } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { type ComponentType, type ReactNode, useState } from 'react';
import { Page } from '../parts/page.tsx';
import { FactorForm } from './factor-form.tsx';
import { PasswordForm } from './password-form.tsx';

export interface OtherWayProps {
  /** Called when the log-in is complete, or with the factor that is due. */
  readonly onDue: (due: DueFactors | undefined) => void;
}

interface LogInProps {
  readonly title: string;
  /** A way to log in beside the password, shown below it. */
  readonly OtherWay?: ComponentType<OtherWayProps>;
  /** Shown below the form. */
  readonly children?: ReactNode;
}

/** Logs in by a password, and by a second factor if one is due. */
export function LogIn({ title, OtherWay, children }: LogInProps) {
  const { completeLogIn } = useGatehouse();
  const [due, setDue] = useState<DueFactors>();
  if (due === undefined) {
    return (
      <Page title={title}>
        <PasswordForm onDue={setDue} />
        {OtherWay !== undefined && <OtherWay onDue={setDue} />}
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
