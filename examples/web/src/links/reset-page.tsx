import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { Form } from '../parts/form.tsx';
import { NewPasswordField } from '../parts/new-password-field.tsx';
import { Page } from '../parts/page.tsx';
import { ResetPasswordByMailDocument } from './link-documents.ts';
import type { OpenLink } from './open-link.ts';

/** Sets a new password. */
export function ResetPage({ link: { token, spend } }: { readonly link: OpenLink }) {
  const [isDone, setIsDone] = useState(false);

  async function reset(read: (name: string) => string): Promise<void> {
    const newPassword = read('newPassword');
    await spend(gatehouse.fetch(ResetPasswordByMailDocument, { token, newPassword }));
    setIsDone(true);
  }

  if (isDone) {
    return (
      <Page title="Your password is changed">
        <p>All sessions of your account have ended. Your second factors are still required.</p>
        <p>
          <a href="/">Log in with the new password</a>
        </p>
      </Page>
    );
  }
  return (
    <Page title="Choose a new password">
      <p>All sessions of your account end then.</p>
      <Form action="Set the password" onSend={reset}>
        <NewPasswordField name="newPassword" label="New password" />
      </Form>
    </Page>
  );
}
