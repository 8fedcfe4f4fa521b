import { useState } from 'react';
import { fetchData } from '../fetch-data.ts';
import { Button } from '../parts/button.tsx';
import { Fact } from '../parts/fact.tsx';
import { Time } from '../parts/time.tsx';
import { RequestVerificationDocument } from './account-documents.ts';

interface AddressFactProps {
  readonly email: string | null;
  /** Undefined: the server has no package for mail. */
  readonly verifiedAt: string | null | undefined;
  readonly mayConfirm: boolean;
}

/** The address of the viewer, whether it was confirmed, and what confirms it. */
export const AddressFact = ({ email, verifiedAt, mayConfirm }: AddressFactProps) => (
  <Fact name="E-mail">
    {email ? <bdi>{email}</bdi> : <span className="quiet">none</span>}{' '}
    {email && verifiedAt === null && <span className="warn">not confirmed</span>}
    {email && verifiedAt && (
      <span className="quiet">
        confirmed <Time at={verifiedAt} />
      </span>
    )}
    {email && verifiedAt === null && mayConfirm && <ConfirmAddress email={email} />}
  </Fact>
);

function ConfirmAddress({ email }: { readonly email: string }) {
  const [isSent, setIsSent] = useState(false);

  async function send(): Promise<void> {
    await fetchData(RequestVerificationDocument, {});
    setIsSent(true);
  }

  return (
    <div className="confirm-address">
      <Button onAction={send}>{isSent ? 'Send it again' : 'Confirm it by a mail'}</Button>
      <span role="status">
        {isSent && (
          <>
            A mail is on its way to <bdi>{email}</bdi>. Open the link in it.
          </>
        )}
      </span>
    </div>
  );
}
