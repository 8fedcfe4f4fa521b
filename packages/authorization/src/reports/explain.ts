import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getOperationAST, Kind, parse, validate } from 'graphql';
import { decideByGroups, type GroupDecision } from '../decision/decision.ts';
import type { Viewer } from '../decision/viewer.ts';
import { createDecideUsed } from '../enforcement/operation/decide-used-coordinate.ts';
import { coerceVariables, type ExecutionVariables } from '../graphql-js/variables.ts';
import { createFieldReferences } from '../plan/field-references.ts';
import { createHiddenValues } from '../plan/hidden-values.ts';
import { variablesOfRequest } from '../plan/supplied-input.ts';
import { walkUses } from '../plan/used-coordinates.ts';
import { joinDemands, type ProofDemand, type Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';
import { holding } from './access-matrix.ts';

/** The operation to explain, and the viewer's groups. */
export interface ExplainRequest {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | undefined;
  /** The groups of the viewer. Null: an anonymous viewer. */
  readonly groups: readonly string[] | null;
}

/** The explanation of one coordinate that the operation selects or supplies. */
export interface ExplainedCoordinate {
  readonly path: readonly string[];
  readonly coordinate: string;
  readonly requirement: Requirement;
  /**
   * The decision by the viewer's groups alone. `narrowed`: rules decide which rows, or whether the value, exist.
   * `depends`: policies decide.
   */
  readonly decision: GroupDecision;
  /**
   * What the requirement asks about the proof of identity, which is not known here, and what the rules of rows ask that its
   * ids name, or that a connection can hold. Empty: nothing.
   */
  readonly proof: ProofDemand;
  /** Whether data can still refuse it while the operation runs, as in the `depends` of a decision without execution. */
  readonly depends: boolean;
  /**
   * The run-time types, outermost first, or the enum value on which it depends whether the coordinate is reached.
   * Empty: it is always reached.
   */
  readonly dependsOn: readonly string[];
  /** Whether it is decided before the operation runs, or while it runs. */
  readonly decided: 'before' | 'while running';
}

/**
 * The result for the whole operation: it runs, runs and returns only the rows that policies admit, is refused with this
 * HTTP status, or depends on data.
 */
export type Verdict = 'runs' | 'narrowed' | 401 | 403 | 'depends';

/** The decisions about an operation. */
export interface Explanation {
  readonly coordinates: readonly ExplainedCoordinate[];
  readonly verdict: Verdict;
  /** What all coordinates that are certainly reached ask about the proof of identity. Empty: nothing. */
  readonly proof: ProofDemand;
}

/** The operation is not valid on this schema for any viewer, or the request names an unknown group, policy or operation. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n\n'));
    this.problems = problems;
  }
}

/**
 * Explains an operation by coordinate: the requirement, the decision by the viewer's groups, and when it is decided.
 * Pure. Uses the same walk as the plan that the server enforces, and decides as `Prefer: decide-only` does, except that
 * it asks no policy, reads no row that an id names, and assumes that the viewer has proved its identity as is asked.
 *
 * In document order. Below an interface or union, the fields selected on every value come first, then the additions
 * of each run-time type.
 *
 * @throws {ExplainError} for an operation that is not valid, and for an unknown group.
 */
export function explain(request: ExplainRequest): Explanation {
  const { schema, requirements, document, variableValues: raw = {} } = request;
  const viewer = toViewer(request);
  const operation = findOperation(request);
  const variableValues = requireVariables(schema, operation, raw);
  const coordinates: ExplainedCoordinate[] = [];
  const type = operation.operation;
  const decideUsed = createDecideUsed({
    schema,
    requirements,
    viewer,
    type,
    decide: decideByGroups,
  });
  const { counted } = createHiddenValues(schema, requirements);
  const referencesOf = createFieldReferences(schema, requirements);
  const demands: ProofDemand[] = [];
  const walked = { schema, requirements, document, operation, variableValues };
  walkUses(walked, {
    variables: variablesOfRequest(operation, raw),
    report(used) {
      const { path, coordinate, requirement, dependsOn } = used;
      const { decision, narrowing, depends: isOpen, refusesHidden } = decideUsed(used);
      const depends = isOpen || refusesHidden;
      const named = coordinate === used.field.coordinate ? referencesOf(used.field) : [];
      const ofRows = [...named.flatMap(({ rules }) => rules), ...counted(used)];
      const isCertain = dependsOn.length === 0;
      if (isCertain) demands.push(...requirement, ...named.flatMap(({ rule }) => rule));
      const isNarrowed = decision.outcome !== 'depends' && narrowing.length > 0;
      coordinates.push({
        path,
        coordinate,
        requirement,
        dependsOn,
        proof: joinDemands([...requirement, ...ofRows]),
        depends,
        decision: isNarrowed ? { outcome: 'narrowed', clauses: narrowing } : decision,
        decided: depends || dependsOn.length > 0 ? 'while running' : 'before',
      });
    },
  });
  return { coordinates, verdict: toVerdict(coordinates), proof: joinDemands(demands) };
}

/** Parses the text of an operation. @throws {ExplainError} with the position of a syntax error. */
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
  return holding(...groups);
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

function requireVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  raw: Readonly<Record<string, unknown>>,
): ExecutionVariables {
  const { errors, variables } = coerceVariables(schema, operation, raw);
  if (variables === undefined) throw new ExplainError(errors.map(({ message }) => message));
  return variables;
}

/** An operation with a certain denial is refused as a whole. 401 takes precedence over 403. */
function toVerdict(coordinates: readonly ExplainedCoordinate[]): Verdict {
  const certain = coordinates.filter(({ dependsOn }) => dependsOn.length === 0);
  const isCertainly = (outcome: GroupDecision['outcome']): boolean =>
    certain.some(({ decision }) => decision.outcome === outcome);
  if (isCertainly('unauthenticated')) return 401;
  if (isCertainly('forbidden')) return 403;
  const isAny = (outcome: GroupDecision['outcome']): boolean =>
    coordinates.some(({ decision }) => decision.outcome === outcome);
  if (isAny('depends') || coordinates.some(({ depends }) => depends)) return 'depends';
  return isAny('narrowed') ? 'narrowed' : 'runs';
}
