import { isDeepStrictEqual } from 'node:util';
import { createAdmit, createAuthorization, type Policies } from '@graphql-gatehouse/authorization';
import { createFindRule, decideOperation } from '@graphql-gatehouse/authorization/decision';
import { compileGuards, compileNeeds, compileRules } from '@graphql-gatehouse/authorization/rules';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLResolveInfo,
  parse,
} from 'graphql';
import { describe, it } from 'vitest';
import { executeKnown } from './execute-known.ts';
import { createChoices } from './generators.ts';
import { choicesArbitrary, forAll, runs, withoutUnhandledRejections } from './property-run.ts';
import {
  type DrawnField,
  type DrawnWorld,
  drawWorld,
  type PartName,
  type Row,
  toSdl,
  toText,
} from './rows-generators.ts';
import {
  dependsOf,
  isDelivered,
  isNarrowed,
  type Outcome,
  outcomeOf,
  ownOf,
  visibleRows,
} from './rows-oracle.ts';
import {
  type AppViewer,
  arrive,
  type Context,
  type Filter,
  rowPolicies,
  selects,
} from './rows-policies.ts';

const policies: Policies<AppViewer, Context> = {
  ...rowPolicies,
  OPEN: () => true,
  LATER: async () => true,
  SHUT: async () => false,
};

/** What a resolver reads, of which a planted mistake reads other rows. */
interface Reads {
  readonly policies: Policies<AppViewer, Context>;
  /** The rows that the data client returns for a filter. */
  readonly find: (rows: readonly Row[], filter: Filter | undefined) => readonly Row[];
  /** Whether the resolver asks for the filter. */
  readonly asks: boolean;
  /** Whose cursor is given, beside what is listed. */
  readonly last: (all: readonly Row[], found: readonly Row[]) => Row | undefined;
}

const find: Reads['find'] = (rows, filter) =>
  filter === undefined ? rows : rows.filter((row) => selects(row, filter));

const rightly: Reads = { policies, find, asks: true, last: (_all, found) => found.at(-1) };

/** What the resolvers of a world did. */
interface Work {
  readonly mistakes: string[];
  /** How often each function and resolver was called, for each object. */
  readonly calls: Map<string, number>;
  readonly returned: Map<string, readonly Row[]>;
}

/** Serves a drawn world by the resolvers of an application. */
function serve(world: DrawnWorld, reads: Reads, { mistakes, calls, returned }: Work) {
  const askFor = (info: GraphQLResolveInfo): Filter | undefined => {
    const filter = reads.asks ? authorization.rowsOf(info) : undefined;
    return filter === undefined ? undefined : { ...Object(filter) };
  };

  /** Makes one part of an object. `key` names the object. */
  function make({ name: fieldName, parts }: DrawnField, name: PartName, key: unknown) {
    const { source } = parts[name];
    const called = `${fieldName}.${name} ${key}`;
    const count = () => calls.set(called, (calls.get(called) ?? 0) + 1);
    function* each(values: readonly unknown[]) {
      count();
      yield* values;
    }
    return (value: unknown): object => {
      if (source === 'absent') return {};
      if (source === 'property') return { [name]: value };
      if (source === 'promise') return { [name]: Promise.resolve(value) };
      if (source === 'thenable') {
        const then = (...done: Parameters<typeof late.then>) => {
          count();
          return late.then(...done);
        };
        const late = Promise.resolve(value);
        return { [name]: Object.fromEntries([['then', then]]) };
      }
      if (source === 'generator' && Array.isArray(value)) return { [name]: each(value) };
      const get = () => {
        count();
        if (source === 'throws') throw new Error('broken');
        return source.startsWith('asynchronous') ? Promise.resolve(value) : value;
      };
      return { [source.endsWith('resolver') ? `get ${name}` : name]: get };
    };
  }

  function resolve(field: DrawnField, info: GraphQLResolveInfo): unknown {
    const rows = reads.find(field.rows, askFor(info));
    returned.set(field.name, rows);
    if (field.shape === 'list') return rows;
    if (field.shape === 'nested') return [rows, null, Promise.resolve(rows.slice(0, 1))];
    const endCursor = reads.last(field.rows, rows)?.id;
    const edges = rows.map((row) => ({
      cursor: `row ${row.id}`,
      ...make(field, 'node', row.id)(row),
    }));
    const groups = tagsOf(rows).map((tag) => ({
      tag,
      ...make(field, 'rows', tag)(rows.filter((row) => row.tag === tag)),
    }));
    return {
      totalCount: rows.length,
      endCursor: endCursor && `row ${endCursor}`,
      ...make(field, 'edges', '')(edges),
      ...make(field, 'nodes', '')(rows),
      ...make(field, 'groups', '')(groups),
    };
  }

  /** The resolvers of the parts that have one. */
  function resolversOf({ parts }: DrawnField, names: readonly PartName[]) {
    const entries = names
      .filter((name) => parts[name].source.endsWith('resolver'))
      .map((name) => [name, (source: unknown) => Reflect.get(Object(source), `get ${name}`)()]);
    return Object.fromEntries(entries);
  }

  const schema = makeExecutableSchema({
    typeDefs: toSdl(world),
    resolvers: {
      Row: { own: ({ level }: Row) => level },
      Query: {
        open: () => [],
        ...Object.fromEntries(
          world.fields.map((field) => [
            field.name,
            (_source: unknown, _args: unknown, _context: Context, info: GraphQLResolveInfo) =>
              arrive[field.arrival](resolve(field, info)),
          ]),
        ),
      },
      ...Object.fromEntries(
        world.fields
          .filter(({ shape }) => shape === 'connection')
          .flatMap((field) => [
            [`Rows_${field.name}`, resolversOf(field, ['edges', 'nodes', 'groups'])],
            [`Edge_${field.name}`, resolversOf(field, ['node'])],
            [`Group_${field.name}`, resolversOf(field, ['rows'])],
          ]),
      ),
    },
  });
  const authorization = createAuthorization<AppViewer, Context>(schema, {
    policies: reads.policies,
    viewerOf: ({ viewer }) => viewer,
    onRowsError: ({ coordinate }) => mistakes.push(coordinate),
  });
  return authorization;
}

