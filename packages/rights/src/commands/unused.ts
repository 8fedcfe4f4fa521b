import { defineCommand, toTable } from 'graphql-gatehouse/package';
import { findUnusedRights, type UnusedRights } from '../counts/unused-rights.ts';
import type { Parts } from '../parts.ts';

export const rightsUnused = defineCommand({
  description: 'show the rights of groups, and the memberships, that were not used',
  options: {
    days: { type: 'number', default: 90, description: 'in the last days, and today: 1 to 400' },
    json: { type: 'boolean', description: 'print as JSON' },
  },
  run: async (parts: Parts, { days }) => toReport(await findUnusedRights(parts, days)),
});

function toReport(unused: UnusedRights) {
  const { since, until, gaps, groups, memberships, hasMoreMemberships } = unused;
  const isKnown = gaps.length === 0;
  const title = (what: string) => (isKnown ? `unused ${what}` : `${what} without a counted use`);
  return {
    document: { ...unused, isKnown },
    lines: [
      `the use of groups from ${since} until ${until.toISOString()} (UTC)`,
      ...section('not counted, so that nothing is known to be unused', describeGaps(gaps)),
      ...section(title('groups'), groups),
      ...section(
        title('rights of the other groups'),
        toTable(
          ['GROUP', 'COORDINATE'],
          unused.unused.map(({ group, coordinate }) => [group, coordinate]),
        ),
      ),
      ...section(
        'rights that another group of the viewer gave too, each time',
        toTable(
          ['GROUP', 'COORDINATE', 'TIMES'],
          unused.neverAlone.map((each) => [each.group, each.coordinate, `${each.amongOthers}`]),
        ),
      ),
      ...section(
        hasMoreMemberships
          ? `${title('memberships')}, the ${memberships.length} longest unused of more`
          : title('memberships'),
        toTable(
          ['GROUP', 'USER', 'LAST USED ON'],
          memberships.map(({ group, username, lastUsedOn }) => [
            group,
            username,
            lastUsedOn ?? '-',
          ]),
        ),
      ),
    ],
  };
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];

const describeGaps = (gaps: UnusedRights['gaps']): readonly string[] =>
  gaps.map(
    ({ from, to, reason }) => `${from.toISOString()} to ${to.toISOString()}  ${why[reason]}`,
  );

const why = {
  off: 'a node ran with ACCESS_COUNTS=off',
  none: 'no node ran that counts',
} as const;
