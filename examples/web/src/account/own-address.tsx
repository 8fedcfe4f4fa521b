import { Can } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Time } from '../parts/time.tsx';
import { RequestEmailVerificationDocument } from './account-documents.ts';

interface OwnAddressProps {
  readonly address: string | null;
  readonly verifiedAt: string | null;
}

/** The viewer's address, and whether mails to it arrive. */
export function OwnAddress({ address, verifiedAt }: OwnAddressProps) {
  const [isSent, setIsSent] = useState(false);
  if (address === null) return <p>Your account has no address. Without one, it gets no mails.</p>;
  if (verifiedAt !== null) {
    return (
      <p>
        {address}
        <span className="quiet">
          {' '}
          · confirmed <Time at={verifiedAt} />
        </span>
      </p>
    );
  }

  async function send(): Promise<void> {
    await gatehouse.fetch(RequestEmailVerificationDocument, { locale: navigator.language });
    setIsSent(true);
  }

  return (
    <>
      <p>
        {address} <span className="state">· not confirmed</span>
      </p>
      <p>Only a confirmed address helps you when you forget your password.</p>
      <Can run={RequestEmailVerificationDocument} depends="show">
        <div className="actions">
          <ActionButton onAction={send}>Send a link to confirm it</ActionButton>
          <p role="status">{isSent && 'A mail with the link is on its way.'}</p>
        </div>
      </Can>
    </>
  );
}
