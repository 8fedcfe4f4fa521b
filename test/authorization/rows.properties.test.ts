import { isDeepStrictEqual } from 'node:util';
import {
  createAuthorization,
  type Policies,
  type RowPolicy,
  type Viewer,
} from '@gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type ExecutionResult, execute, type GraphQLResolveInfo, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createChoices } from './generators.ts';
import {
  choicesArbitrary,
  forAll,
  isReplay,
  runs,
  withoutUnhandledRejections,
} from './property-run.ts';
import {
  type DrawnField,
  type DrawnWorld,
  drawWorld,
  type Row,
  type RowPolicyName,
  toSdl,
} from './rows-generators.ts';
import { visibleRows } from './rows-oracle.ts';

type AppViewer = Viewer & { readonly tag: number };

interface Context {
  readonly viewer: AppViewer;
}

/** A filter, with the combinations of Prisma. */
interface Filter {
  readonly tag?: number;
  readonly maxLevel?: number;
  readonly OR?: readonly Filter[];
  readonly AND?: readonly Filter[];
}

const selects = (row: Row, { tag, maxLevel, OR, AND }: Filter): boolean =>
  (tag === undefined || row.tag === tag) &&
  (maxLevel === undefined || row.level <= maxLevel) &&
  (OR === undefined || OR.some((filter) => selects(row, filter))) &&
  (AND === undefined || AND.every((filter) => selects(row, filter)));

const rowOf = (row: unknown): Row => ({ id: 0, tag: -1, level: 99, ...Object(row) });
const levelOf = ({ level }: Readonly<Record<string, unknown>>): number => Number(level);

const policies: Readonly<Record<RowPolicyName, RowPolicy<AppViewer, Context>>> = {
  SAME_TAG: {
    admits: ({ tag }, row) => rowOf(row).tag === tag,
    where: ({ tag }) => ({ tag }),
  },
  LOW: {
    admits: async (_viewer, row) => rowOf(row).level <= 1,
    where: () => ({ maxLevel: 1 }),
  },
  NEVER: { admits: () => false, where: () => ({ OR: [] }) },
  UP_TO: {
    admits: (_viewer, row, args) => rowOf(row).level <= levelOf(args),
    where: (_viewer, args) => ({ maxLevel: levelOf(args) }),
  },
};

/** What a resolver reads, of which a planted mistake reads other rows. */
interface Reads {
  readonly policies: Policies<AppViewer, Context>;
  /** The rows that the data client returns for a filter. */
  readonly find: (rows: readonly Row[], filter: Filter | undefined) => readonly Row[];
  /** Whether the resolver asks for the filter. */
  readonly asks: boolean;
  /** What is counted and whose cursor is given, beside what is listed. */
  readonly count: (all: readonly Row[], found: readonly Row[]) => number;
  readonly last: (all: readonly Row[], found: readonly Row[]) => Row | undefined;
}

const find: Reads['find'] = (rows, filter) =>
  filter === undefined ? rows : rows.filter((row) => selects(row, filter));

const rightly: Reads = {
  policies,
  find,
  asks: true,
  count: (_all, found) => found.length,
  last: (_all, found) => found.at(-1),
};

/** Serves a drawn world by the resolvers of an application. */
function serve(world: DrawnWorld, reads: Reads, onRowsError: (coordinate: string) => void) {
  const askFor = (info: GraphQLResolveInfo): Filter | undefined => {
    const filter = reads.asks ? authorization.rowsOf(info) : undefined;
    return filter === undefined ? undefined : { ...Object(filter) };
  };

  function resolve(field: DrawnField, info: GraphQLResolveInfo): unknown {
    const rows = reads.find(field.rows, askFor(info));
    const count = reads.count(field.rows, rows);
    const endCursor = reads.last(field.rows, rows)?.id;
    const edges = () => rows.map((node) => ({ node, cursor: `row ${node.id}` }));
    if (field.shape === 'list') return rows;
    if (field.shape === 'nested') return [rows, null, Promise.resolve(rows.slice(0, 1))];
    const page = { totalCount: count, endCursor: endCursor && `row ${endCursor}` };
    if (field.shape === 'edges') return Promise.resolve({ ...page, edges: edges(), nodes: [] });
    if (field.shape === 'nodes') return { ...page, edges: [], nodes: rows };
    if (field.shape === 'lazy') return { ...page, edges, nodes: async () => rows.values() };
    return { ...page, edges: rows.map((row) => ({ row, cursor: `row ${row.id}` })), nodes: null };
  }

  const schema = makeExecutableSchema({
    typeDefs: toSdl(world),
    resolvers: {
      Query: Object.fromEntries(
        world.fields.map((field) => [
          field.name,
          (_source: unknown, _args: unknown, _context: Context, info: GraphQLResolveInfo) =>
            resolve(field, info),
        ]),
      ),
      LateEdge: { node: ({ row }: { readonly row: Row }) => Promise.resolve(row) },
    },
  });
  const authorization = createAuthorization<AppViewer, Context>(schema, {
    policies: reads.policies,
    viewerOf: ({ viewer }) => viewer,
    onRowsError: ({ coordinate }) => onRowsError(coordinate),
  });
  return authorization;
}

