import { useData } from '../data.tsx';
import type { HealthQuery } from '../generated/graphql.ts';
import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { HealthDocument } from './health-documents.ts';
import { KeyTable } from './key-table.tsx';
import { type Check, findingsOf, states } from './states.ts';
import './health.css';

type Health = HealthQuery['consoleHealth'];

export function HealthPage() {
  const { data, error, refetch } = useData(HealthDocument, {});
  return (
    <Page title="Health" actions={<Button onAction={refetch}>Check again</Button>}>
      {error || data === undefined ? (
        <Unread error={error} onRetry={refetch} rows={12} />
      ) : (
        <Shown health={data.consoleHealth} />
      )}
    </Page>
  );
}

const Shown = ({ health }: { readonly health: Health }) => (
  <>
    <p role="status" className={`health-answer ${kindOf(health.checks)}`}>
      {describe(health)}
    </p>
    <p className="quiet">
      This node: Gatehouse {health.versions.gatehouse}, Node.js{' '}
      {health.versions.node.replace(/^v/, '')}, checked <Time at={health.checkedAt} />.
    </p>
    <h2 className="health-part">Checks</h2>
    <Table
      caption="Checks"
      columns={columns}
      rows={order.flatMap((state) => health.checks.filter((check) => check.state === state))}
      // One name can have several results.
      keyOf={({ name, found }) => `${name} ${found}`}
    />
    <h2 className="health-part">Keys that sign access tokens</h2>
    {health.keys.length === 0 ? (
      <Empty>The keys cannot be read. A check says why.</Empty>
    ) : (
      <KeyTable keys={health.keys} />
    )}
  </>
);

/** The worst first. */
const order = ['PROBLEM', 'WARNING', 'NOTE', 'OK'] as const;

/** Returns one sentence, such as “1 warning: mail”. */
function describe({ checks, isDevelopment }: Health): string {
  const found = [
    ...count(checks, 'PROBLEM', 'problem'),
    ...count(checks, 'WARNING', 'warning'),
  ].join('; ');
  return found || `Everything works${isDevelopment ? ', in development mode' : ''}`;
}

function count(checks: readonly Check[], state: Check['state'], noun: string): readonly string[] {
  const names = checks.filter((check) => check.state === state).map(({ name }) => name);
  const { length } = names;
  return length === 0
    ? []
    : [`${length} ${noun}${length === 1 ? '' : 's'}: ${[...new Set(names)].join(', ')}`];
}

const kindOf = (checks: readonly Check[]): string => {
  const found = findingsOf(checks);
  return states[found.find(({ state }) => state === 'PROBLEM')?.state ?? found[0]?.state ?? 'OK']
    .kind;
};

const columns: readonly Column<Check>[] = [
  { head: 'Check', isName: true, cell: ({ name }) => name },
  {
    head: 'State',
    cell: ({ state }) => (
      <span className={`${states[state].kind} health-result`}>{states[state].text}</span>
    ),
  },
  {
    head: 'Result',
    size: 'long',
    cell: ({ found, advice }) => (
      <>
        {found}
        {advice !== null && <p className="quiet">{advice}</p>}
      </>
    ),
  },
];
