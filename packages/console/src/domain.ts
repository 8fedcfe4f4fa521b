import type { ComposedSchema, Domain, PackageRuntime } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';
import { checkFirst } from './check-first.ts';
import { findStricterInputs } from './stricter-inputs.ts';
import { typeDefs } from './type-defs.ts';
import { toHealth, typeResolvers } from './type-resolvers.ts';

type Runtime = Pick<
  PackageRuntime<unknown>,
  'reports' | 'errors' | 'accounts' | 'sql' | 'composed' | 'isProduction'
>;

/** Each coordinate or operation is decided, and no row is read. */
const decidesSchema = 100;
/** An operation is decided for each way. */
const explains = 1_000;
/** Up to a thousand entries of an index are read for each number. */
const counts = 20;
/** They are paid for by the way: a list in two lists would count a hundred times. */
const costsOfSteps = {
  'ConsoleStep.coordinate': 0,
  'ConsoleStep.on': 0,
  'ConsoleStep.guards': 0,
  'ConsoleStep.places': 0,
  'ConsoleStep.ids': 0,
  'ConsoleId.coordinate': 0,
  'ConsoleId.typeName': 0,
  'ConsoleId.rows': 0,
};

/** Creates the fields that show what the commands for operators report. The types are those of the reports. */
export const createConsoleDomain = (
  parts: () => Promise<Runtime>,
  { name: consoleName }: { readonly name: string | undefined },
): Domain => ({
  name: 'console',
  typeDefs,
  resolvers: {
    Query: withParts(parts, {
      consoleName: () => consoleName ?? null,
      consoleLastAdmin: async ({ accounts, sql }) => (await accounts.lastAdmin(sql)) ?? null,
      consoleDefaults: ({ accounts: { defaults } }) => ({
        passwordMinLength: defaults.passwordMinLength,
        newUserGroups: defaults.groups,
      }),
      consoleUsers: ({ accounts, sql }) => accounts.countUsers(sql),
      consoleMatrix: async ({ reports, composed }) =>
        describeMatrix(composed(), await reports.accessMatrix()),
      consoleChanges: ({ reports }) => reports.accessChanges(),
      consoleWays: ({ reports, errors }, { coordinate, first, groups }: AskedWays) =>
        reports.explainCoordinate(coordinate, checkFirst(errors, first), groups ?? undefined),
      consoleGroups: async ({ reports, accounts, sql }) =>
        withCounts(await reports.groups(), (names) => accounts.countMembers(sql, names)),
      consoleView: ({ reports }, { groups }: { readonly groups?: readonly string[] | null }) =>
        reports.viewAs(groups ?? null),
      consoleGroup: ({ reports }, { name, beside }: AskedGroup) =>
        reports.explainGroup(name, beside ?? []),
      consoleHealth: ({ reports, isProduction }) => toHealth(reports, isProduction),
    }),
    ...typeResolvers,
    ConsoleCheckState: { OK: 'ok', NOTE: 'note', WARNING: 'warning', PROBLEM: 'problem' },
    ConsoleKeyState: { NEXT: 'next', SIGNING: 'signing', RETIRED: 'retired', ENDED: 'ended' },
  },
  costs: {
    ...costsOfSteps,
    'Query.consoleUsers': counts,
    'ConsoleGroupSummary.members': counts,
    'ConsoleGroupSummary.ending': counts,
    'Query.consoleMatrix': decidesSchema,
    'Query.consoleChanges': decidesSchema,
    'Query.consoleView': explains,
    'Query.consoleWays': explains,
    'Query.consoleGroup': explains,
    'Query.consoleHealth': decidesSchema,
  },
});

type Groups = Awaited<ReturnType<PackageRuntime<unknown>['reports']['groups']>>;
type CountMembers = (
  groups: readonly string[],
) => ReturnType<PackageRuntime<unknown>['accounts']['countMembers']>;

/** Adds what is counted of all groups at once, and only when it is asked for. */
function withCounts(groups: Groups, count: CountMembers) {
  let counts: ReturnType<CountMembers> | undefined;
  const countsOf = async (name: string) => {
    counts ??= count(groups.map((group) => group.name));
    return (await counts).get(name);
  };
  return groups.map((group) => ({
    ...group,
    members: async () => (await countsOf(group.name))?.members,
    ending: async () => (await countsOf(group.name))?.ending,
  }));
}

type Matrix = Awaited<ReturnType<PackageRuntime<unknown>['reports']['accessMatrix']>>;

/** What is said of a matrix beside its cells, found once for each schema. */
const described = new WeakMap<Matrix, object>();

function describeMatrix({ schema, projectTypes }: ComposedSchema, matrix: Matrix): object {
  const known = described.get(matrix);
  if (known !== undefined) return known;
  const stricter = findStricterInputs(schema, matrix);
  const rows = matrix.rows.map((row) => ({ ...row, stricter: stricter.get(row.coordinate) ?? [] }));
  const found = { ...matrix, rows, projectTypes: projectTypes() };
  described.set(matrix, found);
  return found;
}

interface AskedGroup {
  readonly name: string;
  readonly beside?: readonly string[] | null;
}

interface AskedWays {
  readonly coordinate: string;
  readonly first?: number | null;
  readonly groups?: readonly string[] | null;
}