const inside: Readonly<Record<string, string>> = { list: '{ id }', nested: '{ id }' };

const toText = ({ fields, level }: DrawnWorld): string =>
  `{ ${fields
    .map(({ name, shape }) => {
      const selected =
        inside[shape] ?? '{ totalCount endCursor edges { cursor node { id } } nodes { id } }';
      return `${name}(level: ${level}) ${selected}`;
    })
    .join(' ')} }`;

/** What the field must show of these rows. */
function shown({ shape }: DrawnField, rows: readonly Row[] | undefined): unknown {
  if (rows === undefined) return null;
  const nodes = rows.map(({ id }) => ({ id }));
  if (shape === 'list') return nodes;
  if (shape === 'nested') return [nodes, null, nodes.slice(0, 1)];
  const edges = rows.map(({ id }) => ({ cursor: `row ${id}`, node: { id } }));
  const last = rows.at(-1);
  const page = { totalCount: rows.length, endCursor: last === undefined ? null : `row ${last.id}` };
  if (shape === 'edges') return { ...page, edges, nodes: [] };
  if (shape === 'nodes') return { ...page, edges: [], nodes };
  return { ...page, edges, nodes: shape === 'lazy' ? nodes : null };
}

interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly codes: readonly unknown[];
  readonly mistakes: readonly string[];
  readonly denials: number;
  readonly narrowed: readonly string[];
}

const viewerOf = ({ viewer: { groups, tag } }: DrawnWorld): AppViewer =>
  groups === null
    ? { isAuthenticated: false, reason: 'TOKEN_MISSING', tag }
    : { isAuthenticated: true, groups: new Set(groups), tag };

/** Runs a world by the guarded schema, and decides it beside. */
async function answerOf(world: DrawnWorld, reads: Reads): Promise<Answer> {
  const mistakes: string[] = [];
  const authorization = serve(world, reads, (coordinate) => mistakes.push(coordinate));
  const document = parse(toText(world));
  const request = { document, contextValue: { viewer: viewerOf(world) } };
  const denials = await authorization.authorizeOperation(request);
  const decided = await authorization.decideOperation(request);
  const result: ExecutionResult = await execute({ schema: authorization.schema, ...request });
  const { data, errors = [] } = JSON.parse(JSON.stringify(result));
  return {
    data,
    codes: errors.map(({ extensions }: { extensions?: { code?: unknown } }) => extensions?.code),
    mistakes,
    denials: denials.length,
    narrowed: decided.kind === 'decided' ? decided.decision.narrowed : [],
  };
}

const show = (world: DrawnWorld, answer: unknown): string =>
  `${toSdl(world)}\n${JSON.stringify(world)}\n${JSON.stringify(answer)}`;

