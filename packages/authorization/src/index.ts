import { type DocumentNode, type GraphQLSchema, isSchema } from 'graphql';
import type { Viewer } from './decision/viewer.ts';
import { createDecider, type Decider, type DeciderOptions } from './enforcement/calls/decider.ts';
import { rowPolicyShapes } from './enforcement/calls/policy-calls.ts';
import type { RepresentationOptions } from './enforcement/entities/guard-entities.ts';
import {
  type ExecuteEvent,
  executeEvent,
  type Subscribe,
  subscribe,
} from './enforcement/events/subscribe.ts';
import { type AuthorizeField, createAuthorizeField } from './enforcement/field/authorize-field.ts';
import { guardSchema } from './enforcement/guard-schema.ts';
import {
  type AuthorizeOperation,
  createAuthorizeOperation,
} from './enforcement/operation/authorize-operation.ts';
import {
  createDecideOperation,
  type DecideOperation,
} from './enforcement/operation/decide-operation.ts';
import {
  createDependsOnData,
  type DependsOnData,
} from './enforcement/operation/depends-on-data.ts';
import { createGroupUses, type FindGroupUses } from './enforcement/operation/group-uses.ts';
import { type AuditReads, createAuditReads } from './enforcement/reads/audit-reads.ts';
import { findAuditedPlaces } from './enforcement/reads/audited-places.ts';
import type { AuditOptions, OnDelivered } from './enforcement/reads/delivery.ts';
import { createFollowedReads } from './enforcement/reads/follow-reads.ts';
import { createNoteReads } from './enforcement/reads/note-reads.ts';
import { createCheckReferences } from './enforcement/references/check-references.ts';
import { createFind } from './enforcement/references/find.ts';
import { createReadIdOf } from './enforcement/references/read-id.ts';
import {
  createReferenceReads,
  type ReferenceReads,
} from './enforcement/references/reference-reads.ts';
import { createPlacePolicies } from './enforcement/references/row-places.ts';
import { createRowReader, type PlacedRow } from './enforcement/references/row-reader.ts';
import { type RowTypeOptions, rowTypeShapes } from './enforcement/references/row-types.ts';
import {
  combineFiltersShapes,
  createRowFilters,
  type FilterOptions,
  type RowsOf,
} from './enforcement/rows/ask-rows.ts';
import { createCompiledRows } from './enforcement/rows/compile-rows.ts';
import { createRowGuard } from './enforcement/rows/guard-rows.ts';
import { createRowMistakes, type RowMistakeOptions } from './enforcement/rows/row-mistakes.ts';
import { createRuntimeTypes } from './enforcement/rows/runtime-types.ts';
import { type AnswerLimits, createAnswerSizes } from './enforcement/sizes/answer-size.ts';
import type { PropertyReaders } from './enforcement/values/property-reader.ts';
import { createExecute, type Execute, type ExecutedSchema } from './execute/create-execute.ts';
import { checkGraphqlVersion } from './graphql-js/version.ts';
import { checkOptions } from './options/check-options.ts';
import type { ShapesOf } from './options/shape.ts';
import { createPlanCache } from './plan/plan-cache.ts';
import { SchemaAuthorizationError } from './requirements/offence.ts';
import { readPolicyCapabilities } from './requirements/policy-capabilities.ts';
import { compileRequirements, type Requirements } from './requirements/requirements.ts';
import { schemaHash } from './rules/schema-hash.ts';
import { describeGuards } from './visibility/describe-guards.ts';
import {
  createIntrospectOperation,
  type IntrospectOperation,
} from './visibility/introspect-operation.ts';
import type { IntrospectionMode } from './visibility/introspection.ts';
import { rootAccess } from './visibility/root-access.ts';
import { createVisibleSchemas, type VisibleSchemas } from './visibility/visible-schema.ts';

