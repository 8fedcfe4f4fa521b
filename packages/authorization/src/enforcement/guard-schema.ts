import type { GraphQLField, GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import {
  defaultFieldResolver,
  getNamedType,
  isAbstractType,
  isEnumType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Decider } from './calls/decider.ts';
import type { Resolver } from './calls/field-call.ts';
import { markRejectionHandled } from './calls/mark-rejection-handled.ts';
import { guardEvents } from './calls/source-events.ts';
import { copySchema } from './copy-schema.ts';
import {
  createEntityGuard,
  type EntityReads,
  type RepresentationOptions,
} from './entities/guard-entities.ts';
import { createFieldGuard, type FieldGuard } from './fields/field-guard.ts';
import { guardAbstractType } from './fields/guard-abstract-type.ts';
import { createListGuard } from './fields/guard-list-items.ts';
import type { NotedReads, NoteReads } from './reads/note-reads.ts';
import type { CheckReferences } from './references/check-references.ts';
import {
  createFieldReferencesGuard,
  type FieldReferencesGuard,
} from './references/guard-field-references.ts';
import type { RowGuard, RowGuardedResolver } from './rows/guard-rows.ts';
import type { RuntimeTypes } from './rows/runtime-types.ts';
import type { AnswerSizes } from './sizes/answer-size.ts';
import { countItems } from './values/count-items.ts';
import { createCompileCount } from './values/count-value.ts';
import { guardEnumResult } from './values/guard-enum-result.ts';
import {
  type GuardedResolver,
  guardFieldValue,
  guardSourceStream,
  guardTypeValues,
} from './values/guard-values.ts';
import { propertyOf } from './values/property-or.ts';
import type { PropertyReaders } from './values/property-reader.ts';

/** The parts of a guarded schema that its field guards do not have. */
export interface SchemaParts<TContext> {
  readonly rows: RowGuard<TContext>;
  readonly runtimeTypes: RuntimeTypes<TContext>;
  /** Gets the guarded resolvers that only read a property. */
  readonly readers: PropertyReaders;
  readonly representations: RepresentationOptions;
  readonly entities: EntityReads<TContext>;
  readonly checkReferences: CheckReferences<TContext>;
  readonly reads: NoteReads<TContext>;
  readonly sizes: AnswerSizes;
}

/**
 * Copies a schema and wraps the `resolve`, `subscribe` and `resolveType` of everything guarded. These checks alone
 * protect all data, and also decide what depends on data and cannot be planned: policies below the root, the clauses
 * of run-time types, and the rows of lists.
 *
 * @throws {SchemaAuthorizationError} for entities of a federated schema whose policies would trust a reference.
 */
export function guardSchema<TContext>(
  decider: Decider<TContext>,
  parts: SchemaParts<TContext>,
): GraphQLSchema {
  const guardEntity = createEntityGuard(decider, parts.representations, parts.entities);
  const guardArguments = createFieldReferencesGuard(decider, parts.checkReferences);
  const copy = copySchema(decider.schema);
  const subscriptionType = copy.getSubscriptionType();
  const roots = [copy.getQueryType(), copy.getMutationType(), subscriptionType];
  const guardResolve = createResolveGuard(decider, parts, guardArguments);
  const guardSubscribe = createSubscribeGuard(decider, parts, guardArguments);
  for (const type of Object.values(copy.getTypeMap())) {
    if (isAbstractType(type)) guardAbstractType(decider, type);
    guardEntity(type);
    guardTypeValues(type);
    if (isAbstractType(type)) parts.runtimeTypes.guard(type);
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const isRoot = roots.includes(type);
    const isSubscription = type === subscriptionType;
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      const guarded = { parent: type, field, coordinate, isRoot, isSubscription };
      guardResolve(guarded);
      if (isSubscription) guardSubscribe(guarded);
    }
  }
  if (subscriptionType) guardEvents(subscriptionType);
  return copy;
}

/** A field of the copied schema. */
interface CopiedField<TContext> {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, TContext>;
  readonly coordinate: string;
  readonly isRoot: boolean;
  readonly isSubscription: boolean;
}

