import { useState } from 'react';
import { Page } from '../parts/page.tsx';
import { AccountCreated } from './account-created.tsx';
import { CompleteSignUpDocument } from './link-documents.ts';
import { NewAccountForm } from './new-account-form.tsx';
import type { OpenLink } from './open-link.ts';

/** Creates the account that was asked for. */
export function SignUpPage({ link }: { readonly link: OpenLink }) {
  const [username, setUsername] = useState<string>();
  if (username !== undefined) return <AccountCreated username={username} />;
  return (
    <Page title="Create your account">
      <NewAccountForm link={link} document={CompleteSignUpDocument} onCreated={setUsername} />
    </Page>
  );
}