const tagsOf = (rows: readonly Row[]): readonly number[] => [
  ...new Set(rows.map(({ tag }) => tag)),
];

/** What the field must show of these rows. */
function shown(
  world: DrawnWorld,
  { shape, parts, selectsRows }: DrawnField,
  { rows, last }: { readonly rows: readonly Row[]; readonly last: Row | undefined },
): unknown {
  const toNode = (row: Row) => ({ id: row.id, own: ownOf(world, row) });
  const nodes = rows.map(toNode);
  if (shape === 'list') return nodes;
  if (shape === 'nested') return [nodes, null, nodes.slice(0, 1)];
  const page = { totalCount: rows.length, endCursor: last === undefined ? null : `row ${last.id}` };
  if (!selectsRows) return page;
  const part = (name: PartName, value: unknown) => (isDelivered(parts[name]) ? value : null);
  return {
    ...page,
    edges: part(
      'edges',
      rows.map((row) => ({ cursor: `row ${row.id}`, node: part('node', toNode(row)) })),
    ),
    nodes: part('nodes', nodes),
    groups: part(
      'groups',
      tagsOf(rows).map((tag) => ({
        tag,
        rows: part('rows', rows.filter((row) => row.tag === tag).map(toNode)),
      })),
    ),
  };
}

interface Answer extends Work {
  readonly result: ExecutionResult;
  readonly codes: readonly unknown[];
  readonly narrowed: readonly string[];
  readonly depends: readonly string[];
  /** The decision of a front end. */
  readonly can: string;
}

const viewerOf = ({ viewer: { groups, tag } }: DrawnWorld): AppViewer =>
  groups === null
    ? { isAuthenticated: false, reason: 'TOKEN_MISSING', tag }
    : { isAuthenticated: true, groups: new Set(groups), tag };

function decideInFrontEnd(world: DrawnWorld): string {
  const guards = compileGuards(buildSchema(toSdl(world)));
  const needs = compileNeeds(guards, parse(toText(world)));
  if (needs === undefined) throw new Error('There is an operation.');
  const find = createFindRule(compileRules(guards));
  return decideOperation({ ...needs, find, variables: {} }, viewerOf(world));
}

/** What a front end must decide by these coordinates. */
function outcomeOfDecision({ viewer }: DrawnWorld, depends: number, narrowed: number): string {
  if (viewer.groups === null) return 'denied';
  return depends > 0 ? 'depends' : narrowed > 0 ? 'narrowed' : 'allowed';
}

/** Runs a world as a host does, in spite of refusals, and decides it beside. */
async function answerOf(world: DrawnWorld, reads: Reads): Promise<Answer> {
  const work: Work = { mistakes: [], calls: new Map(), returned: new Map() };
  const authorization = serve(world, reads, work);
  const document = parse(toText(world));
  const request = { document, contextValue: { viewer: viewerOf(world) } };
  const decided = await authorization.decideOperation(request);
  const admission = await createAdmit(authorization)({ ...request, prefer: 'handling=lenient' });
  if (admission.kind !== 'admitted') throw new Error('A lenient query runs.');
  const isKnown = toText(world).length % 2 === 0;
  const ran = isKnown
    ? await executeKnown(authorization, request)
    : await execute({ schema: authorization.schema, ...request });
  const { result } = await admission.finish(ran);
  return {
    ...work,
    result: JSON.parse(JSON.stringify(result)),
    codes: (result.errors ?? []).map(({ extensions }) => extensions.code),
    narrowed: decided.kind === 'decided' ? decided.decision.narrowed : [],
    depends: decided.kind === 'decided' ? decided.decision.depends : [],
    can: decideInFrontEnd(world),
  };
}