/** Creates the function that wraps the `resolve` of a field. */
function createResolveGuard<TContext>(
  decider: Decider<TContext>,
  { rows, readers, reads, sizes }: SchemaParts<TContext>,
  guardArguments: FieldReferencesGuard<TContext>,
) {
  const counts = { sizes, compileCount: createCompileCount(sizes) };
  // In a dry run nothing is refused.
  const guardList = decider.report === undefined ? createListGuard(decider) : undefined;

  return ({ parent, field, coordinate, isRoot, isSubscription }: CopiedField<TContext>): void => {
    const { args, type } = field;
    const guard = createFieldGuard(decider, { coordinate, args, isRoot });
    const resolver = countItems(sizes, type, field.resolve ?? defaultFieldResolver);
    const rowGuarded = rows.wrapResolver({ parent, field }, resolver);
    const inner = rowGuarded?.resolve ?? resolver;
    const referencing = isSubscription ? undefined : guardArguments({ coordinate, args }, inner);
    const noted = reads.ofField(parent.name, field.name);
    const wrapped = { guard, resolver, rowGuarded, referencing, noted, note: reads.note };
    const checked = guardField(decider, type, wrapped);
    const guardedList = guardList?.(type, checked.resolve);
    const outer = guardedList === undefined ? checked : { resolve: guardedList };
    const { resolve, reader } = guardFieldValue({ coordinate, type }, { ...outer, isRoot }, counts);
    const startsExecution = isRoot && (decider.requirements.demandProof || reads.exist);
    field.resolve = startsExecution ? beginExecution(decider, reads, resolve) : resolve;
    if (reader !== undefined && !startsExecution) readers.set(resolve, reader);
  };
}

/** Creates the function that wraps the `subscribe` of a field. A denied subscriber must not even open the source stream. */
function createSubscribeGuard<TContext>(
  decider: Decider<TContext>,
  { rows }: SchemaParts<TContext>,
  guardArguments: FieldReferencesGuard<TContext>,
) {
  return ({ parent, field, coordinate, isRoot }: CopiedField<TContext>): void => {
    const opening = { coordinate, args: field.args, isRoot, opensStream: true };
    const subscribe = rows.wrapSubscribe(
      { parent, field },
      field.subscribe ?? defaultFieldResolver,
    );
    const opened = guardArguments(opening, subscribe) ?? subscribe;
    const streamGuard = createFieldGuard(decider, opening);
    field.subscribe = streamGuard === undefined ? opened : guardResolver(streamGuard, opened);
    guardSourceStream(parent, field);
  };
}

interface FieldParts<TContext> {
  readonly guard: FieldGuard<TContext> | undefined;
  readonly resolver: Resolver<TContext>;
  /** The resolver whose rows are checked. Undefined: it returns none. */
  readonly rowGuarded: RowGuardedResolver<TContext> | undefined;
  /** The same, which reads the rows that its arguments name first. Undefined: they name none. */
  readonly referencing: Resolver<TContext> | undefined;
  readonly noted: NotedReads | undefined;
  readonly note: NoteReads<TContext>['note'];
}

function guardField<TContext>(
  decider: Decider<TContext>,
  returned: GraphQLOutputType,
  { guard, resolver, rowGuarded, referencing, noted, note }: FieldParts<TContext>,
): GuardedResolver<TContext> {
  const inner = referencing ?? rowGuarded?.resolve ?? resolver;
  const checked = noted === undefined ? inner : note(noted, inner);
  const resolve = guard === undefined ? checked : guardResolver(guard, checked);
  const type = getNamedType(returned);
  if (isEnumType(type) && decider.requirements.guardsReturned(type.name)) {
    return { resolve: guardEnumResult(decider, resolve, { type, returned }) };
  }
  const property = propertyOf(resolver);
  const admits = guard === undefined ? admitsAll : guard.admits;
  const admitsRows = rowGuarded === undefined ? admitsAll : rowGuarded.admitsAll;
  const isRead = resolver === defaultFieldResolver || property !== undefined;
  if (referencing !== undefined || !isRead || admits === undefined || admitsRows === undefined)
    return { resolve };
  const admitsBoth =
    admitsRows === admitsAll
      ? admits
      : (context: TContext) => admits(context) && admitsRows(context);
  return { resolve, read: { property, admits: admitsBoth, noted } };
}

const admitsAll = (): boolean => true;

/** Wraps the resolver of a root field, so that what is kept of its execution begins when the first of them is called. */
const beginExecution =
  <TContext>(
    decider: Decider<TContext>,
    reads: NoteReads<TContext>,
    resolve: Resolver<TContext>,
  ): Resolver<TContext> =>
  (source, args, context, info) => {
    decider.beganAt(context, info);
    reads.begin(context, info);
    return resolve(source, args, context, info);
  };

function guardResolver<TContext>(
  { fastPath, check }: FieldGuard<TContext>,
  resolver: Resolver<TContext>,
): Resolver<TContext> {
  const checked: Resolver<TContext> = (source, args, context, info) => {
    const result = check({ source, args, context }, info);
    if (result === 'resolve') return resolver(source, args, context, info);
    if (result === 'skip') return null;
    return markRejectionHandled(
      result.then((late) => (late === 'resolve' ? resolver(source, args, context, info) : null)),
    );
  };
  return fastPath === undefined ? checked : fastPath(resolver, checked);
}
