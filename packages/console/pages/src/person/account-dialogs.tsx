import { fetchData } from '../data.tsx';
import { ChangeDialog, sentFor } from '../parts/change-dialog.tsx';
import { SendPasswordResetDocument } from './mail-documents.ts';
import { PasswordField, readPassword } from './password-field.tsx';
import type { PersonDialogProps } from './person.ts';
import {
  DeleteUserDocument,
  DisableUserDocument,
  EnableUserDocument,
  ResetPasswordDocument,
} from './person-documents.ts';
import { Subject } from './subject.tsx';

export const DisableDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Disable an account"
    action="Disable"
    isDangerous
    onSend={() => sentFor(person.id, fetchData(DisableUserDocument, { id: person.id }))}
    onClose={onClose}
  >
    <p>
      <Subject person={person} /> cannot log in any more, and all sessions end immediately. The
      account, its groups and its records stay.
    </p>
  </ChangeDialog>
);

export const EnableDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Enable an account"
    action="Enable"
    onSend={() => sentFor(person.id, fetchData(EnableUserDocument, { id: person.id }))}
    onClose={onClose}
  >
    <p>
      <Subject person={person} /> can log in again, with the groups of the account. Ended sessions
      stay ended.
    </p>
  </ChangeDialog>
);

export const DeleteDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Delete an account"
    action="Delete"
    isDangerous
    onSend={() => sentFor(person.id, fetchData(DeleteUserDocument, { id: person.id }))}
    onClose={onClose}
  >
    <p>
      Deletes <Subject person={person} /> with all memberships and sessions. This cannot be undone.
      What is recorded of the account stays in the log.
    </p>
  </ChangeDialog>
);

export const ResetPasswordDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Reset a password"
    action="Reset"
    isDangerous
    onSend={async (read) => {
      const { password, result } = readPassword(read);
      await fetchData(ResetPasswordDocument, { id: person.id, newPassword: password });
      return { subjectId: person.id, result };
    }}
    onClose={onClose}
  >
    <p>
      Gives <Subject person={person} /> another password, and ends all sessions immediately.
    </p>
    <PasswordField />
  </ChangeDialog>
);

export const SendResetDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Mail a link for a new password"
    action="Send"
    onSend={() => sentFor(person.id, fetchData(SendPasswordResetDocument, { userId: person.id }))}
    onClose={onClose}
  >
    <p>
      Sends a link to the confirmed address of <Subject person={person} />, by which a new password
      is chosen. The present password works until then.
    </p>
  </ChangeDialog>
);
