import {
  type Authorization,
  createAuthorization,
  type Policies,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql';
import {
  type AppViewer,
  arrive,
  type Context,
  type Filter,
  rowPolicies,
  selects,
} from './rows-policies.ts';
import {
  connectionName,
  type DrawnViewer,
  groupsOf,
  holderName,
  listOf,
  type PartName,
  possibleOf,
  type RuledField,
  type RuledRow,
  type RuledWorld,
  type Target,
  type Targets,
  toRuledSdl,
  unionName,
} from './ruled-generators.ts';

/** A drawn world that is served, and what it has logged. */
export interface RuledServer {
  readonly authorization: Authorization<Context>;
  /** The refusals of a dry run. */
  readonly reported: string[];
  /** The fields and parts that were called again in one execution. */
  readonly twice: string[];
}

export const viewerOf = ({ groups, tag }: DrawnViewer): AppViewer =>
  groups === null
    ? { isAuthenticated: false, reason: 'TOKEN_MISSING', tag }
    : { isAuthenticated: true, groups: new Set(groups), tag };

interface Serving {
  readonly isDryRun?: boolean;
  /** Whether all policies answer at once: when they answer can decide which error is listed. */
  readonly isAtOnce?: boolean;
}

const lowAtOnce: typeof rowPolicies.LOW = {
  ...rowPolicies.LOW,
  admits: (_viewer, { level }) => typeof level === 'number' && level <= 1,
};

/** The policies of a world. Of wide ones, each filter selects all rows. */
function policiesOf({ isWide, isPlain }: RuledWorld, isAtOnce: boolean) {
  const ofRows = isAtOnce ? { ...rowPolicies, LOW: lowAtOnce } : rowPolicies;
  const wide = Object.entries(ofRows).map(([name, policy]) => [
    name,
    { ...policy, where: () => ({}) },
  ]);
  const ofParts = { OPEN: () => true, LATER: async () => true, SHUT: async () => false };
  const policies: Policies<AppViewer, Context> = {
    ...(isWide ? Object.fromEntries(wide) : ofRows),
    ...(isPlain ? ofParts : {}),
  };
  return policies;
}

type Make = (info: GraphQLResolveInfo | undefined) => unknown;

/** Serves a drawn world by the resolvers of an application. */
export function serveRuled(
  world: RuledWorld,
  { isDryRun = false, isAtOnce = false }: Serving = {},
): RuledServer {
  const objects = new Map(
    world.rows.map(({ id, type, tag, level }) => [id, { id, type, tag, level, own: tag }]),
  );
  const rowOf = (id: Target): RuledRow | undefined => world.rows.find((row) => row.id === id);
  const objectOf = (id: Target) => (typeof id === 'number' ? objects.get(id) : undefined) ?? null;

  const twice: string[] = [];
  const called = new WeakMap<Context, Set<string>>();
  /** Notes a call. Each execution has its own context, and asks once for each path. */
  function noteCall(context: Context, { path }: GraphQLResolveInfo): void {
    const paths = called.get(context) ?? new Set();
    called.set(context, paths);
    const place = responsePathAsArray(path).join('.');
    if (paths.has(place)) twice.push(place);
    paths.add(place);
  }

  /** Returns whether the resolver of a field reads a row, after it has asked for the filter. */
  function readBy({ of, asking }: RuledField, info: GraphQLResolveInfo | undefined) {
    if (asking === 'never' || info === undefined) return () => true;
    const possible = possibleOf(world, of);
    const ask = (name?: string): Filter | undefined => {
      const filter = authorization.rowsOf(info, name);
      return filter === undefined ? undefined : { ...Object(filter) };
    };
    const filters = new Map(
      possible.map((name) => [name, possible.length > 1 ? ask(name) : ask()]),
    );
    if (possible.length === 0) ask();
    return (id: Target): boolean => {
      const row = rowOf(id);
      const filter = row && filters.get(row.type);
      const isForgotten = asking === 'ignores' && !world.isWide;
      if (row === undefined || filter === undefined || isForgotten) return true;
      return selects({ tag: row.tag, level: row.level ?? Number.NaN }, filter);
    };
  }

  function make(field: RuledField, target: Target): Make {
    return (info) => {
      const reads = readBy(field, info);
      if (field.shape === 'one') return arrive[field.arrival](objectOf(target));
      const items = (ids: Target): unknown =>
        contain(
          field,
          listOf(ids)
            .filter(reads)
            .map((id) => {
              if (typeof id !== 'object' || id === null) return objectOf(id);
              return field.arrival === 'at once' ? items(id) : Promise.resolve(items(id));
            }),
          info,
        );
      if (field.shape !== 'connection') return arrive[field.arrival](items(target));
      const found = listOf(target).filter(reads);
      return arrive[field.arrival](page(field, found, info === undefined));
    };
  }

  /** Makes a page. One that is shared by executions is read more than once. */
  function page({ name: of, parts }: RuledField, ids: readonly Target[], isShared: boolean) {
    function part(name: PartName, value: unknown): object {
      const { source } = parts[name];
      let isRead = false;
      const noteRead = () => {
        if (isRead && !isShared) twice.push(`${of} ${name}`);
        isRead = true;
      };
      function* each(values: readonly unknown[]) {
        noteRead();
        yield* values;
      }
      const get = (context: Context, info: GraphQLResolveInfo) => {
        noteCall(context, info);
        if (source === 'throws') throw new Error('broken');
        return source.startsWith('asynchronous') ? Promise.resolve(value) : value;
      };
      if (source === 'absent') return {};
      if (source === 'property') return { [name]: value };
      if (source === 'promise') return { [name]: Promise.resolve(value) };
      if (source === 'thenable') {
        const late = Promise.resolve(value);
        const then = (...done: Parameters<typeof late.then>) => {
          noteRead();
          return late.then(...done);
        };
        return { [name]: Object.fromEntries([['then', then]]) };
      }
      if (source === 'generator' && Array.isArray(value) && !isShared)
        return { [name]: each(value) };
      if (source.endsWith('resolver')) return { [`get ${name}`]: get };
      const method = (_args: unknown, context: Context, info: GraphQLResolveInfo) =>
        get(context, info);
      return { [name]: method };
    }
    const found = ids.flatMap((id) => objectOf(id) ?? []);
    const edges = found.map((row, key) => ({ key, ...part('node', row) }));
    const groups = groupsOf(found).map(({ tag, rows }) => ({ tag, ...part('rows', rows) }));
    return {
      total: found.length,
      ...part('edges', edges),
      ...part('nodes', found),
      ...part('groups', groups),
    };
  }

  /** Gives an object the fields that no resolver makes. */
  function fill(object: object, fields: readonly RuledField[], targets: Targets): void {
    for (const field of fields) {
      const value = make(field, targets.get(field.name) ?? null);
      if (field.source === 'property')
        Object.defineProperty(object, field.name, { value: value(undefined), enumerable: true });
      if (field.source !== 'method') continue;
      const method = (_args: unknown, context: Context, info: GraphQLResolveInfo) => {
        noteCall(context, info);
        return value(info);
      };
      Object.defineProperty(object, field.name, { value: method });
    }
  }

  const byResolver = (
    fields: readonly RuledField[],
    targetsOf: (source: unknown) => Targets | undefined,
  ) =>
    Object.fromEntries(
      fields.map((field) => [
        field.name,
        (source: unknown, _args: unknown, context: Context, info: GraphQLResolveInfo) => {
          noteCall(context, info);
          return make(field, targetsOf(source)?.get(field.name) ?? null)(info);
        },
      ]),
    );
  const concrete = world.types.filter(({ kind }) => kind === 'object');
  for (const { id, type, targets } of world.rows) {
    const fields = concrete.find(({ name }) => name === type)?.fields ?? [];
    fill(objects.get(id) ?? {}, fields, targets);
  }
  const targetsOf = (source: unknown) => rowOf(Number(Object(source).id))?.targets;
  const abstract = [
    ...(world.isPlain ? [] : [unionName]),
    ...world.types.filter(({ kind }) => kind === 'interface').map(({ name }) => name),
  ];
  const schema = makeExecutableSchema({
    typeDefs: toRuledSdl(world),
    resolvers: {
      ...Object.fromEntries(
        abstract.map((name, index) => {
          const typeOf = ({ type }: { readonly type: string }) => type;
          return [
            name,
            {
              __resolveType:
                index === 1 ? async (row: { readonly type: string }) => row.type : typeOf,
            },
          ];
        }),
      ),
      ...Object.fromEntries(
        concrete.map(({ name, fields }) => [
          name,
          byResolver(
            fields.filter(({ source }) => source === 'resolver'),
            targetsOf,
          ),
        ]),
      ),
      Query: byResolver(world.query, () => world.roots),
      Mutation: byResolver(world.mutation, () => world.roots),
      ...pageResolvers([
        ...world.query,
        ...world.mutation,
        ...concrete.flatMap(({ fields }) => fields),
      ]),
    },
    resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
  });
  const reported: string[] = [];
  const authorization: Authorization<Context> = createAuthorization<AppViewer, Context>(schema, {
    policies: policiesOf(world, isAtOnce),
    viewerOf: ({ viewer }) => viewer,
    onRowsError: ({ coordinate }, { mistakes }) => mistakes.push(coordinate),
    ...(isDryRun ? { report: ({ coordinate }) => reported.push(coordinate) } : {}),
  });
  return { authorization, reported, twice };
}

/** The resolvers of those parts of connections that have one. */
function pageResolvers(fields: readonly RuledField[]) {
  const get =
    (name: string) =>
    (source: unknown, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
      Object(source)[`get ${name}`](context, info);
  return Object.fromEntries(
    fields
      .filter(({ shape }) => shape === 'connection')
      .flatMap((field) => {
        const entriesOf = (...names: readonly PartName[]) =>
          Object.fromEntries(
            names
              .filter((name) => field.parts[name].source.endsWith('resolver'))
              .map((name) => [name, get(name)]),
          );
        return [
          [connectionName(field), entriesOf('edges', 'nodes', 'groups')],
          [holderName(field, 'node'), entriesOf('node')],
          [holderName(field, 'rows'), entriesOf('rows')],
        ];
      }),
  );
}

/** Puts items in a list. A property is read more than once. */
function contain(
  { container }: RuledField,
  items: readonly unknown[],
  info: object | undefined,
): unknown {
  if (container === 'array') return items;
  if (container === 'set') return { [Symbol.iterator]: () => items[Symbol.iterator]() };
  return info === undefined ? items : items.values();
}