const show = (world: DrawnWorld, answer: Answer, expected: unknown): string =>
  `${toSdl(world)}\n${JSON.stringify(world)}\n${JSON.stringify(answer.result)}\n` +
  `${answer.mistakes}\n${JSON.stringify([...answer.calls])}\n${answer.can} ${answer.depends}\nexpected ${JSON.stringify(expected)}`;

interface Tally {
  fields: number;
  narrowed: number;
  whole: number;
  readonly outcomes: Record<Outcome, number>;
}

const newTally = (): Tally => ({
  fields: 0,
  narrowed: 0,
  whole: 0,
  outcomes: { refused: 0, rows: 0, mistake: 0, 'no data': 0 },
});

/**
 * Compares an answer with what the contract says about its rows: what is delivered, what takes the field or the whole
 * query with it, that the decision names the fields that are narrowed, and that nothing runs twice.
 */
async function check(world: DrawnWorld, reads: Reads, tally: Tally): Promise<string | undefined> {
  const answer = await answerOf(world, reads);
  const fields = world.fields.map((field) => {
    const returned = answer.returned.get(field.name) ?? [];
    const outcome = outcomeOf(world, field, { asked: reads.asks, rows: returned });
    const visible = visibleRows(world, field);
    tally.fields += 1;
    tally.outcomes[outcome] += 1;
    if (visible !== undefined && visible.length > 0 && visible.length < field.rows.length)
      tally.narrowed += 1;
    if (visible !== undefined && visible.length === field.rows.length) tally.whole += 1;
    const last = reads.last(field.rows, returned);
    const value = outcome === 'rows' ? shown(world, field, { rows: returned, last }) : null;
    return { field, outcome, value };
  });
  const fails = fields.some(({ outcome }) => outcome === 'no data');
  const data = fields.map(({ field, value }) => [field.name, value]);
  const expected = fails ? undefined : { open: [], ...Object.fromEntries(data) };
  const mistakes = fields
    .filter(({ outcome }) => outcome === 'mistake' || outcome === 'no data')
    .map(({ field }) => `Query.${field.name}`);
  const narrowed = world.fields.filter(
    (field) => world.viewer.groups !== null && isNarrowed(world, field),
  );
  const depends = dependsOf(world);
  const isRight =
    isDeepStrictEqual(answer.result.data, expected) &&
    isDeepStrictEqual([...answer.mistakes].sort(), mistakes) &&
    (!fails || isDeepStrictEqual(answer.codes, ['INTERNAL_SERVER_ERROR'])) &&
    isDeepStrictEqual(
      answer.narrowed,
      narrowed.map(({ name }) => `Query.${name}`),
    ) &&
    isDeepStrictEqual([...answer.depends].sort(), [...depends].sort()) &&
    // A front end may leave the decision to the server.
    ['depends', outcomeOfDecision(world, depends.size, narrowed.length)].includes(answer.can) &&
    [...answer.calls.values()].every((count) => count === 1);
  return isRight ? undefined : show(world, answer, expected);
}

const wide: Policies<AppViewer, Context> = {
  ...policies,
  ...Object.fromEntries(
    Object.entries(rowPolicies).map(([name, policy]) => [
      name,
      { ...policy, where: () => ({ maxLevel: 3 }) },
    ]),
  ),
};

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
  const checkAll = (reads: Reads, numRuns: number, tally: Tally, isEnough: () => boolean) =>
    withoutUnhandledRejections(() =>
      forAll({
        file: 'test/authorization/rows.properties.test.ts',
        arbitrary: choicesArbitrary(160),
        numRuns,
        tally,
        isEnough,
        check: (numbers) => check(drawWorld(createChoices(numbers)), reads, tally),
      }),
    );

  it('show a viewer the rows that the contract leaves it, whatever their shape', async () => {
    const tally = newTally();
    await checkAll(
      rightly,
      runs * 4,
      tally,
      () => Math.min(tally.narrowed, tally.whole) > tally.fields / 10,
    );
  }, 300_000);

  it.each(planted)(
    'show no other row, and nothing beside it: $title is found',
    ({ reads }) => {
      const tally = newTally();
      const { outcomes } = tally;
      const isEnough = () =>
        outcomes.mistake > tally.fields / 10 &&
        (!reads.asks || outcomes['no data'] > tally.fields / 20);
      return checkAll(reads, runs * 2, tally, isEnough);
    },
    300_000,
  );
});
