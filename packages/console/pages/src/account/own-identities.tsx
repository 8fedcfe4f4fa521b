import { useViewer } from '@graphql-gatehouse/client/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { readAgain, useData } from '../data.tsx';
import { gatehouse } from '../gatehouse.ts';
import type { IdentitiesQuery } from '../generated/graphql.ts';
import { nilId } from '../nil-id.ts';
import { Empty, Problem, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { ProviderButtons } from '../session/provider-buttons.tsx';
import { sendWithProof } from '../session/question.ts';
import { type LogInProvider, useLogInWays } from '../session/use-log-in-ways.ts';
import { takeWayBack } from '../session/way-back.ts';
import { IdentitiesDocument, LinkProviderDocument } from './account-documents.ts';
import type { AccountPermissions } from './account-permissions.ts';
import { UnlinkDialog } from './unlink-dialog.tsx';

type Identity = NonNullable<IdentitiesQuery['user']>['identities'][number];

/** The accounts elsewhere with which the viewer can log in. */
export function OwnIdentities({ may }: { readonly may: AccountPermissions }) {
  const { principal } = useViewer();
  const { providers } = useLogInWays();
  const { dialog, open } = useDialog();
  const problem = useLink();
  const { data, error, refetch } = useData(IdentitiesDocument, { id: principal?.id ?? nilId });
  if (!data?.user) return <Unread error={error} onRetry={refetch} rows={3} />;
  const { identities } = data.user;
  const nameOf = ({ provider }: Identity) => labelOf(provider, providers);
  const unlink = (identity: Identity) =>
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
          columns={[{ head: 'Name', isName: true, cell: nameOf }, ...columns, ...more]}
          rows={identities}
          keyOf={({ id }) => id}
        />
      )}
      <div className="actions">
        {may.includes('link') && (
          <ProviderButtons providers={providers} action="Link an account of" purpose="link" />
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

const columns: readonly Column<Identity>[] = [
  { head: 'Linked', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'Last used', cell: ({ lastUsedAt }) => <TimeOr at={lastUsedAt} none="never" /> },
];

const toUnlink = (
  nameOf: (identity: Identity) => string,
  unlink: (identity: Identity) => void,
): Column<Identity> => ({
  head: 'Change',
  align: 'end',
  cell: (identity) => (
    <button
      type="button"
      aria-label={`Unlink ${nameOf(identity)}`}
      onClick={() => unlink(identity)}
    >
      Unlink
    </button>
  ),
});
