import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { sendWithProof } from '../proofs/reauthentication.ts';
import { ChangeEmailDocument } from './account-documents.ts';

/** Sends a link to a new address. The address changes when the link is used. */
export function ChangeAddress() {
  const [sentTo, setSentTo] = useState<string>();

  async function change(read: (name: string) => string): Promise<void> {
    const email = read('email').trim();
    setSentTo(undefined);
    const variables = { email, locale: navigator.language };
    const done = await sendWithProof((given) =>
      gatehouse.fetchWithProof(ChangeEmailDocument, given, variables),
    );
    if (done !== undefined) setSentTo(email);
  }

  return (
    <section aria-labelledby="change-address">
      <h3 id="change-address">Change the address</h3>
      <Form action="Send a link to the new address" onSend={change}>
        <Field name="email" label="New address" type="email" autoComplete="email" required />
      </Form>
      <p role="status">
        {sentTo !== undefined &&
          `A mail with a link is on its way to ${sentTo}. The address changes when you follow it.`}
      </p>
    </section>
  );
}
