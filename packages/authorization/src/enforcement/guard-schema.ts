import type { GraphQLSchema } from 'graphql';
import { isAbstractType, isIntrospectionType, isObjectType } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { rootTypesOf } from '../requirements/schema-types.ts';
import type { Decider } from './calls/decider.ts';
import { copySchema } from './copy-schema.ts';
import {
  createEntityGuard,
  type EntityReads,
  type RepresentationOptions,
} from './entities/guard-entities.ts';
import { compileField, compileOpening } from './field/compile-field.ts';
import { createDeferSteps } from './field/defer-items.ts';
import { guardAbstractType } from './field/guard-abstract-type.ts';
import { createOpenStep } from './field/open-stream.ts';
import { fieldSteps, openingSteps } from './field/steps.ts';
import { createFail } from './field/value-step.ts';
import type { NoteReads } from './reads/note-reads.ts';
import type { CheckReferences } from './references/check-references.ts';
import { createFieldReferencesGuard } from './references/guard-field-references.ts';
import type { RowGuard } from './rows/guard-rows.ts';
import type { RuntimeTypes } from './rows/runtime-types.ts';
import type { AnswerSizes } from './sizes/answer-size.ts';
import { createCompileCount } from './values/count-value.ts';
import { guardTypeValues } from './values/guard-type-values.ts';
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
  const copy = copySchema(decider.schema);
  const subscriptionType = copy.getSubscriptionType();
  const roots = rootTypesOf(copy);
  const { sizes, readers } = parts;
  const shared = {
    ...parts,
    decider,
    guardArguments: createFieldReferencesGuard(decider, parts.checkReferences),
    deferItems: createDeferSteps(decider),
    compileCount: createCompileCount(sizes),
  };
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
      const copied = { parent: type, field, coordinate, isRoot, isSubscription };
      const steps = fieldSteps(copied, shared);
      const { resolve, reader } = compileField(
        { name: field.name, type: field.type, sizes },
        steps,
        createFail(coordinate, sizes),
      );
      field.resolve = resolve;
      if (reader !== undefined) readers.set(resolve, reader);
      if (!isSubscription) continue;
      const { open, fail } = createOpenStep<TContext>(coordinate);
      field.subscribe = compileOpening(openingSteps(copied, open, shared), fail);
    }
  }
  return copy;
}
