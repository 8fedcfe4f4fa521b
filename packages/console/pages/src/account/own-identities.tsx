import { useViewer } from '@graphql-gatehouse/client/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { readAgain, useData } from '../data.tsx';
import { gatehouse } from '../gatehouse.ts';
import { nilId } from '../nil-id.ts';
import { Empty, Problem, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { identityColumns, type LinkedIdentity } from '../person/identity-columns.tsx';
import { IdentitiesDocument } from '../person/identity-documents.ts';
import { leaveFor, ProviderButtons } from '../session/provider-buttons.tsx';
import { sendWithProof } from '../session/question.ts';
import { type LogInProvider, useLogInWays } from '../session/use-log-in-ways.ts';
import { takeWayBack } from '../session/way-back.ts';
import { LinkProviderDocument } from './account-documents.ts';
import type { AccountPermissions } from './account-permissions.ts';
import { UnlinkDialog } from './unlink-dialog.tsx';

/** The accounts elsewhere with which the viewer can log in. */
export function OwnIdentities({ may }: { readonly may: AccountPermissions }) {
  const { principal } = useViewer();
  const { providers } = useLogInWays();
  const { dialog, open } = useDialog();
  const problem = useLink();
  const { data, error, refetch } = useData(IdentitiesDocument, { id: principal?.id ?? nilId });
  if (!data?.user) return <Unread error={error} onRetry={refetch} rows={3} />;
  const { identities } = data.user;
  const nameOf = ({ provider }: LinkedIdentity) => labelOf(provider, providers);
  const unlink = (identity: LinkedIdentity) =>
    open((onClose) => <UnlinkDialog id={identity.id} name={nameOf(identity)} onClose={onClose} />);
  const more = may.includes('unlink') ? [toUnlink(nameOf, unlink)] : [];
  return (
    <section className="stack" aria-labelledby="identities">
      <h2 id="identities">Accounts elsewhere</h2>
      {identities.length === 0 ? (
        <Empty>You log in with no account elsewhere.</Empty>
      ) : (
        <Table
          caption="Accounts elsewhere"
          columns={[{ head: 'Name', isName: true, cell: nameOf }, ...identityColumns, ...more]}
          rows={identities}
          keyOf={({ id }) => id}
        />
      )}
      <div className="actions">
        {may.includes('link') && (
          <ProviderButtons
            providers={providers}
            action="Link an account of"
            onChoose={leaveFor('link')}
          />
        )}
      </div>
      <Problem error={problem} />
      {dialog}
    </section>
  );
}

/** Links what the viewer has brought from a provider. Returns why it has failed. */
function useLink(): unknown {
  const client = useQueryClient();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    const brought = takeWayBack('link');
    if (brought === undefined || brought.outcome === 'failed') return;
    sendWithProof((given) =>
      gatehouse.fetchWithProof(LinkProviderDocument, given, { code: brought.code }),
    ).then(() => readAgain(client), setProblem);
  }, [client]);
  return problem;
}

const labelOf = (name: string, providers: readonly LogInProvider[]): string =>
  providers.find((each) => each.name === name)?.label ?? name;

const toUnlink = (
  nameOf: (identity: LinkedIdentity) => string,
  unlink: (identity: LinkedIdentity) => void,
): Column<LinkedIdentity> => ({
  head: 'Change',
  align: 'end',
  // One that an administrator has disabled stays: it could be linked again.
  cell: (identity) =>
    identity.disabledAt === null && (
      <button
        type="button"
        aria-label={`Unlink ${nameOf(identity)}`}
        onClick={() => unlink(identity)}
      >
        Unlink
      </button>
    ),
});
