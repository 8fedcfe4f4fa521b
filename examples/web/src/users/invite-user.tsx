import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { Group } from '../generated/graphql.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { InviteUserDocument } from './invitation-documents.ts';

/** Invites a person by a mail. No account exists before the invitation is accepted. */
export function InviteUser({ onInvited }: { readonly onInvited: () => Promise<unknown> }) {
  const [sentTo, setSentTo] = useState<string>();

  async function invite(read: (name: string) => string): Promise<void> {
    const email = read('input.email').trim();
    const groups = Object.values(Group).filter((group) => read(group) !== '');
    // Without groups, the user gets those of new users.
    const input = groups.length === 0 ? { email } : { email, groups };
    setSentTo(undefined);
    await gatehouse.fetch(InviteUserDocument, { input, locale: navigator.language });
    setSentTo(email);
    await onInvited();
  }

  return (
    <>
      <h2>Invite a person</h2>
      <Form action="Send the invitation" onSend={invite}>
        <Field name="input.email" label="Address" type="email" autoComplete="off" required />
        <fieldset>
          <legend>Groups</legend>
          <p className="quiet">None: the groups of new users.</p>
          <div className="choices">
            {Object.values(Group).map((group) => (
              <label key={group} className="choice">
                <input name={group} type="checkbox" /> {group}
              </label>
            ))}
          </div>
        </fieldset>
      </Form>
      <p role="status">{sentTo !== undefined && `An invitation is on its way to ${sentTo}.`}</p>
    </>
  );
}
