import { Page } from '../parts/page.tsx';

/** No link opens a session: the user logs in. */
export const AccountCreated = ({ username }: { readonly username: string }) => (
  <Page title="Your account is ready">
    <p>
      Your username is <strong>{username}</strong>.
    </p>
    <p>
      <a href="/">Log in</a>
    </p>
  </Page>
);
