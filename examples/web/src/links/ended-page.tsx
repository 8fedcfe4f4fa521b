import type { ReactNode } from 'react';
import { Page } from '../parts/page.tsx';
import type { Purpose } from './purpose.ts';

/** The link was used, was replaced, or is too old. */
export const EndedPage = ({ purpose }: { readonly purpose: Purpose }) => (
  <Page title="This link has ended">
    <p>It was used before, was replaced by another change, or is too old.</p>
    {advice[purpose]}
  </Page>
);

const askAgain = (
  <p>If there is still something to confirm, request another link where you requested this one.</p>
);

const advice: Readonly<Record<Purpose, ReactNode>> = {
  invitation: (
    <p>
      If you have accepted it, <a href="/">log in</a>. If not, ask the person who invited you for
      another invitation.
    </p>
  ),
  'sign-up': (
    <p>
      If you have created your account, <a href="/">log in</a>. If not,{' '}
      <a href="/#/sign-up">request another link</a>.
    </p>
  ),
  reset: (
    <p>
      To choose a new password, <a href="/#/forgotten">request another link</a>.
    </p>
  ),
  verification: askAgain,
  address: askAgain,
  undo: (
    <p>
      If you did not restore the address, contact the administrators. If you did,{' '}
      <a href="/#/forgotten">choose a new password</a>.
    </p>
  ),
};
