import type { Authorization } from '@graphql-gatehouse/authorization';
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import type { Context } from '../context/context.ts';
import { type OperationLimit, OperationTooLargeError } from '../errors.ts';
import type { Pricing } from '../schema/pricing.ts';
import { selectedFieldsOf } from '../values/selected-fields.ts';
import { RequestError } from './errors/request-error.ts';
import type { OperationLimits } from './limits.ts';
import { type Amount, amountFor } from './measure/amount.ts';
import { type Measures, measureOperation } from './measure/measure-operation.ts';
import { measureVariables } from './measure/measure-variables.ts';

type OperationRequest = Parameters<Authorization<Context>['authorizeOperation']>[0];

/**
 * Checks an operation before the guards decide about it, and rejects if it is refused. An operation that the document
 * does not contain is accepted: then nothing runs.
 *
 * @throws {OperationTooLargeError} @throws {GraphQLError} BAD_REQUEST, when credentials would be checked twice.
 */
export type CheckOperation = (request: OperationRequest) => Promise<void>;

export interface OperationCheckOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'authorizeOperation'>;
  readonly pricing: Pricing;
  readonly limits: OperationLimits;
}

/**
 * Creates the check of valid operations against the limits, for every transport and host. The limits are the same for
 * everyone and reveal nothing about permissions. Only the cost budget depends on the kind of viewer.
 *
 * Documents are measured once. Measures that depend on variables are computed for each request.
 */
export function createOperationCheck(options: OperationCheckOptions): CheckOperation {
  const { authorization, pricing, limits } = options;
  const { schema } = authorization;
  const measured = new WeakMap<OperationDefinitionNode, Measured>();
  const proofArguments = proofArgumentsOf(schema);

  function measure({ document }: OperationRequest, operation: OperationDefinitionNode): Measured {
    const known = measured.get(operation);
    if (known !== undefined) return known;
    const measures = measureOperation({ schema, pricing, document, operation });
    const breach = findBreach(limits, measures);
    // Within the limits alone: fragments that spread one another twice have too many fields to list.
    const credentialChecks =
      breach === undefined ? findCredentialChecks(document, operation, proofArguments) : [];
    const found = { breach, cost: measures.cost, credentialChecks };
    measured.set(operation, found);
    return found;
  }

  return async (request) => {
    const operation = getOperationAST(request.document, request.operationName);
    if (!operation) return;
    const { cost, credentialChecks, ...found } = measure(request, operation);
    const breach = found.breach ?? findBreachOfVariables(limits, operation, request);
    if (breach !== undefined) throw new OperationTooLargeError(...breach);
    await checkCost(options, costOf(schema, { cost, operation, request }), request);
    if (credentialChecks.length > 1) throw repeatedCredentials(credentialChecks);
  };
}

type Breach = readonly [reason: OperationLimit, limit: number, found: number];

/** What an operation is, whatever its variables are. */
interface Measured {
  readonly breach: Breach | undefined;
  readonly cost: Amount;
  /** The root fields that check credentials. */
  readonly credentialChecks: readonly FieldNode[];
}

const findBreach = (limits: OperationLimits, measured: Measures): Breach | undefined =>
  firstBreach([
    ['SELECTIONS', limits.maxSelections, measured.selections],
    ['DEPTH', limits.maxDepth, measured.depth],
    ['INTROSPECTION_DEPTH', limits.maxIntrospectionDepth, measured.introspectionDepth],
    ['ALIASES', limits.maxAliases, measured.aliases],
    ['ROOT_FIELDS', limits.maxRootFields, measured.fields],
    ['DIRECTIVES', limits.maxDirectives, measured.directives],
    ['DIRECTIVES_AT_ONE_PLACE', limits.maxDirectivesAtOnePlace, measured.directivesAtOnePlace],
  ]);

function findBreachOfVariables(
  limits: OperationLimits,
  { variableDefinitions = [] }: OperationDefinitionNode,
  { variableValues }: OperationRequest,
): Breach | undefined {
  const counts = measureVariables(variableValues);
  const variables = Math.max(variableDefinitions.length, counts.variables);
  return firstBreach([
    ['VARIABLES', limits.maxVariables, variables],
    ['VARIABLE_VALUES', limits.maxVariableValues, counts.values],
    ['VARIABLE_DEPTH', limits.maxVariableDepth, counts.depth],
  ]);
}

const firstBreach = (counts: readonly Breach[]): Breach | undefined =>
  counts.find(([, limit, found]) => found > limit);

interface Priced extends Pick<Measured, 'cost'> {
  readonly operation: OperationDefinitionNode;
  readonly request: OperationRequest;
}

function costOf(schema: GraphQLSchema, { cost, operation, request }: Priced): number {
  if (typeof cost === 'number') return cost;
  const definitions = operation.variableDefinitions ?? [];
  // Stops at the first value that does not match its type: execution lists the others.
  const { coerced } = getVariableValues(
    schema,
    definitions,
    { ...request.variableValues },
    { maxErrors: 1 },
  );
  return amountFor(cost, coerced);
}

/** @throws {OperationTooLargeError} */
async function checkCost(
  { authorization, limits: { maxCost } }: OperationCheckOptions,
  cost: number,
  request: OperationRequest,
): Promise<void> {
  const { viewer } = request.contextValue;
  const budget = maxCost[viewer.kind];
  if (cost <= budget) return;
  // If the guards refuse an anonymous viewer, their 401 is the answer: the client can renew its token and retry.
  const isWithinAnyBudget = cost <= Math.max(...Object.values(maxCost));
  if (isWithinAnyBudget && !viewer.isAuthenticated) {
    if ((await authorization.authorizeOperation(request)).length > 0) return;
  }
  throw new OperationTooLargeError('COST', budget, cost);
}

/** Root fields that check credentials, whatever their arguments. Each call costs a slow hash, or is a guess. */
const credentialFields: readonly string[] = ['login', 'startSession', 'refresh', 'changePassword'];

/** The names of the arguments of type `Proof`, by mutation: a call that sends one is a guess too. */
const proofArgumentsOf = (schema: GraphQLSchema): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.values(schema.getMutationType()?.getFields() ?? {}).map(({ name, args }) => [
      name,
      args.filter(({ type }) => getNamedType(type).name === 'Proof').map((each) => each.name),
    ]),
  );

const findCredentialChecks = (
  document: DocumentNode,
  { operation, selectionSet }: OperationDefinitionNode,
  proofArguments: ReadonlyMap<string, readonly string[]>,
): readonly FieldNode[] =>
  operation !== 'mutation'
    ? []
    : selectedFieldsOf(document, selectionSet).filter(
        ({ name, arguments: sent = [] }) =>
          credentialFields.includes(name.value) ||
          sent.some((each) => proofArguments.get(name.value)?.includes(each.name.value)),
      );

/** Refuses an operation that checks credentials more than once: a request may contain only one guess. */
const repeatedCredentials = (nodes: readonly FieldNode[]): RequestError =>
  new RequestError(
    'BAD_REQUEST',
    `An operation may use ${credentialFields.join(', ')} and fields with a proof only once in total.`,
    { nodes, facts: { http: { status: 400 } } },
  );