export { compileFactorKinds, type FactorKind } from './decision/factor-kinds.ts';
export type { Policies, Policy, RowPolicy } from './decision/policies.ts';
export {
  type AuthenticationTimes,
  type FactorKinds,
  type KindsOptions,
  kindsOf,
} from './decision/proofs.ts';
export { isProofReason } from './decision/unproven.ts';
export type { PlacesOf, Viewer } from './decision/viewer.ts';
export { AuthorizationError } from './enforcement/calls/authorization-error.ts';
export { MissingRowError } from './enforcement/calls/missing-row-error.ts';
export { RowsError } from './enforcement/calls/rows-error.ts';
export type { RefusalError } from './enforcement/operation/authorize-operation.ts';
export { toDenialResponse } from './enforcement/operation/http-response.ts';
export type {
  AuditedRead,
  Delivery,
  OnDelivered,
} from './enforcement/reads/delivery.ts';
export { UnrecordedReadsError } from './enforcement/reads/unrecorded-reads-error.ts';
export type { PlacedRow } from './enforcement/references/row-reader.ts';
export type { RowPlace, RowType } from './enforcement/references/row-types.ts';
export { AnswerTooLargeError } from './enforcement/sizes/answer-too-large-error.ts';
export { propertyOr } from './enforcement/values/property-or.ts';
export { ValueError } from './enforcement/values/value-error.ts';
export { GraphqlVersionError } from './graphql-js/version.ts';
export { createAdmit } from './hosts/admit.ts';
export { decideCoordinate as decide } from './reports/decide-coordinate.ts';
export type { AuditedCoordinate } from './requirements/audited.ts';
export {
  createAuditedDirective,
  createAuthDirective,
  createGrantsDirective,
  createImpliesDirective,
  createPublicDirective,
  createReferencesDirective,
  createWithinDirective,
  directiveTypeDefs,
} from './requirements/directive-definitions.ts';
export { SchemaAuthorizationError } from './requirements/offence.ts';

/** The application's part of authorization, and the mode of introspection. */
export interface AuthorizationOptions<TViewer extends Viewer, TContext>
  extends DeciderOptions<TViewer, TContext>,
    FilterOptions,
    RowMistakeOptions<TContext>,
    RowTypeOptions<TContext>,
    AuditOptions<TContext>,
    RepresentationOptions,
    AnswerLimits {
  /** What introspection shows. `viewer`, the default: the elements that the viewer can reach. */
  readonly introspection?: IntrospectionMode;
}

