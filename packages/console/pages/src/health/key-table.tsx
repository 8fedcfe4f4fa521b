import type { HealthQuery } from '../generated/graphql.ts';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';

type Key = HealthQuery['consoleHealth']['keys'][number];

/** The keys with their ages. */
export const KeyTable = ({ keys }: { readonly keys: readonly Key[] }) => (
  <Table caption="Keys" columns={columns} rows={keys} keyOf={({ id }) => id} />
);

const states: Readonly<Record<Key['state'], string>> = {
  NEXT: 'signs next',
  SIGNING: 'signs',
  RETIRED: 'verifies',
  ENDED: 'ended',
};

const columns: readonly Column<Key>[] = [
  { head: 'Id', isName: true, cell: ({ id }) => <code>{id}</code> },
  { head: 'State', cell: ({ state }) => states[state] },
  {
    head: 'Created',
    cell: ({ createdAt }) =>
      createdAt === null ? <span className="quiet">unknown</span> : <Time at={createdAt} />,
  },
  {
    head: 'Signs from',
    cell: ({ signsFrom }) =>
      signsFrom === null ? <span className="quiet">the start</span> : <Time at={signsFrom} />,
  },
  {
    head: 'Verifies until',
    cell: ({ endsAt }) =>
      endsAt === null ? <span className="quiet">its removal</span> : <Time at={endsAt} isExact />,
  },
];
