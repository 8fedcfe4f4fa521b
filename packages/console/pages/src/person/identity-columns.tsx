import type { IdentitiesQuery } from '../generated/graphql.ts';
import type { Column } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';

/** An account elsewhere with which a user logs in. */
export type LinkedIdentity = NonNullable<IdentitiesQuery['user']>['identities'][number];

export const identityColumns: readonly Column<LinkedIdentity>[] = [
  { head: 'Linked', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'Last used', cell: ({ lastUsedAt }) => <TimeOr at={lastUsedAt} none="never" /> },
  {
    head: 'State',
    cell: ({ disabledAt }) =>
      disabledAt === null ? 'in use' : <span className="warn">disabled by an administrator</span>,
  },
];
