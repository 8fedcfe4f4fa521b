import type { FactorsQuery } from '../generated/graphql.ts';
import { type Column, Table } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';

export type SecondFactor = NonNullable<FactorsQuery['user']>['secondFactors'][number];

interface FactorTableProps {
  readonly factors: readonly SecondFactor[];
  readonly more?: readonly Column<SecondFactor>[];
}

export const FactorTable = ({ factors, more = [] }: FactorTableProps) => (
  <Table
    caption="Second factors"
    columns={[...columns, ...more]}
    rows={factors}
    keyOf={({ id }) => id}
  />
);

const columns: readonly Column<SecondFactor>[] = [
  { head: 'Name', isName: true, cell: ({ name }) => <bdi>{name}</bdi> },
  {
    head: 'Kind',
    cell: ({ kind, isBackedUp }) =>
      kind === 'OTP' ? 'authenticator app' : isBackedUp ? 'passkey, with a copy' : 'passkey',
  },
  { head: 'Added', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'Last used', cell: ({ lastUsedAt }) => <TimeOr at={lastUsedAt} none="never" /> },
  {
    head: 'State',
    cell: ({ isLost }) =>
      isLost ? (
        <span className="bad">its secret is lost</span>
      ) : (
        <span className="quiet">works</span>
      ),
  },
];
