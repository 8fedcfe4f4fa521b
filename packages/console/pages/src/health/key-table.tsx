import type { HealthQuery } from '../generated/graphql.ts';
import { type Column, Table } from '../parts/table.tsx';
import { TimeOr } from '../parts/time.tsx';

type Key = HealthQuery['consoleHealth']['keys'][number];

export const KeyTable = ({ keys }: { readonly keys: readonly Key[] }) => (
  <Table caption="Keys" columns={columns} rows={keys} keyOf={({ id }) => id} />
);

const states: Readonly<Record<Key['state'], string>> = {
  NEXT: 'Signs next',
  SIGNING: 'Signing now',
  RETIRED: 'Only verifies old tokens',
  ENDED: 'Ended',
};

const columns: readonly Column<Key>[] = [
  { head: 'Id', isName: true, cell: ({ id }) => <code>{id}</code> },
  { head: 'State', cell: ({ state }) => states[state] },
  { head: 'Created', cell: ({ createdAt }) => <TimeOr at={createdAt} none="unknown" /> },
  {
    head: 'Signs',
    cell: ({ signsFrom }) => <TimeOr at={signsFrom} none="since the first start" before="from " />,
  },
  {
    head: 'Verifies',
    cell: ({ endsAt }) => <TimeOr at={endsAt} none="until it is removed" before="until " isExact />,
  },
];
