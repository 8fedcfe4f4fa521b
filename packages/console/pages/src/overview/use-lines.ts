import { ChangesDocument } from '../access/access-documents.ts';
import { useData } from '../data.tsx';
import { GroupCountsDocument } from '../groups/group-documents.ts';
import { HealthDocument } from '../health/health-documents.ts';
import { type Check, findingsOf, states } from '../health/states.ts';
import { LastAdminDocument } from '../person/person-documents.ts';
import { toHash } from '../route.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import { AdminFactorsDocument, FailedLogInsDocument } from './overview-documents.ts';

/** Something that needs attention, with the page where it is seen. */
export interface Line {
  readonly text: string;
  readonly href: string;
  readonly kind: 'bad' | 'warn' | 'quiet';
}

type Source = 'health' | 'changes' | 'admin' | 'factors' | 'ending' | 'log';

const dayMs = 24 * 60 * 60_000;

/** Each line is one bounded read, for those who may open the page that it leads to. */
export const overviewNeeds: ReadonlyMap<Source, readonly Need[]> = new Map<Source, readonly Need[]>(
  [
    ['health', [{ run: HealthDocument }]],
    ['changes', [{ run: ChangesDocument }]],
    ['admin', [{ run: LastAdminDocument }]],
    ['factors', [{ run: AdminFactorsDocument, of: 'factors' }]],
    ['ending', [{ run: GroupCountsDocument }]],
    ['log', [{ run: FailedLogInsDocument, variables: { since: new Date(0).toISOString() } }]],
  ],
);

/** The present hour less a day: with each second, everything would be read again. */
const yesterday = (): string =>
  new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - dayMs).toISOString();

/** Reads what needs attention. Undefined: it is being read. */
export function useLines() {
  const allowed = useAllowed('overview', overviewNeeds);
  const may = (source: Source) => ({ isEnabled: allowed.data?.includes(source) ?? false });
  const since = yesterday();
  const reads = {
    health: useData(HealthDocument, {}, { ...may('health'), isKept: true }),
    changes: useData(ChangesDocument, {}, { ...may('changes'), isKept: true }),
    admin: useData(LastAdminDocument, {}, may('admin')),
    factors: useData(AdminFactorsDocument, {}, may('factors')),
    ending: useData(GroupCountsDocument, {}, may('ending')),
    log: useData(FailedLogInsDocument, { since }, may('log')),
  };
  const all = Object.values(reads);
  const error = allowed.error ?? all.find((read) => read.error)?.error;
  const isLoading = allowed.isLoading || all.some((read) => read.isLoading);
  const lines = [
    ...ofHealth(reads.health.data?.consoleHealth.checks ?? []),
    ...ofAdmin(reads.admin.data?.consoleLastAdmin ?? undefined),
    ...ofFactors(reads.factors.data?.members),
    ...ofEnding(reads.ending.data?.consoleGroups ?? []),
    ...ofLog(reads.log.data?.auditEvents, since),
    ...ofChanges(reads.changes.data?.consoleChanges?.rows.length ?? 0),
  ];
  const refetch = () => Promise.all(all.map((read) => read.refetch()));
  return { lines: isLoading ? undefined : lines, error, refetch };
}

const things = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

const ofHealth = (checks: readonly Check[]): readonly Line[] =>
  findingsOf(checks).map(({ name, state }) => {
    const { text, kind } = states[state];
    return {
      text: `A ${text.toLowerCase()} of the check “${name}”`,
      href: toHash(['health']),
      kind,
    };
  });

const ofAdmin = (id: string | undefined): readonly Line[] =>
  id === undefined
    ? []
    : [
        {
          text: 'Only one administrator has no end date. Grant ADMIN to another user, too.',
          href: toHash(['people', id]),
          kind: 'warn',
        },
      ];

interface Members {
  readonly edges: readonly {
    readonly node: {
      readonly disabledAt: string | null;
      readonly secondFactors: readonly unknown[];
    };
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

function ofFactors(members: Members | undefined): readonly Line[] {
  const without = members?.edges.filter(
    ({ node }) => node.disabledAt === null && node.secondFactors.length === 0,
  ).length;
  if (!without) return [];
  const more = members?.pageInfo.hasNextPage ? ', of the first 20' : '';
  const text = `${things(without, 'administrator')} without a second factor${more}`;
  return [{ text, href: toHash(['groups', 'ADMIN']), kind: 'warn' }];
}

interface Group {
  readonly name: string;
  readonly ending: number | null;
}

const ofEnding = (groups: readonly Group[]): readonly Line[] =>
  groups
    .filter(({ ending }) => ending !== 0)
    .map(({ name, ending }) => ({
      text:
        ending === 1
          ? `1 membership of ${name} ends within 7 days`
          : `${ending?.toLocaleString() ?? 'More than 1,000'} memberships of ${name} end within 7 days`,
      href: toHash(['groups', name]),
      kind: 'quiet',
    }));

interface Events {
  readonly edges: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

function ofLog(events: Events | undefined, since: string): readonly Line[] {
  if (events === undefined || events.edges.length === 0) return [];
  const { edges, pageInfo } = events;
  const count = pageInfo.hasNextPage
    ? `More than ${edges.length} failed logins`
    : things(edges.length, 'failed login');
  const href = toHash(['log'], { action: 'login.failed', since });
  return [{ text: `${count} in the last 24 hours`, href, kind: 'quiet' }];
}

const ofChanges = (rows: number): readonly Line[] =>
  rows === 0
    ? []
    : [
        {
          text: `${things(rows, 'rule')} changed since the schema before`,
          href: toHash(['access', 'changes']),
          kind: 'quiet',
        },
      ];
