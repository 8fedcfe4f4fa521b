import type { DueFactors, Proof } from '@graphql-gatehouse/client';
import { useGatehouse, useViewer } from '@graphql-gatehouse/client/react';
import { useEffect, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { ElsewhereConfirmation } from './elsewhere-confirmation.tsx';
import { FactorForm } from './factor-form.tsx';
import { ProofForm, passwordField } from './proof-form.tsx';
import { cancelAll, type Question, useQuestion } from './question.ts';

/** Asks the viewer to prove again who they are, while an operation waits for that. */
export function ProofDialog() {
  const question = useQuestion();
  // Who logs in next must not be asked for the operation of another viewer.
  useEffect(() => cancelAll, []);
  return question === undefined ? null : <OpenDialog key={question.id} question={question} />;
}

function OpenDialog({ question: { prove: proveFor, answer } }: { readonly question: Question }) {
  const { reauthenticate } = useGatehouse();
  const { principal } = useViewer();
  const [due, setDue] = useState<DueFactors>();

  async function prove(proof: Proof, challenge?: string): Promise<void> {
    const send = proveFor ?? reauthenticate;
    const next = await send({ proof, ...(challenge !== undefined && { challenge }) });
    if (next === undefined) answer(true);
    else setDue(next);
  }

  return (
    <Dialog title="Confirm it is you" onClose={() => answer(false)}>
      <p>
        This requires a recent login. Confirm that you are{' '}
        <strong>{principal?.displayName ?? principal?.username}</strong>.
      </p>
      {due === undefined ? (
        <>
          <ProofForm
            field={passwordField}
            action="Confirm"
            onProof={(password) => prove({ password })}
          />
          <ElsewhereConfirmation onProof={prove} />
        </>
      ) : (
        <FactorForm due={due} action="Confirm" onProof={prove} />
      )}
    </Dialog>
  );
}
