import { gatehouse } from '../gatehouse.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Field } from '../parts/field.tsx';
import type { PersonDialogProps } from '../person/person.ts';
import { sendWithProof } from '../session/question.ts';
import { ChangeEmailDocument } from './account-documents.ts';

/** Mails a link to a new address of the viewer. The address changes when the link is opened. */
export function ChangeEmailDialog({ person: { id, email: before }, onClose }: PersonDialogProps) {
  async function send(read: (name: string) => string) {
    const email = read('email');
    const done = await sendWithProof((given) =>
      gatehouse.fetchWithProof(ChangeEmailDocument, given, { email }),
    );
    const text = (
      <>
        A mail is on its way to <bdi>{email}</bdi>.
      </>
    );
    const result = <p>Your address changes when you open the link in it.</p>;
    return done && { subjectId: id, text, result };
  }

  return (
    <ChangeDialog
      title={before ? 'Change the e-mail address' : 'Add an e-mail address'}
      action="Send the mail"
      onSend={send}
      onClose={onClose}
    >
      <p>
        Mails a link to the new address.{' '}
        {before ? (
          <>
            Until you open it, <bdi>{before}</bdi> stays your address.
          </>
        ) : (
          'The address counts when you open it.'
        )}
      </p>
      <Field
        label="New e-mail address"
        name="email"
        type="email"
        required
        maxLength={254}
        autoComplete="email"
      />
    </ChangeDialog>
  );
}
