import { GatehouseError } from '@graphql-gatehouse/client';
import { useState } from 'react';
import { Page } from '../parts/page.tsx';
import { AccountCreated } from './account-created.tsx';
import { JoinPage } from './join-page.tsx';
import { AcceptInvitationDocument } from './link-documents.ts';
import { NewAccountForm } from './new-account-form.tsx';
import type { OpenLink } from './open-link.ts';

/** Accepts an invitation with a new account, or with one that has verified the invited address. */
export function InvitationPage({ link }: { readonly link: OpenLink }) {
  const [username, setUsername] = useState<string>();
  const [hasAccount, setHasAccount] = useState(false);
  if (username !== undefined) return <AccountCreated username={username} />;
  if (hasAccount) return <JoinPage link={link} />;

  function readError(error: unknown): void {
    if (error instanceof GatehouseError && error.reason === 'HAS_ACCOUNT') setHasAccount(true);
  }

  return (
    <Page title="Accept the invitation">
      <NewAccountForm
        link={link}
        document={AcceptInvitationDocument}
        onCreated={setUsername}
        onError={readError}
      />
      <h2>You have an account?</h2>
      <p>If its address is the one that was invited, accept with it.</p>
      <button type="button" onClick={() => setHasAccount(true)}>
        Accept with my account
      </button>
    </Page>
  );
}
