import { GatehouseError } from '@graphql-gatehouse/client';
import { useState } from 'react';
import { Page } from '../parts/page.tsx';
import { ConfirmPage } from './confirm-page.tsx';
import { EndedPage } from './ended-page.tsx';
import { InvitationPage } from './invitation-page.tsx';
import type { OpenLink } from './open-link.ts';
import type { Purpose } from './purpose.ts';
import { ResetPage } from './reset-page.tsx';
import { SignUpPage } from './sign-up-page.tsx';

interface LinkPageProps {
  readonly purpose: Purpose | undefined;
  readonly token: string | undefined;
}

/** The page that a link of a mail opens. It sends nothing before the user presses a button. */
export function LinkPage({ purpose, token }: LinkPageProps) {
  const [hasEnded, setHasEnded] = useState(false);
  if (purpose === undefined || token === undefined) return <WithoutToken />;
  if (hasEnded) return <EndedPage purpose={purpose} />;

  async function spend<Result>(sent: Promise<Result>): Promise<Result> {
    try {
      return await sent;
    } catch (error) {
      if (error instanceof GatehouseError && error.reason === 'LINK_ENDED') setHasEnded(true);
      throw error;
    }
  }

  return <PageOf purpose={purpose} link={{ token, spend }} />;
}

function PageOf({ purpose, link }: { readonly purpose: Purpose; readonly link: OpenLink }) {
  switch (purpose) {
    case 'invitation':
      return <InvitationPage link={link} />;
    case 'sign-up':
      return <SignUpPage link={link} />;
    case 'reset':
      return <ResetPage link={link} />;
    default:
      return <ConfirmPage purpose={purpose} link={link} />;
  }
}

/** Shown after a reload too, since the address has no token any more. */
const WithoutToken = () => (
  <Page title="Open the link of your mail">
    <p>
      This page needs the link that was sent to you, and gets it only when you open it from the
      mail. After a reload, open it once more: it still works, unless you have pressed the button.
    </p>
    <p>
      <a href="/">Go to the login page</a>
    </p>
  </Page>
);
