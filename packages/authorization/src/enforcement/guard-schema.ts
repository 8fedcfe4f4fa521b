import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  defaultFieldResolver,
  getNamedType,
  isAbstractType,
  isEnumType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { copySchema } from './copy-schema.ts';
import type { Decider } from './decider.ts';
import { createFieldGuard, type FieldGuard, type Resolver } from './field-guard.ts';
import { guardAbstractType } from './guard-abstract-type.ts';
import { guardEnumResult } from './guard-enum-result.ts';
import { createListGuard } from './guard-list-items.ts';
import { createReferenceGuard, type ReferenceOptions } from './guard-references.ts';
import { guardFieldValue, guardSourceStream, guardTypeValues } from './guard-values.ts';
import type { ListExecutor } from './guarded-execute.ts';
import type { PropertyReaders } from './list-completion.ts';
import { markRejectionHandled } from './mark-rejection-handled.ts';
import { propertyOf } from './property-or.ts';
import type { RowFence } from './row-fence.ts';

/** What takes part in the execution of a guarded schema, beside its guards. */
export interface SchemaParts<TContext> {
  readonly rows: RowFence<TContext>;
  /** Gets the guarded resolvers that only read a property. */
  readonly readers: PropertyReaders;
  readonly lists: ListExecutor<TContext>;
  readonly references: ReferenceOptions;
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
  { rows, readers, lists, references }: SchemaParts<TContext>,
): GraphQLSchema {
  const guardReferences = createReferenceGuard(decider, references);
  const copy = copySchema(decider.schema);
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
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    const isRoot = roots.includes(type);
    const isSubscription = type === copy.getSubscriptionType();
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      const guard = createFieldGuard(decider, { coordinate, args: field.args, isRoot });
      const fenced = rows.fence({ parent: type, field }, field.resolve ?? defaultFieldResolver);
      if (fenced !== undefined) field.resolve = fenced;
      guardField(decider, field, { guard, readers });
      const guardedList = guardList?.(field.type, field.resolve ?? defaultFieldResolver);
      if (guardedList !== undefined) field.resolve = guardedList;
      let resolve = guardFieldValue(type, field, readers);
      if (isRoot && !isSubscription) resolve = lists.wrapRoot(resolve);
      // The fence has to see the rows of a narrowed list.
      field.resolve = fenced === undefined ? lists.wrapList(field.type, resolve) : resolve;
      // A denied subscriber must not even open the source stream.
      const opening = { coordinate, args: field.args, isRoot, opensStream: true };
      const streamGuard = isSubscription ? createFieldGuard(decider, opening) : undefined;
      if (streamGuard !== undefined) {
        const subscribe = rows.open(
          { parent: type, field },
          field.subscribe ?? defaultFieldResolver,
        );
        field.subscribe = guardResolver(streamGuard, subscribe);
      }
      if (isSubscription) guardSourceStream(type, field);
    }
  }
  return copy;
}

interface FieldParts<TContext> extends Pick<SchemaParts<TContext>, 'readers'> {
  readonly guard: FieldGuard<TContext> | undefined;
}

function guardField<TContext>(
  decider: Decider<TContext>,
  field: GraphQLField<unknown, TContext>,
  { guard, readers }: FieldParts<TContext>,
): void {
  const returned = getNamedType(field.type);
  const resolver = field.resolve ?? defaultFieldResolver;
  const guarded = guard === undefined ? resolver : guardResolver(guard, resolver);
  if (isEnumType(returned) && decider.requirements.hasGuardedValues(returned.name)) {
    field.resolve = guardEnumResult(decider, guarded, { type: returned, returned: field.type });
    return;
  }
  const property = propertyOf(resolver);
  if (guard === undefined) {
    if (property !== undefined) readers.set(resolver, { requirement: [], property });
    return;
  }
  field.resolve = guarded;
  const isReader = resolver === defaultFieldResolver || property !== undefined;
  const { fastPath, requirement } = guard;
  if (isReader && fastPath !== undefined) readers.set(guarded, { requirement, property });
}

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
