import { fetchData } from '../fetch-data.ts';
import { gatehouse } from '../gatehouse.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import type { Undo } from '../parts/done.tsx';
import { Field } from '../parts/field.tsx';
import { sendWithProof } from '../session/question.ts';
import type { Person, PersonDialogProps } from './person.ts';
import { UpdateUserDocument } from './person-documents.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { readPerson } from './read-person.ts';
import { Subject } from './subject.tsx';
import { useIsOwn } from './use-is-own.ts';

interface EditDialogProps extends PersonDialogProps {
  readonly may: PersonPermissions;
}

/** Changes the names and the address of an account. Only what was changed is sent. */
export function EditDialog({ person, may, onClose }: EditDialogProps) {
  const { id, displayName, username, email } = person;
  const isOwn = useIsOwn(person);

  async function save(read: (name: string) => string) {
    const changed = (name: string, before: string | null | undefined) =>
      read(name) === (before ?? '') ? undefined : read(name);
    const [newDisplayName, newUsername, newEmail] = [
      may.includes('rename') ? changed('displayName', displayName) : undefined,
      may.includes('change-username') ? changed('username', username) : undefined,
      may.includes('change-email') && may.includes('email') ? changed('email', email) : undefined,
    ];
    const input = {
      ...(newDisplayName !== undefined && { displayName: newDisplayName }),
      ...(newUsername !== undefined && { username: newUsername }),
      ...(newEmail !== undefined && { email: newEmail || null }),
    };
    const before = await readPerson(id);
    const isAsShown = before?.displayName === displayName && before.username === username;
    // An own address is a way in to the account: its owner proves who they are.
    const done =
      isOwn && newEmail !== undefined
        ? await sendWithProof((given) =>
            gatehouse.fetchWithProof(UpdateUserDocument, given, { id, input }),
          )
        : await fetchData(UpdateUserDocument, { id, input });
    // To set an address again would not confirm it again.
    const isUndoable = newEmail === undefined && isAsShown;
    const text = (
      <>
        The account of <Subject person={person} /> was changed.
      </>
    );
    return done && { subjectId: id, text, undo: isUndoable ? undoNames(person, input) : undefined };
  }

  return (
    <ChangeDialog title={`Edit ${displayName}`} action="Save" onSend={save} onClose={onClose}>
      <p>
        Changes how <Subject person={person} /> is named, logs in and is reached. Sessions and
        groups stay.
      </p>
      <EditFields person={person} may={may} />
    </ChangeDialog>
  );
}

const EditFields = ({
  person: { displayName, username, email },
  may,
}: Pick<EditDialogProps, 'person' | 'may'>) => (
  <>
    {may.includes('rename') && (
      <Field
        label="Display name"
        name="displayName"
        defaultValue={displayName}
        required
        maxLength={200}
        autoComplete="off"
      />
    )}
    {may.includes('change-username') && (
      <Field
        label="Username"
        name="username"
        defaultValue={username}
        required
        maxLength={64}
        autoComplete="off"
      />
    )}
    {may.includes('change-email') && may.includes('email') && (
      <Field
        label="E-mail address"
        name="email"
        type="email"
        defaultValue={email ?? ''}
        maxLength={254}
        autoComplete="off"
      />
    )}
  </>
);

/** Gives back the names that were changed, while they are those of the change. */
const undoNames = (
  { id, displayName, username }: Person,
  changed: { readonly displayName?: string; readonly username?: string },
): Undo => ({
  run: UpdateUserDocument,
  variables: {
    id,
    input: {
      ...(changed.displayName !== undefined && { displayName }),
      ...(changed.username !== undefined && { username }),
    },
  },
  isStill: async () => {
    const now = await readPerson(id);
    return (
      now?.displayName === (changed.displayName ?? displayName) &&
      now.username === (changed.username ?? username)
    );
  },
});
