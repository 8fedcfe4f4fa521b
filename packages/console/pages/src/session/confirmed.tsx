import type { DueFactors, Proof } from '@graphql-gatehouse/client';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { useEffect, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { explain } from './explain.ts';
import { FactorForm } from './factor-form.tsx';
import { takeWayBack } from './way-back.ts';

/** Confirms the session of a viewer whom a provider has sent back for that. */
export function Confirmed() {
  const { reauthenticate } = useGatehouse();
  const [due, setDue] = useState<DueFactors>();
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    const brought = takeWayBack('confirm');
    if (brought === undefined) return;
    if (brought.outcome === 'failed') {
      setSaid(notConfirmed);
      return;
    }
    reauthenticate({ proof: { provider: { code: brought.code } } }).then(
      (next) => (next === undefined ? setSaid(confirmed) : setDue(next)),
      (error: unknown) => setSaid(explain(error, notConfirmed)),
    );
  }, [reauthenticate]);

  async function prove(proof: Proof, challenge: string): Promise<void> {
    const next = await reauthenticate({ proof, challenge });
    setDue(next);
    if (next === undefined) setSaid(confirmed);
  }

  if (due === undefined && said === undefined) return null;
  return (
    <Dialog
      title="Confirm it is you"
      onClose={() => {
        setDue(undefined);
        setSaid(undefined);
      }}
    >
      {due === undefined ? (
        <p role="status">{said}</p>
      ) : (
        <FactorForm due={due} action="Confirm" onProof={prove} />
      )}
    </Dialog>
  );
}

const confirmed = 'You have confirmed who you are. Repeat your last step.';
const notConfirmed = 'The other account has not confirmed who you are.';
