import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getOperationAST, getVariableValues, Kind, parse, validate } from 'graphql';
import { type Decision, decide } from '../decision/decision.ts';
import type { Viewer } from '../decision/viewer.ts';
import { walkOperation } from '../plan/operation-walk.ts';
import { variablesOfRequest } from '../plan/supplied-input.ts';
import { parseVocabulary } from '../requirements/directive.ts';
import type { Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { createExplainer } from './explain-field.ts';

/** An operation, and for whom it is explained. */
export interface ExplainRequest {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | undefined;
  /** The groups of the viewer; null: anonymous. */
  readonly groups: readonly string[] | null;
}

/** One selected coordinate, or one that the client supplied. */
export interface ExplainedCoordinate {
  readonly path: readonly string[];
  readonly coordinate: string;
  readonly requirement: Requirement;
  /** By the viewer's groups alone; `depends`: on policies. */
  readonly decision: Decision;
  /**
   * The run-time types, outermost first, or the enum value on which it depends whether this is
   * reached. None: it is reached for certain.
   */
  readonly dependsOn: readonly string[];
  /** Before anything runs, or while it runs. */
  readonly decided: 'before' | 'while running';
}

/** What becomes of the whole operation: it runs, or is refused with this status, or data decide. */
export type Verdict = 'runs' | 401 | 403 | 'depends';

/** Why an operation does as it does. */
export interface Explanation {
  readonly coordinates: readonly ExplainedCoordinate[];
  readonly verdict: Verdict;
}

/** The operation cannot run on this schema, whoever asks; or the question makes no sense. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n\n'));
    this.problems = problems;
  }
}

/**
 * Explains an operation coordinate by coordinate: what holds there, what the viewer's groups say, and
 * when it is decided. Pure, and on the same walk as the plan that the server follows.
 *
 * In document order; below an interface or union, first what is selected of every value, then what
 * each run-time type adds to it or asks beyond it.
 *
 * @throws {ExplainError} for an operation that is not valid, and for an unknown group.
 */
export function explain(request: ExplainRequest): Explanation {
  const { schema, requirements, document, variableValues: raw = {} } = request;
  const viewer = toViewer(request);
  const operation = findOperation(request);
  const variableValues = coerceVariables(schema, operation, raw);
  const coordinates: ExplainedCoordinate[] = [];
  const visit = createExplainer({
    schema,
    requirements,
    variables: variablesOfRequest(operation, raw),
    report({ isRoot, ...found }) {
      const requirement = requirements.at(found.coordinate);
      const decision = decide(requirement, viewer);
      const waits = found.dependsOn.length > 0 || (decision.outcome === 'depends' && !isRoot);
      coordinates.push({
        ...found,
        requirement,
        decision,
        decided: waits ? 'while running' : 'before',
      });
    },
  });
  walkOperation({ schema, requirements, document, operation, variableValues }, visit);
  return { coordinates, verdict: toVerdict(coordinates) };
}

/** Parses the text of an operation. @throws {ExplainError} that shows where it is wrong. */
export function parseOperation(text: string): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    throw new ExplainError([String(error)]);
  }
}

/** @throws {ExplainError} for a group that the schema does not have. */
export function toViewer({ schema, groups }: Pick<ExplainRequest, 'schema' | 'groups'>): Viewer {
  if (groups === null) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  const known = parseVocabulary(schema).groups;
  const unknown = groups.filter((group) => !known.has(group));
  if (unknown.length > 0) {
    throw new ExplainError(
      unknown.map((group) => `Unknown group "${group}". The groups are ${[...known].join(', ')}.`),
    );
  }
  return { isAuthenticated: true, groups: new Set(groups) };
}

function findOperation(request: ExplainRequest): OperationDefinitionNode {
  const { schema, document, operationName } = request;
  const errors = validate(schema, document);
  if (errors.length > 0) throw new ExplainError(errors.map(String));
  const operation = getOperationAST(document, operationName);
  if (operation) return operation;
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? 'one unnamed'] : [],
  );
  const found = names.length === 0 ? 'no operation' : `the operations ${names.join(', ')}`;
  throw new ExplainError([
    operationName === undefined
      ? `The document contains ${found}: specify one.`
      : `Unknown operation "${operationName}": the document contains ${found}.`,
  ]);
}

function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  raw: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], {
    ...raw,
  });
  if (coerced === undefined) throw new ExplainError(errors.map(({ message }) => message));
  return coerced;
}

/** What is denied for certain is refused as a whole, and 401 wins over 403. */
function toVerdict(coordinates: readonly ExplainedCoordinate[]): Verdict {
  const certain = coordinates.filter(({ dependsOn }) => dependsOn.length === 0);
  const isCertainly = (outcome: Decision['outcome']): boolean =>
    certain.some(({ decision }) => decision.outcome === outcome);
  if (isCertainly('unauthenticated')) return 401;
  if (isCertainly('forbidden')) return 403;
  const isAllowed = coordinates.every(({ decision }) => decision.outcome === 'allowed');
  return isAllowed ? 'runs' : 'depends';
}
