import { useData } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { identityColumns, type LinkedIdentity } from './identity-columns.tsx';
import { IdentitiesDocument, SetIdentityDisabledDocument } from './identity-documents.ts';
import type { Person, PersonDialogProps } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { Subject } from './subject.tsx';

interface IdentitiesPartProps {
  readonly person: Person;
  readonly may: PersonPermissions;
}

/** The accounts elsewhere with which a user logs in. */
export function IdentitiesPart({ person, may }: IdentitiesPartProps) {
  const { dialog, open } = useDialog();
  const { data, error, refetch } = useData(IdentitiesDocument, { id: person.id });
  if (!data?.user) return <Unread error={error} onRetry={refetch} rows={3} />;
  const { identities } = data.user;
  const change = (identity: LinkedIdentity) =>
    open((onClose) => <DisableDialog person={person} identity={identity} onClose={onClose} />);
  return (
    <section className="stack" aria-label="Accounts elsewhere">
      {identities.length === 0 ? (
        <Empty>This user logs in with no account elsewhere.</Empty>
      ) : (
        <Table
          caption="Accounts elsewhere"
          columns={[
            ...nameColumns,
            ...identityColumns,
            ...(may.includes('disable-identity') ? [toChange(change)] : []),
          ]}
          rows={identities}
          keyOf={({ id }) => id}
        />
      )}
      {dialog}
    </section>
  );
}

const nameColumns: readonly Column<LinkedIdentity>[] = [
  { head: 'Provider', isName: true, cell: ({ provider }) => provider },
  { head: 'Name there', cell: ({ subject }) => subject },
];

const toChange = (change: (identity: LinkedIdentity) => void): Column<LinkedIdentity> => ({
  head: 'Change',
  align: 'end',
  cell: (identity) => {
    const action = actionOf(identity);
    return (
      <button
        type="button"
        aria-label={`${action} the account of ${identity.provider}`}
        onClick={() => change(identity)}
      >
        {action}
      </button>
    );
  },
});

const actionOf = ({ disabledAt }: LinkedIdentity): string =>
  disabledAt === null ? 'Disable' : 'Enable';

interface DisableDialogProps extends PersonDialogProps {
  readonly identity: LinkedIdentity;
}

/** Disables an account elsewhere, or enables it again. */
function DisableDialog({ person, identity, onClose }: DisableDialogProps) {
  const { id, provider, disabledAt } = identity;
  const disabled = disabledAt === null;
  const action = actionOf(identity);
  return (
    <ChangeDialog
      title={`${action} an account elsewhere`}
      action={action}
      isDangerous={disabled}
      onSend={async () => {
        await fetchData(SetIdentityDisabledDocument, { id, disabled });
        const text = `The account of ${provider} was ${disabled ? 'disabled' : 'enabled again'}.`;
        return { subjectId: person.id, text };
      }}
      onClose={onClose}
    >
      <p>
        {disabled ? (
          <>
            <Subject person={person} /> can no longer log in with this account of {provider}. Its
            sessions and the groups that it gave end immediately. Other ways to log in stay.
          </>
        ) : (
          <>
            <Subject person={person} /> can log in with this account of {provider} again.
          </>
        )}
      </p>
    </ChangeDialog>
  );
}
