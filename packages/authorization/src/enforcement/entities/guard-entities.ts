import type {
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLUnionType,
} from 'graphql';
import { defaultTypeResolver, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import {
  type Offence,
  type Problem,
  SchemaAuthorizationError,
} from '../../requirements/offence.ts';
import { isPlaced } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { createAuthorizationError, toDenialExtensions } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { type FindRow, referenceById } from './reference-by-id.ts';
import { createReferenceRows, type ReferenceRows } from './reference-rows.ts';
import {
  createRepresentationCheck,
  defaultMaxRepresentations,
  type EntityType,
  RepresentationError,
} from './representations.ts';

/** The `__resolveReference` of a type of a federated schema. */
type ResolveReference<TContext> = (
  reference: unknown,
  context: TContext,
  info: GraphQLResolveInfo,
) => unknown;

/** Limits of the references that a gateway sends. */
export interface RepresentationOptions {
  /** The most representations that one operation may have in all of its fields `_entities`. Default: 1,000. */
  readonly maxRepresentations?: number;
}

/** How entities without a `__resolveReference` are read. */
export interface EntityReads<TContext> {
  /** The names of the types whose rows are read by ids. */
  readonly byIds: ReadonlySet<string>;
  readonly find: FindRow<TContext>;
}

/**
 * Creates the function that wraps the `__resolveReference` of a type, as `@apollo/subgraph` stores it:
 *
 * - It is not called for a viewer whom the type's clauses refuse. The guard of the union `_Entity` alone would refuse
 *   only its result. Other errors fail one reference alone, too.
 * - Its result is replaced with null if the type has lists with `rows`, and none of them would return it.
 *
 * A type without one whose rows are read by ids gets one, if it has one key: the id.
 *
 * Representations are checked before any of them is resolved.
 *
 * @throws {SchemaAuthorizationError} for entities whose policies would trust a reference.
 */
export function createEntityGuard<TContext>(
  decider: Decider<TContext>,
  { maxRepresentations = defaultMaxRepresentations }: RepresentationOptions,
  { byIds, find }: EntityReads<TContext>,
): (type: GraphQLNamedType) => void {
  const { schema, requirements } = decider;
  const union = schema.getType('_Entity');
  if (!isUnionType(union)) return () => {};
  const rows = createReferenceRows(decider);
  const resolverOf = (type: EntityType): ResolveReference<TContext> | undefined => {
    if (hasReferenceResolver(type) || !byIds.has(type.name)) return referenceResolver(type);
    return referenceById(schema, type, find);
  };
  requireReferenceResolvers(union.getTypes(), { requirements, rows, resolverOf });
  const guardEntitiesField = createEntitiesFieldGuard(decider, union, maxRepresentations);

  return (type) => {
    if (isObjectType(type) && type.name === schema.getQueryType()?.name) guardEntitiesField(type);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    const resolve = resolverOf(type);
    if (resolve === undefined) return;
    const possible = isInterfaceType(type) ? schema.getPossibleTypes(type) : [type];
    const isNarrowed = possible.some(({ name }) => rows.narrows(name));
    const narrowed = isNarrowed ? narrow(decider, rows, { type, resolve }) : resolve;
    // Thrown at once, an error would fail the references to other types too, and leave their rejections unhandled.
    const guarded: ResolveReference<TContext> = async (reference, context, info) => {
      const denied = decider.deniedByGroups(type.name, context, info);
      if (denied !== undefined) throw denied;
      return narrowed(reference, context, info);
    };
    const apollo = recordIn(type.extensions, 'apollo');
    const subgraph = { ...recordIn(apollo, 'subgraph'), resolveReference: guarded };
    type.extensions = { ...type.extensions, apollo: { ...apollo, subgraph } };
  };
}

/** Creates the function that lets the field `_entities` of a type check its representations first. */
function createEntitiesFieldGuard<TContext>(
  { schema, executions }: Decider<TContext>,
  union: GraphQLUnionType,
  maxRepresentations: number,
) {
  const resolved = Object.values(schema.getTypeMap())
    .filter(isInterfaceType)
    .filter(hasReferenceResolver);
  const check = createRepresentationCheck(schema, [...union.getTypes(), ...resolved]);
  /** By the state of an execution. */
  const counts = new WeakMap<object, number>();

  function requireFew(count: number, execution: object): void {
    const all = (counts.get(execution) ?? 0) + count;
    counts.set(execution, all);
    if (all <= maxRepresentations) return;
    const message = `An operation can have ${maxRepresentations} representations at most.`;
    throw new RepresentationError('representations', message);
  }

  return (type: GraphQLObjectType): void => {
    const { _entities: field } = type.getFields();
    if (field?.resolve === undefined) return;
    const { resolve } = field;
    field.resolve = (source, args, context, info) => {
      const representations = [args.representations].flat();
      requireFew(representations.length, executions.of(context, info));
      check(representations);
      return resolve(source, args, context, info);
    };
  };
}

interface Entity<TContext> {
  readonly type: EntityType;
  readonly resolve: ResolveReference<TContext>;
}

/** Replaces rows that the viewer may not see with null. An anonymous viewer is asked to log in. */
function narrow<TContext>(
  decider: Decider<TContext>,
  rows: ReferenceRows<TContext>,
  { type, resolve }: Entity<TContext>,
): ResolveReference<TContext> {
  const isDryRun = decider.report !== undefined;
  const typeOf = createTypeOf<TContext>(type);
  return async (reference, context, info) => {
    const viewer = decider.viewerOf(context);
    if (!viewer.isAuthenticated && !isDryRun) {
      const { reason } = viewer;
      throw createAuthorizationError(
        toDenialExtensions(type.name, { outcome: 'unauthenticated', reason }),
      );
    }
    const row = await resolve(reference, context, info);
    if (row === null || row === undefined || row instanceof Error) return row;
    const typeName = await typeOf(row, context, info);
    if (typeName === undefined || (await rows.admits(typeName, row, { context, info }))) return row;
    if (!isDryRun) return null;
    const denial = toDenialExtensions(typeName, { outcome: 'forbidden', unmet: [] });
    decider.reportOnce(denial, context, info);
    return row;
  };
}

/** Creates the function that returns the name of the run-time type of a row. */
function createTypeOf<TContext>(type: EntityType) {
  if (isObjectType(type)) return () => type.name;
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (row: unknown, context: TContext, info: GraphQLResolveInfo) =>
    resolveType(row, context, info, type);
}

interface EntityRules<TContext> {
  readonly requirements: Requirements;
  readonly rows: ReferenceRows<TContext>;
  readonly resolverOf: (type: EntityType) => ResolveReference<TContext> | undefined;
}

/**
 * Refuses entities with policies that have no `__resolveReference`: their source would be the representation that the
 * client has sent, so a client could name itself the owner.
 */
function requireReferenceResolvers<TContext>(
  entities: readonly GraphQLObjectType[],
  { requirements, rows, resolverOf }: EntityRules<TContext>,
): void {
  const isRead = (type: GraphQLObjectType) =>
    hasReferenceResolver(type) || resolverOf(type) !== undefined;
  const ofFields: readonly Offence[] = entities
    .filter((type) => !isRead(type))
    .flatMap((type) =>
      Object.values(type.getFields()).map(({ name }) => memberCoordinate(type.name, name)),
    )
    .filter((coordinate) =>
      requirements.at(coordinate).some((clause) => clause.or.length > 0 || isPlaced(clause)),
    )
    .map((coordinate) => ({ coordinate, ...trustsClient }));
  const ofRows: readonly Offence[] = entities
    .filter((type) => rows.narrows(type.name) && resolverOf(type) === undefined)
    .map(({ name }) => ({ coordinate: name, ...isNotNarrowed }));
  const ofRules: readonly Offence[] = entities
    .filter((type) => requirements.ruleOf(type.name).length > 0 && !isRead(type))
    .map(({ name }) => ({ coordinate: name, ...trustsClient }));
  const offences = [...ofFields, ...ofRows, ...ofRules];
  if (offences.length > 0) throw new SchemaAuthorizationError(offences);
}

const trustsClient: Problem = {
  name: 'entity-without-resolver',
  problem:
    'its type has no __resolveReference, so its policy would trust the representation that the client sends',
};
const isNotNarrowed: Problem = {
  name: 'entity-without-resolver',
  problem:
    'it has lists with `rows`, so it needs a __resolveReference, as @apollo/subgraph stores it, to be filtered',
};

/** Other libraries than `@apollo/subgraph` set a property of the type. */
const hasReferenceResolver = (type: GraphQLNamedType): boolean =>
  referenceResolver(type) !== undefined || 'resolveReference' in type;

function referenceResolver<TContext>(
  type: GraphQLNamedType,
): ResolveReference<TContext> | undefined {
  const resolve = recordIn(recordIn(type.extensions, 'apollo'), 'subgraph').resolveReference;
  return typeof resolve === 'function' ? (...args) => resolve(...args) : undefined;
}

type UnknownRecord = Readonly<Record<string, unknown>>;

/** Copies an object inside another. The copy is empty if the property is missing. */
const recordIn = (value: UnknownRecord, name: string): UnknownRecord => ({
  ...Object(value[name]),
});