/** An application without mistakes: the viewer gets the rows that the contract leaves it, in every shape. */
async function checkRightly(world: DrawnWorld, tally: Tally): Promise<string | undefined> {
  const answer = await answerOf(world, rightly);
  const expected = world.fields.map((field) => {
    const rows = visibleRows(world, field);
    tally.fields += 1;
    if (rows !== undefined && rows.length > 0 && rows.length < field.rows.length)
      tally.narrowed += 1;
    if (rows !== undefined && rows.length === field.rows.length) tally.whole += 1;
    return [field.name, shown(field, rows)];
  });
  const isRefused = world.viewer.groups === null;
  const isRight =
    isDeepStrictEqual(answer.data, Object.fromEntries(expected)) &&
    answer.mistakes.length === 0 &&
    answer.denials === (isRefused ? world.fields.length : 0) &&
    answer.codes.every((code) => code === 'UNAUTHENTICATED') &&
    // What is not whole is told of by the decision.
    world.fields.every(
      (field) =>
        visibleRows(world, field) === undefined ||
        visibleRows(world, field)?.length === field.rows.length ||
        answer.narrowed.includes(`Query.${field.name}`),
    );
  return isRight ? undefined : show(world, answer);
}

interface Tally {
  fields: number;
  narrowed: number;
  whole: number;
}

/** The ids of rows in an answer, and those in its cursors. */
const idsIn = (value: unknown, pattern: RegExp): readonly number[] =>
  [...JSON.stringify(value ?? null).matchAll(pattern)].map(([, id]) => Number(id));

/**
 * An application with a mistake: no row is shown that the contract hides, no count of such rows, and no cursor of one.
 */
async function checkPlanted(
  world: DrawnWorld,
  reads: Reads,
): Promise<'harmless' | 'found' | 'leak'> {
  const answer = await answerOf(world, reads);
  const isLeak = world.fields.some((field) => {
    const ids = (visibleRows(world, field) ?? []).map(({ id }) => id);
    const value = answer.data[field.name];
    const isHidden = (id: number) => !ids.includes(id);
    if (idsIn(value, /"id":(\d+)/g).some(isHidden)) return true;
    const count = Number(Object(value).totalCount ?? 0);
    return count > ids.length || idsIn(value, /row (\d+)/g).some(isHidden);
  });
  if (isLeak) return 'leak';
  return answer.mistakes.length > 0 ? 'found' : 'harmless';
}

const wide: Policies<AppViewer, Context> = Object.fromEntries(
  Object.entries(policies).map(([name, policy]) => [
    name,
    { ...policy, where: () => ({ maxLevel: 3 }) },
  ]),
);

/** Mistakes that someone could make, each with what finds it. */
const planted: readonly { readonly title: string; readonly reads: Reads }[] = [
  {
    title: 'a filter that was asked for and forgotten',
    reads: { ...rightly, find: (rows) => rows },
  },
  { title: 'a `where` that is wider than `admits`', reads: { ...rightly, policies: wide } },
  {
    title: 'a count and a list without a filter, for which no one asked',
    reads: { ...rightly, asks: false },
  },
  {
    title: 'a cursor of a hidden row, without a filter',
    reads: { ...rightly, asks: false, find: () => [], last: (all) => all.at(-1) },
  },
];

describe('generated lists and connections with rows', () => {
  const cases = runs * 2;

  it('show a viewer the rows that the contract leaves it, whatever their shape', async () => {
    const tally: Tally = { fields: 0, narrowed: 0, whole: 0 };
    await withoutUnhandledRejections(() =>
      forAll({
        file: 'test/authorization/rows.properties.test.ts',
        arbitrary: choicesArbitrary(120),
        numRuns: cases,
        check: (numbers) => checkRightly(drawWorld(createChoices(numbers)), tally),
      }),
    );
    const { fields, narrowed, whole } = tally;
    process.stdout.write(`${fields} fields: ${narrowed} narrowed to some rows, ${whole} whole\n`);
    if (isReplay) return;
    expect(narrowed).toBeGreaterThan(fields / 10);
    expect(whole).toBeGreaterThan(fields / 10);
  }, 300_000);

  it.each(planted)(
    'show no other row, and nothing beside it: $title is found',
    async ({ reads }) => {
      const found = { harmless: 0, found: 0, leak: 0 };
      await withoutUnhandledRejections(() =>
        forAll({
          file: 'test/authorization/rows.properties.test.ts',
          arbitrary: choicesArbitrary(120),
          numRuns: runs,
          async check(numbers) {
            const world = drawWorld(createChoices(numbers));
            const outcome = await checkPlanted(world, reads);
            found[outcome] += 1;
            return outcome === 'leak' ? show(world, await answerOf(world, reads)) : undefined;
          },
        }),
      );
      if (!isReplay) expect(found.found).toBeGreaterThan(runs / 10);
    },
  );
});
