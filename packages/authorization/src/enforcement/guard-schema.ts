import type { GraphQLNamedType, GraphQLOutputType, GraphQLSchema } from 'graphql';
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
  createReferenceGuard,
  type EntityReads,
  type ReferenceOptions,
} from './entities/guard-references.ts';
import { createFieldGuard, type FieldGuard } from './fields/field-guard.ts';
import { guardAbstractType } from './fields/guard-abstract-type.ts';
import { createListGuard } from './fields/guard-list-items.ts';
import type { NotedReads, NoteReads } from './reads/note-reads.ts';
import type { CheckReferences } from './references/check-references.ts';
import { createReferenceFence } from './references/guard-field-references.ts';
import type { Fenced, RowFence } from './rows/row-fence.ts';
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

/** What takes part in the execution of a guarded schema, beside its guards. */
export interface SchemaParts<TContext> {
  readonly rows: RowFence<TContext>;
  readonly runtimeTypes: RuntimeTypes<TContext>;
  /** Gets the guarded resolvers that only read a property. */
  readonly readers: PropertyReaders;
  readonly representations: ReferenceOptions;
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
  {
    rows,
    runtimeTypes,
    readers,
    representations,
    entities,
    checkReferences,
    reads,
    sizes,
  }: SchemaParts<TContext>,
): GraphQLSchema {
  const guardReferences = createReferenceGuard(decider, representations, entities);
  const fenceReferences = createReferenceFence(decider, checkReferences);
  const copy = copySchema(decider.schema);
  const counts = { sizes, compileCount: createCompileCount(sizes) };
  // In a dry run nothing is refused.
  const guardList = decider.report === undefined ? createListGuard(decider) : undefined;
  const roots: readonly (GraphQLNamedType | null | undefined)[] = [
    copy.getQueryType(),
    copy.getMutationType(),
    copy.getSubscriptionType(),
  ];
  for (const type of Object.values(copy.getTypeMap())) {
    if (isAbstractType(type)) guardAbstractType(decider, type);
    guardReferences(type);
    guardTypeValues(type);
    if (isAbstractType(type)) runtimeTypes.guard(type);
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const isRoot = roots.includes(type);
    const isSubscription = type === copy.getSubscriptionType();
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      const guard = createFieldGuard(decider, { coordinate, args: field.args, isRoot });
      const resolver = countItems(sizes, field.type, field.resolve ?? defaultFieldResolver);
      const fenced = rows.fence({ parent: type, field }, resolver);
      const { args } = field;
      const inner = fenced?.resolve ?? resolver;
      const referencing = isSubscription ? undefined : fenceReferences({ coordinate, args }, inner);
      const noted = reads.ofField(type.name, field.name);
      const wrapped = { guard, resolver, fenced, referencing, noted, note: reads.note };
      const checked = guardField(decider, field.type, wrapped);
      const guardedList = guardList?.(field.type, checked.resolve);
      const outer = guardedList === undefined ? checked : { resolve: guardedList };
      const { resolve, reader } = guardFieldValue(
        { coordinate, type: field.type },
        { ...outer, isRoot },
        counts,
      );
      const begins = isRoot && (decider.requirements.demandProof || reads.exist);
      field.resolve = begins ? beginExecution(decider, reads, resolve) : resolve;
      if (reader !== undefined && !begins) readers.set(resolve, reader);
      // A denied subscriber must not even open the source stream.
      const opening = { coordinate, args: field.args, isRoot, opensStream: true };
      if (!isSubscription) continue;
      const subscribe = rows.open({ parent: type, field }, field.subscribe ?? defaultFieldResolver);
      const opened = fenceReferences(opening, subscribe) ?? subscribe;
      const streamGuard = createFieldGuard(decider, opening);
      field.subscribe = streamGuard === undefined ? opened : guardResolver(streamGuard, opened);
      guardSourceStream(type, field);
    }
  }
  const subscriptionType = copy.getSubscriptionType();
  if (subscriptionType) guardEvents(subscriptionType);
  return copy;
}

interface FieldParts<TContext> {
  readonly guard: FieldGuard<TContext> | undefined;
  readonly resolver: Resolver<TContext>;
  /** The resolver whose rows are checked. Undefined: it returns none. */
  readonly fenced: Fenced<TContext> | undefined;
  /** The same, which reads the rows that its arguments name first. Undefined: they name none. */
  readonly referencing: Resolver<TContext> | undefined;
  readonly noted: NotedReads | undefined;
  readonly note: NoteReads<TContext>['note'];
}

function guardField<TContext>(
  decider: Decider<TContext>,
  returned: GraphQLOutputType,
  { guard, resolver, fenced, referencing, noted, note }: FieldParts<TContext>,
): GuardedResolver<TContext> {
  const inner = referencing ?? fenced?.resolve ?? resolver;
  const checked = noted === undefined ? inner : note(noted, inner);
  const resolve = guard === undefined ? checked : guardResolver(guard, checked);
  const type = getNamedType(returned);
  if (isEnumType(type) && decider.requirements.guardsReturned(type.name)) {
    return { resolve: guardEnumResult(decider, resolve, { type, returned }) };
  }
  const property = propertyOf(resolver);
  const admits = guard === undefined ? admitsAll : guard.admits;
  const admitsRows = fenced === undefined ? admitsAll : fenced.admitsAll;
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
