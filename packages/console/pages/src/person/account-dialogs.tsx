import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { useDefaults } from '../use-defaults.ts';
import { gone } from './gone.ts';
import { SendPasswordResetDocument } from './mail-documents.ts';
import { PasswordField, readPassword } from './password-field.tsx';
import type { PersonDialogProps } from './person.ts';
import {
  DeleteUserDocument,
  DisableUserDocument,
  EnableUserDocument,
  ResetPasswordDocument,
} from './person-documents.ts';
import { readPerson } from './read-person.ts';
import { Subject } from './subject.tsx';

const isDisabled = async (id: string): Promise<boolean> =>
  typeof (await readPerson(id))?.disabledAt === 'string';

const isActive = async (id: string): Promise<boolean> =>
  (await readPerson(id))?.disabledAt === null;

export const DisableDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title={`Disable ${person.displayName}`}
    action="Disable"
    isDangerous
    onSend={async () => {
      const { id } = person;
      const before = await readPerson(id);
      await fetchData(DisableUserDocument, { id });
      return {
        subjectId: id,
        text: (
          <>
            <Subject person={person} /> is disabled, and all sessions have ended.
          </>
        ),
        // What was so before is not undone.
        undo:
          before?.disabledAt === null
            ? { run: EnableUserDocument, variables: { id }, isStill: () => isDisabled(id) }
            : undefined,
      };
    }}
    onClose={onClose}
  >
    <p>
      <Subject person={person} /> cannot log in any more, and all sessions end immediately. The
      account, its groups and its records stay, and it can be enabled again.
    </p>
  </ChangeDialog>
);

export const EnableDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title={`Enable ${person.displayName}`}
    action="Enable"
    onSend={async () => {
      const { id } = person;
      const before = await readPerson(id);
      await fetchData(EnableUserDocument, { id });
      return {
        subjectId: id,
        text: (
          <>
            <Subject person={person} /> can log in again.
          </>
        ),
        undo:
          typeof before?.disabledAt === 'string'
            ? { run: DisableUserDocument, variables: { id }, isStill: () => isActive(id) }
            : undefined,
      };
    }}
    onClose={onClose}
  >
    <p>
      <Subject person={person} /> can log in again, with the groups of the account. Ended sessions
      stay ended.
    </p>
  </ChangeDialog>
);

interface DeleteDialogProps extends PersonDialogProps {
  /** Opens the dialog that disables the account. Absent: it is disabled, or the viewer may not. */
  readonly onDisable?: (() => void) | undefined;
}

export const DeleteDialog = ({ person, onClose, onDisable }: DeleteDialogProps) => (
  <ChangeDialog
    title={`Delete ${person.displayName}`}
    action={`Delete ${person.username}`}
    isDangerous
    typed={person.username}
    onSend={async () => {
      await fetchData(DeleteUserDocument, { id: person.id });
      return {
        subjectId: person.id,
        text: (
          <>
            <Subject person={person} /> was deleted.
          </>
        ),
      };
    }}
    onClose={onClose}
    instead={
      onDisable && (
        <button type="button" onClick={onDisable}>
          Disable instead
        </button>
      )
    }
  >
    <p>
      Deletes <Subject person={person} />
      {gone(person)}. This cannot be undone. What is recorded of the account stays in the log.
    </p>
  </ChangeDialog>
);

export function ResetPasswordDialog({ person, onClose }: PersonDialogProps) {
  const { data: defaults } = useDefaults();
  async function reset(read: (name: string) => string) {
    const { password, result } = readPassword(read('newPassword'), defaults);
    await fetchData(ResetPasswordDocument, { id: person.id, newPassword: password });
    const text = (
      <>
        <Subject person={person} /> has another password, and all sessions have ended.
      </>
    );
    return { subjectId: person.id, text, result };
  }
  return (
    <ChangeDialog
      title={`Reset the password of ${person.displayName}`}
      action="Reset"
      isDangerous
      onSend={reset}
      onClose={onClose}
    >
      <p>
        Gives <Subject person={person} /> another password, and ends all sessions immediately.
      </p>
      <PasswordField name="newPassword" />
    </ChangeDialog>
  );
}

export const SendResetDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Mail a link for a new password"
    action="Send"
    onSend={async () => {
      await fetchData(SendPasswordResetDocument, { userId: person.id });
      return {
        subjectId: person.id,
        text: (
          <>
            A link for a new password is on its way to <Subject person={person} />.
          </>
        ),
      };
    }}
    onClose={onClose}
  >
    <p>
      Sends a link to the confirmed address of <Subject person={person} />, by which a new password
      is chosen. The present password works until then.
    </p>
  </ChangeDialog>
);
