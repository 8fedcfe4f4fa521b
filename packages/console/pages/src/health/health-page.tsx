import { useData } from '../data.tsx';
import type { HealthQuery } from '../generated/graphql.ts';
import { Button } from '../parts/button.tsx';
import { Fact } from '../parts/fact.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { HealthDocument } from './health-documents.ts';
import { KeyTable } from './key-table.tsx';
import './health.css';

type Health = HealthQuery['consoleHealth'];
type Check = Health['checks'][number];

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

const Shown = ({ health: { checkedAt, versions, checks, keys } }: { readonly health: Health }) => (
  <>
    <p role="status" className={`health-answer ${answerKind(checks)}`}>
      {describe(checks)}
    </p>
    <dl className="facts panel">
      <Fact name="Checked">
        <Time at={checkedAt} />
      </Fact>
      <Fact name="This node">
        Gatehouse {versions.gatehouse}, Node.js {versions.node}
      </Fact>
    </dl>
    <h2 className="health-part">Checks</h2>
    <Table
      caption="Checks"
      columns={columns}
      rows={sort(checks)}
      // One name can have several results.
      keyOf={({ name, found }) => `${name} ${found}`}
    />
    <h2 className="health-part">Keys that sign access tokens</h2>
    {keys.length === 0 ? (
      <Empty>The keys cannot be read. A check says why.</Empty>
    ) : (
      <KeyTable keys={keys} />
    )}
  </>
);

const states = {
  PROBLEM: { text: 'Problem', kind: 'bad' },
  WARNING: { text: 'Warning', kind: 'warn' },
  OK: { text: 'OK', kind: 'good' },
} as const;

/** The worst first. */
const order = ['PROBLEM', 'WARNING', 'OK'] as const;

/** Returns the checks with problems first, and then warnings. */
const sort = (checks: readonly Check[]): readonly Check[] =>
  order.flatMap((state) => checks.filter((check) => check.state === state));

function describe(checks: readonly Check[]): string {
  const problems = count(checks, 'PROBLEM', 'problem');
  const warnings = count(checks, 'WARNING', 'warning');
  return [...problems, ...warnings].join(', ') || 'Everything works';
}

const answerKind = (checks: readonly Check[]): string =>
  states[checks.reduce<Check['state']>((worst, { state }) => worseOf(worst, state), 'OK')].kind;

const worseOf = (one: Check['state'], other: Check['state']): Check['state'] =>
  order.indexOf(one) < order.indexOf(other) ? one : other;

function count(checks: readonly Check[], state: Check['state'], noun: string): readonly string[] {
  const found = checks.filter((check) => check.state === state).length;
  return found === 0 ? [] : [`${found} ${noun}${found === 1 ? '' : 's'}`];
}

const columns: readonly Column<Check>[] = [
  { head: 'Check', isName: true, cell: ({ name }) => name },
  {
    head: 'Result',
    cell: ({ state }) => (
      <span className={`${states[state].kind} health-result`}>{states[state].text}</span>
    ),
  },
  {
    head: 'Found',
    size: 'long',
    cell: ({ found, advice }) => (
      <>
        {found}
        {advice !== null && <p className="quiet">{advice}</p>}
      </>
    ),
  },
];
