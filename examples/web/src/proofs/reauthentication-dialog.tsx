import type { DueFactors, Proof } from '@graphql-gatehouse/client';
import { useGatehouse, useViewer } from '@graphql-gatehouse/client/react';
import { useEffect, useRef, useState } from 'react';
import { FactorForm } from './factor-form.tsx';
import { ProofForm } from './proof-form.tsx';
import { useQuestion } from './reauthentication.ts';

/** Asks the user to prove again who they are, while an operation waits for that. */
export function ReauthenticationDialog() {
  const question = useQuestion();
  if (question === undefined) return null;
  const { id, prove, answer } = question;
  return <OpenDialog key={id} onProof={prove} onAnswer={answer} />;
}

type Question = NonNullable<ReturnType<typeof useQuestion>>;

interface OpenDialogProps {
  /** Undefined: the proof renews the session. */
  readonly onProof: Question['prove'];
  readonly onAnswer: Question['answer'];
}

function OpenDialog({ onProof, onAnswer }: OpenDialogProps) {
  const { reauthenticate } = useGatehouse();
  const { principal } = useViewer();
  const dialog = useRef<HTMLDialogElement>(null);
  const [due, setDue] = useState<DueFactors>();

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  async function prove(proof: Proof, challenge?: string): Promise<void> {
    const send = onProof ?? reauthenticate;
    const next = await send({ proof, ...(challenge !== undefined && { challenge }) });
    if (next === undefined) onAnswer(true);
    else setDue(next);
  }

  return (
    <dialog ref={dialog} aria-labelledby="prove-again" onClose={() => onAnswer(false)}>
      <h2 id="prove-again">Is it still you?</h2>
      <p>Confirm that you are {principal?.displayName ?? principal?.username} to go on.</p>
      {due === undefined ? (
        <ProofForm
          field={password}
          action="Confirm"
          onProof={(value) => prove({ password: value })}
        />
      ) : (
        <FactorForm due={due} action="Confirm" onProof={prove} />
      )}
      <button type="button" onClick={() => dialog.current?.close()}>
        Cancel
      </button>
    </dialog>
  );
}

const password = {
  name: 'password',
  label: 'Password',
  input: { type: 'password', autoComplete: 'current-password' },
} as const;