/** A guarded schema, and the functions that authorize its operations. */
export interface Authorization<TContext> extends ExecutedSchema {
  /** The schema with guarded resolvers: serve this one. */
  readonly schema: GraphQLSchema;
  /** The schema that was passed in. For reports; never serve it. */
  readonly source: GraphQLSchema;
  readonly requirements: Requirements;
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  /** Executes operations of `schema` as graphql-js does, and compiles the queries of known documents. */
  readonly execute: Execute;
  /** Executes a subscription, in place of `subscribe` of graphql-js: events that a rule hides are left out. */
  readonly subscribe: Subscribe;
  /** Executes the operation of a subscription for one event, for hosts that read the source themselves. */
  readonly executeEvent: ExecuteEvent;
  /** Decides an operation that will not run: `Prefer: decide-only`. */
  readonly decideOperation: DecideOperation<TContext>;
  /** Returns which groups admitted the viewer to the coordinates of an operation that ran. */
  readonly groupUses: FindGroupUses<TContext>;
  /** Plans the only operation of a document before it is sent for the first time. @throws {OperationTooComplexError} */
  readonly planOperation: (document: DocumentNode) => void;
  /** Checks the guards of one field again while it runs. */
  readonly authorizeField: AuthorizeField<TContext>;
  /** Returns the filter of the rows that a narrowed field may return to the viewer. */
  readonly rowsOf: RowsOf;
  /**
   * Returns the filter of the rows of a type that exist for the viewer, for what no field returns, such as a sum. Undefined:
   * all rows, as in a dry run. Nothing checks what is read with it.
   *
   * @throws {GraphQLError} an internal error when the filter cannot be made, and {@link AuthorizationError} when the
   * viewer is anonymous, or has not proved its identity as the rule of the type asks, or of one type of an interface.
   */
  readonly filterOf: (typeName: string, context: TContext) => unknown;
  /** Reads one row by its id. Undefined: it does not exist for the viewer. */
  readonly find: (typeName: string, id: unknown, context: TContext) => Promise<unknown>;
  /**
   * Reads a row as a place: the text of its id, by which the places of viewers are compared, and where it belongs. It is read by
   * `byIds` without a filter: ask first who may know that it exists. Undefined: there is no such row, or its id can be no place.
   */
  readonly placeOf: (
    typeName: string,
    id: unknown,
    context: TContext,
  ) => Promise<PlacedRow | undefined>;
  /** Returns the ids of rows in the arguments of a field's call. */
  readonly referencesOf: ReferenceReads<TContext>['referencesOf'];
  /** Reads the rows again that ids name, such as in a transaction. */
  readonly readReferences: ReferenceReads<TContext>['readReferences'];
  /** Requires that the rows still exist for the viewer, and are in its places, that a change has left. */
  readonly requireKept: ReferenceReads<TContext>['requireKept'];
  /** Whether policies or narrowed rows decide about the operation of `info`, besides the viewer's groups. */
  readonly dependsOnData: DependsOnData<TContext>;
  /** Follows the reads of audited coordinates, for `createAdmit`. */
  readonly auditReads: AuditReads<TContext>;
  /** Answers introspection with the elements that the viewer can reach. */
  readonly introspect: IntrospectOperation<TContext>;
  /**
   * Reads the places of the viewer of a context, for what is asked outside of an operation: the part of the schema that it
   * sees, the root fields that it may call. Nothing is read in a schema without groups in places.
   */
  readonly readPlaces: (context: TContext) => Promise<void>;
  /** Returns the part of `schema` that a viewer can reach. For display; never serve it. */
  readonly visibleTo: VisibleSchemas;
  /** Returns the coordinates of the root fields that a viewer may call. */
  readonly accessOf: (viewer: Viewer) => readonly string[];
  /** Returns the hash of `source` with its guards, which `@graphql-gatehouse/codegen` writes into front ends. */
  readonly schemaHash: () => string;
}

/**
 * Compiles the `@auth` and `@public` directives of a schema. Call it once, at start.
 *
 * @throws {GraphqlVersionError} when the installed `graphql` is not supported.
 * @throws {TypeError} for an option of the wrong type, and for an unknown one.
 * @throws {SchemaAuthorizationError} with every offence by coordinate, when the schema breaks a rule.
 */
export function createAuthorization<TViewer extends Viewer, TContext>(
  schema: GraphQLSchema,
  options: AuthorizationOptions<TViewer, TContext>,
): Authorization<TContext> {
  checkGraphqlVersion();
  checkArguments(schema, options);
  const byIds = new Set(Object.keys(options.types ?? {}));
  const known = readPolicyCapabilities(options.policies);
  const requirements = compileRequirements(schema, known, byIds, placedTypes(options));
  const onDelivered = requireOnDelivered(requirements, options);
  const ofPlaces = createPlacePolicies(requirements, options);
  const decider = createDecider(schema, requirements, options, ofPlaces);
  const findPlans = createPlanCache(schema, requirements);
  const { filterOf, find, placeOf, checkReferences, ...rowGuards } = createRowParts(
    decider,
    options,
  );
  const readers: PropertyReaders = new WeakMap();
  const places = findAuditedPlaces(schema, requirements.audited, createReadIdOf(options));
  const followed = createFollowedReads<TContext>();
  const sizes = createAnswerSizes(options);
  const guarded = guardSchema(decider, {
    ...rowGuards,
    readers,
    representations: options,
    entities: { byIds, find },
    checkReferences,
    reads: createNoteReads(places, followed),
    sizes,
  });
  describeGuards(guarded, requirements);
  const visibleTo = createVisibleSchemas(guarded, requirements);
  const auditReads = createAuditReads({ schema: guarded, places, followed, onDelivered });
  const { viewerOf, introspection: mode = 'viewer' } = options;
  return {
    schema: guarded,
    readers,
    sizes,
    source: schema,
    requirements,
    authorizeOperation: createAuthorizeOperation(decider, findPlans, checkReferences),
    execute: createExecute({ schema: guarded, readers, sizes }),
    subscribe,
    executeEvent,
    decideOperation: createDecideOperation(decider, findPlans, checkReferences),
    groupUses: createGroupUses(decider, findPlans),
    planOperation(document) {
      findPlans(document, undefined);
    },
    authorizeField: createAuthorizeField(decider),
    rowsOf: rowGuards.rows.rowsOf,
    filterOf,
    find,
    placeOf,
    ...createReferenceReads(decider, checkReferences),
    dependsOnData: createDependsOnData(decider),
    auditReads(request) {
      if (!places.exist) return undefined;
      const planned = findPlans(request.document, request.operationName);
      return planned?.isAudited === true ? auditReads(request, planned) : undefined;
    },
    introspect: createIntrospectOperation({
      schema: guarded,
      mode,
      visibleTo,
      viewerOf,
      readPlaces: decider.readPlaces,
    }),
    readPlaces: async (context) => decider.readPlaces(context),
    visibleTo,
    accessOf: (viewer) => rootAccess(schema, requirements, viewer),
    schemaHash: once(() => schemaHash(schema)),
  };
}

