import { Can } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { SendPasswordResetDocument } from './invitation-documents.ts';
import type { ListedUser } from './user-row.tsx';

/** Sends a link to a new password, to a user who has confirmed the address. */
export function SendReset({ user }: { readonly user: ListedUser }) {
  const [isSent, setIsSent] = useState(false);
  const variables = { userId: user.id };
  if (!user.emailVerifiedAt || user.disabledAt !== null) return null;

  async function send(): Promise<void> {
    const { language: locale } = navigator;
    await gatehouse.fetch(SendPasswordResetDocument, { ...variables, locale });
    setIsSent(true);
  }

  return (
    <Can run={SendPasswordResetDocument} variables={variables}>
      <div className="grant">
        <ActionButton label={`Send a link to a new password to ${user.username}`} onAction={send}>
          Send a link to a new password
        </ActionButton>
        <span role="status">{isSent && 'The mail is on its way.'}</span>
      </div>
    </Can>
  );
}
