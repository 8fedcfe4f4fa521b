import { type Authorization, createAuthorization } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLResolveInfo } from 'graphql';
import type { DrawnViewer } from './rows-generators.ts';
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
  listOf,
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

type Make = (info: GraphQLResolveInfo | undefined) => unknown;

/** Serves a drawn world by the resolvers of an application. */
export function serveRuled(
  world: RuledWorld,
  { isDryRun = false, isAtOnce = false }: Serving = {},
): RuledServer {
  const objects = new Map(
    world.rows.map(({ id, type, tag, level }) => [id, { id, type, tag, level }]),
  );
  const rowOf = (id: Target): RuledRow | undefined => world.rows.find((row) => row.id === id);
  const objectOf = (id: Target) => (typeof id === 'number' ? objects.get(id) : undefined) ?? null;

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
      if (row === undefined || filter === undefined || asking === 'ignores') return true;
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
            .map((id) => (typeof id === 'object' && id !== null ? items(id) : objectOf(id))),
          info,
        );
      if (field.shape === 'connection')
        return arrive[field.arrival](page(field, listOf(target).filter(reads)));
      return arrive[field.arrival](items(target));
    };
  }

  function page({ parts }: RuledField, ids: readonly Target[]): object {
    const part = (name: 'edges' | 'node' | 'nodes', value: unknown): object => {
      const source = parts[name];
      if (source === 'property') return { [name]: value };
      if (source === 'promise') return { [name]: Promise.resolve(value) };
      return { [source === 'function' ? name : `get ${name}`]: () => value };
    };
    const edges = ids.map((id, key) => ({ key, ...part('node', objectOf(id)) }));
    return { total: ids.length, ...part('edges', edges), ...part('nodes', ids.map(objectOf)) };
  }

  /** Gives an object the fields that no resolver makes. */
  function fill(object: object, fields: readonly RuledField[], targets: Targets): void {
    for (const field of fields) {
      const value = make(field, targets.get(field.name) ?? null);
      if (field.source === 'property')
        Object.defineProperty(object, field.name, { value: value(undefined), enumerable: true });
      if (field.source !== 'method') continue;
      const method = (_args: unknown, _context: Context, info: GraphQLResolveInfo) => value(info);
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
        (source: unknown, _args: unknown, _context: Context, info: GraphQLResolveInfo) =>
          make(field, targetsOf(source)?.get(field.name) ?? null)(info),
      ]),
    );
  const concrete = world.types.filter(({ kind }) => kind === 'object');
  for (const { id, type, targets } of world.rows) {
    const fields = concrete.find(({ name }) => name === type)?.fields ?? [];
    fill(objects.get(id) ?? {}, fields, targets);
  }
  const targetsOf = (source: unknown) => rowOf(Number(Object(source).id))?.targets;
  const abstract = [
    unionName,
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
    policies: isAtOnce ? { ...rowPolicies, LOW: lowAtOnce } : rowPolicies,
    viewerOf: ({ viewer }) => viewer,
    ...(isDryRun ? { report: ({ coordinate }) => reported.push(coordinate) } : {}),
  });
  return { authorization, reported };
}

/** The resolvers of those parts of connections that have one. */
function pageResolvers(fields: readonly RuledField[]) {
  const get = (name: string) => (source: unknown) => Object(source)[`get ${name}`]();
  return Object.fromEntries(
    fields
      .filter(({ shape }) => shape === 'connection')
      .flatMap((field) => {
        const ofPage = (['edges', 'nodes'] as const).filter(
          (name) => field.parts[name] === 'resolver',
        );
        const ofEdge = field.parts.node === 'resolver' ? ['node'] : [];
        const entriesOf = (names: readonly string[]) =>
          Object.fromEntries(names.map((name) => [name, get(name)]));
        return [
          [connectionName(field), entriesOf(ofPage)],
          [`Edge_${connectionName(field)}`, entriesOf(ofEdge)],
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
