import { fetchData } from '../fetch-data.ts';
import { GroupChoices, readGroups } from '../groups/group-choices.tsx';
import { useGroups } from '../groups/use-groups.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { PasswordField, readPassword } from '../person/password-field.tsx';
import { toHash } from '../route.ts';
import { useDefaults } from '../use-defaults.ts';
import { CreateUserDocument } from './people-documents.ts';

export function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const { data: groups = [] } = useGroups();
  const { data: defaults } = useDefaults();

  async function create(read: (name: string) => string) {
    const { password, result } = readPassword(read('password'), defaults);
    const { createUser } = await fetchData(CreateUserDocument, {
      input: {
        username: read('username'),
        password,
        displayName: read('displayName') || null,
        email: read('email') || null,
        ...readGroups(read, groups),
      },
    });
    const { id, username } = createUser;
    return {
      subjectId: id,
      text: (
        <>
          <a href={toHash(['people', id])} onClick={onClose}>
            {username}
          </a>{' '}
          was created.
        </>
      ),
      result,
    };
  }

  return (
    <ChangeDialog title="Create a user" action="Create" onSend={create} onClose={onClose}>
      <p>Creates an account that can log in immediately. Give its password to the person.</p>
      <Field label="Username" name="username" required maxLength={64} autoComplete="off" />
      <Field
        label="Display name"
        name="displayName"
        maxLength={200}
        autoComplete="off"
        hint="Left empty, it is the username."
      />
      <Field label="E-mail address" name="email" type="email" maxLength={254} autoComplete="off" />
      <PasswordField name="password" />
      <GroupChoices
        run={CreateUserDocument}
        variables={(given) => ({ input: { username: '', password: '', groups: given } })}
      />
    </ChangeDialog>
  );
}