/** Creates what checks the rows that fields return, and what reads rows by their ids. */
function createRowParts<TContext>(
  decider: Decider<TContext>,
  options: FilterOptions & RowMistakeOptions<TContext> & RowTypeOptions<TContext>,
) {
  const compiled = createCompiledRows(decider);
  const mistakes = createRowMistakes(options);
  const filters = createRowFilters(decider, compiled, mistakes, options);
  const runtimeTypes = createRuntimeTypes(decider);
  const parts = { compiled, mistakes, filters, runtimeTypes };
  const reader = createRowReader(decider, parts, options);
  return {
    rows: createRowGuard(decider, parts),
    runtimeTypes,
    filterOf: (typeName: string, context: TContext): unknown =>
      decider.report === undefined
        ? filters.ofType(typeName, { context, now: decider.beganOf(context) })
        : undefined,
    find: createFind(decider, reader),
    placeOf: reader.placeOf,
    checkReferences: createCheckReferences(decider, reader),
  };
}

/** Returns the types that say by an option to which places their rows belong. */
const placedTypes = <TContext>({ types = {} }: RowTypeOptions<TContext>) =>
  new Map(
    Object.entries(types).map(([name, { within = {} }]) => [name, new Set(Object.keys(within))]),
  );

/** @throws {TypeError} for an argument of the wrong type, and for an unknown option. */
function checkArguments(schema: unknown, options: unknown): void {
  const caller = 'createAuthorization';
  if (!isSchema(schema)) throw new TypeError(`${caller}: \`schema\` must be a GraphQLSchema.`);
  checkOptions(caller, options, optionShapes);
}

const optionShapes = {
  policies: { each: { keys: rowPolicyShapes }, isNeeded: true },
  viewerOf: 'function',
  readPlaces: 'function?',
  now: 'function?',
  onPolicyError: 'function?',
  onRowsError: 'function?',
  report: 'function?',
  onDelivered: 'function?',
  combineFilters: { keys: combineFiltersShapes },
  maxRepresentations: 'positive integer?',
  maxAnswerValues: 'positive integer?',
  maxAnswerCharacters: 'positive integer?',
  types: { each: { keys: rowTypeShapes } },
  introspection: ['viewer', 'full', 'off'],
} as const satisfies ShapesOf<AuthorizationOptions<Viewer, unknown>>;

/** @throws {SchemaAuthorizationError} when reads of audited coordinates would not be recorded. */
function requireOnDelivered<TContext>(
  { audited }: Requirements,
  { onDelivered }: AuditOptions<TContext>,
): OnDelivered<TContext> {
  if (onDelivered !== undefined) return onDelivered;
  if (audited.coordinates.length === 0) return () => {};
  const problem = '@audited requires the option `onDelivered`, which records the reads';
  throw new SchemaAuthorizationError(
    audited.coordinates.map(({ coordinate }) => ({
      coordinate,
      name: 'audited-without-record',
      problem,
    })),
  );
}

/** Computes a value at the first call. */
function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
