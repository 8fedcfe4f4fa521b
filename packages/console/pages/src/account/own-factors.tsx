import { useViewer } from '@graphql-gatehouse/client/react';
import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { readAgain, useData } from '../data.tsx';
import { gatehouse } from '../gatehouse.ts';
import { nilId } from '../nil-id.ts';
import { Button } from '../parts/button.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { FactorsDocument } from '../person/factor-documents.ts';
import { FactorTable, type SecondFactor } from '../person/factor-table.tsx';
import { sendWithProof } from '../session/question.ts';
import { RenewRecoveryCodesDocument } from './account-documents.ts';
import type { AccountPermissions } from './account-permissions.ts';
import { AddApp } from './add-app.tsx';
import { AddPasskey } from './add-passkey.tsx';
import { mayAddFactor } from './notices.ts';
import { RecoveryCodes } from './recovery-codes.tsx';
import { RemoveFactorDialog } from './remove-factor-dialog.tsx';
import { useNotices } from './use-notices.ts';

/** The viewer's second factors, with what may be added and removed. */
export function OwnFactors({ may }: { readonly may: AccountPermissions }) {
  const client = useQueryClient();
  const { principal } = useViewer();
  const { notices } = useNotices();
  const { dialog, open } = useDialog();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const { data, error, refetch } = useData(FactorsDocument, { id: principal?.id ?? nilId });
  if (!data?.user) return <Unread error={error} onRetry={refetch} rows={3} />;
  const { secondFactors, recoveryCodesLeft } = data.user;
  const hasFactor = secondFactors.length > 0;
  const isOpen = hasFactor || mayAddFactor(notices);

  async function show(recoveryCodes: readonly string[]): Promise<void> {
    setCodes(recoveryCodes);
    await readAgain(client);
  }

  async function renew(): Promise<void> {
    const renewed = await sendWithProof((given) =>
      gatehouse.fetchWithProof(RenewRecoveryCodesDocument, given),
    );
    if (renewed !== undefined) await show(renewed.renewRecoveryCodes);
  }

  const remove = (factor: SecondFactor) =>
    open((onClose) => <RemoveFactorDialog factor={factor} onClose={onClose} />);

  return (
    <section className="stack" aria-labelledby="second-factors">
      <h2 id="second-factors">Second factors</h2>
      {codes.length > 0 && <RecoveryCodes codes={codes} onKept={() => setCodes([])} />}
      {hasFactor ? (
        <FactorTable
          factors={secondFactors}
          more={may.includes('remove') ? [toRemove(remove)] : []}
        />
      ) : (
        <Empty>You log in with the password alone.</Empty>
      )}
      {hasFactor && <p className="quiet">Recovery codes left: {recoveryCodesLeft}</p>}
      <div className="actions">
        {isOpen && may.includes('app') && <AddApp onAdded={show} />}
        {isOpen && may.includes('passkey') && browserSupportsWebAuthn() && (
          <AddPasskey onAdded={show} />
        )}
        {hasFactor && may.includes('renew') && (
          <Button onAction={renew}>Replace the recovery codes</Button>
        )}
      </div>
      {dialog}
    </section>
  );
}

const toRemove = (remove: (factor: SecondFactor) => void): Column<SecondFactor> => ({
  head: 'Change',
  align: 'end',
  cell: (factor) => (
    <button type="button" aria-label={`Remove ${factor.name}`} onClick={() => remove(factor)}>
      Remove
    </button>
  ),
});
