import { gatehouse } from '../gatehouse.ts';
import type { ExportMembersQuery, ProgramsQuery } from '../generated/graphql.ts';
import { toCsvLine } from '../parts/csv.ts';
import { maxExported } from '../parts/export-dialog.tsx';
import { ProgramsDocument } from '../programs/program-documents.ts';
import { ExportMembersDocument } from './group-documents.ts';

type Page = ExportMembersQuery['members'];
type Member = Page['edges'][number]['node'];
type Program = ProgramsQuery['apiClients'][number];

const heads = [
  'group',
  'kind',
  'id',
  'name',
  'display name',
  'state',
  'granted',
  'granted by',
  'granted by id',
  'ends',
] as const;

interface ExportOptions {
  readonly signal: AbortSignal;
  /** Whether API clients are listed too. */
  readonly withPrograms: boolean;
  /** Called after each page with the number of rows. */
  readonly onPage: (count: number) => void;
}

/**
 * Returns who is in which group, as lines of CSV: a line for each group of a user or API client, as it was granted. Groups
 * that another one implies have no lines for that. Times are of UTC.
 */
export async function exportMembers(
  groups: readonly string[],
  { signal, withPrograms, onPage }: ExportOptions,
) {
  const programs = withPrograms
    ? (await gatehouse.fetch(ProgramsDocument, {}, { signal })).apiClients
    : [];
  const lines: string[] = [];
  for (const group of groups) {
    const inIt = programs.filter((program) => program.groups.some((each) => each === group));
    lines.push(...inIt.map((program) => toCsvLine(toProgramFields(group, program))));
    let after: string | null = null;
    do {
      if (lines.length >= maxExported) return { lines: [head, ...lines], isComplete: false };
      const page: Page = (
        await gatehouse.fetch(ExportMembersDocument, { group, after }, { signal })
      ).members;
      lines.push(...page.edges.map(({ node }) => toCsvLine(toMemberFields(group, node))));
      onPage(lines.length);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
  }
  return { lines: [head, ...lines], isComplete: true };
}

const head = toCsvLine(heads);

const toState = (disabledAt: string | null): string =>
  disabledAt === null ? 'active' : 'disabled';

function toMemberFields(group: string, member: Member): readonly string[] {
  const membership = member.memberships.find((each) => each.group === group);
  const { id, username, displayName, disabledAt } = member;
  return [
    group,
    'user',
    id,
    username,
    displayName,
    toState(disabledAt),
    membership?.grantedAt ?? '',
    membership?.grantedBy?.username ?? membership?.source ?? '',
    membership?.grantedBy?.id ?? '',
    membership?.expiresAt ?? '',
  ];
}

const toProgramFields = (group: string, { id, name, disabledAt }: Program): readonly string[] => [
  group,
  'API client',
  id,
  name,
  '',
  toState(disabledAt),
  ...['', '', '', ''],
];
