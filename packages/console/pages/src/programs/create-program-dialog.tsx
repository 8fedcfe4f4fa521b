import { fetchData } from '../fetch-data.ts';
import { useGroups } from '../groups/use-groups.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Unread } from '../parts/states.tsx';
import { toHash } from '../route.ts';
import { useAllowed } from '../use-allowed.ts';
import { FactorLacked, factorLackedId, useUnprovableGroups } from './factor-lacked.tsx';
import { ProgramSecret } from './program-dialogs.tsx';
import { CreateProgramDocument } from './program-documents.ts';

export function CreateProgramDialog({ onClose }: { readonly onClose: () => void }) {
  const { data: groups = [] } = useGroups();
  const names = groups.map(({ name }) => name);

  async function create(read: (name: string) => string) {
    const { createApiClient } = await fetchData(CreateProgramDocument, {
      name: read('name'),
      groups: names.filter((name) => read(nameOf(name)) !== ''),
    });
    const { client, secret } = createApiClient;
    return {
      subjectId: client.id,
      text: (
        <>
          <a href={toHash(['programs', client.id])} onClick={onClose}>
            {client.name}
          </a>{' '}
          was created.
        </>
      ),
      result: <ProgramSecret value={secret} />,
    };
  }

  return (
    <ChangeDialog title="Create an API client" action="Create" onSend={create} onClose={onClose}>
      <p>
        Creates an account for an application, which can sign in immediately by a secret. Without
        groups it may do what every viewer may do that is logged in. Its groups cannot be changed
        later.
      </p>
      <Field label="Name" name="name" required maxLength={200} autoComplete="off" />
      <Groups names={names} onLeave={onClose} />
    </ChangeDialog>
  );
}

const nameOf = (group: string) => `group:${group}`;

interface GroupsProps {
  readonly names: readonly string[];
  readonly onLeave: () => void;
}

/** The groups that the viewer may give. */
function Groups({ names, onLeave }: GroupsProps) {
  const unprovable = useUnprovableGroups();
  const {
    data: given,
    error,
    refetch,
  } = useAllowed(
    `groups of API clients: ${names}`,
    new Map(
      names.map((name) => [
        name,
        [{ run: CreateProgramDocument, variables: { name: '', groups: [name] } }],
      ]),
    ),
  );
  if (error || given === undefined || unprovable === undefined)
    return <Unread error={error} onRetry={refetch} rows={4} />;
  if (given.length === 0) return null;
  const lacking = given.filter((name) => unprovable.includes(name));
  return (
    <fieldset>
      <legend>Groups</legend>
      {given.map((name) => (
        <label key={name} className="choice">
          <input
            type="checkbox"
            name={nameOf(name)}
            disabled={lacking.includes(name)}
            aria-describedby={lacking.includes(name) ? factorLackedId : undefined}
          />
          {name}
        </label>
      ))}
      {lacking.length > 0 && <FactorLacked groups={lacking} onLeave={onLeave} />}
    </fieldset>
  );
}
