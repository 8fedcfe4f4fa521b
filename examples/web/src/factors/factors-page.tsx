import { useApolloClient, useQuery } from '@apollo/client/react';
import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useRef, useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { sendWithProof } from '../proofs/reauthentication.ts';
import { AddApp } from './add-app.tsx';
import { AddPasskey } from './add-passkey.tsx';
import { OwnFactorsDocument, RenewRecoveryCodesDocument } from './factor-documents.ts';
import { FactorRow } from './factor-row.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { useWithheld } from './withheld-groups.tsx';

/** The viewer's second factors. */
export function FactorsPage() {
  const list = useRef<HTMLUListElement>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const client = useApolloClient();
  const { data, error } = useQuery(OwnFactorsDocument, {
    fetchPolicy: 'cache-and-network',
  });
  const { secondFactors = [], recoveryCodesLeft = 0 } = data?.me ?? {};
  // A first factor is added in its time, or while an administrator has opened it again.
  const isClosed = useWithheld().some((each) => each.enrolUntil !== null && !each.mayEnrol);

  async function showAll(): Promise<void> {
    // Beside the list, what is withheld has changed.
    await client.refetchQueries({ include: 'active' });
    list.current?.focus();
  }

  async function showAdded(recoveryCodes: readonly string[]): Promise<void> {
    await showAll();
    setCodes(recoveryCodes);
  }

  async function renew(): Promise<void> {
    const renewed = await sendWithProof((given) =>
      gatehouse.fetchWithProof(RenewRecoveryCodesDocument, given),
    );
    if (renewed !== undefined) await showAdded(renewed.renewRecoveryCodes);
  }

  return (
    <Page title="Second factors">
      <p>A second factor protects your account when a stranger learns your password.</p>
      <Problem error={error} />
      {data === undefined && error === undefined && <Loading />}
      {codes.length > 0 && <RecoveryCodes codes={codes} onKept={() => setCodes([])} />}
      <ul className="rows" ref={list} tabIndex={-1} aria-label="Second factors">
        {secondFactors.map((factor) => (
          <FactorRow key={factor.id} factor={factor} onChanged={showAll} />
        ))}
      </ul>
      {data !== undefined && secondFactors.length === 0 && <p>You have none yet.</p>}
      {!isClosed && <AddApp onAdded={showAdded} />}
      {!isClosed && browserSupportsWebAuthn() && <AddPasskey onAdded={showAdded} />}
      {secondFactors.length > 0 && (
        <>
          <p>Recovery codes left: {recoveryCodesLeft}</p>
          <ActionButton onAction={renew}>Replace the recovery codes</ActionButton>
        </>
      )}
    </Page>
  );
}
