import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { getOperationAST } from 'graphql';
import { canLackRows, type Decision, decide, decideByGroups } from '../../decision/decision.ts';
import type { Viewer } from '../../decision/viewer.ts';
import {
  createDecideUsed,
  isNegative,
  isReached,
} from '../../enforcement/operation/decide-used-coordinate.ts';
import { variablesFrom } from '../../graphql-js/variables.ts';
import { createFieldReferences, type FieldReference } from '../../plan/field-references.ts';
import { createHiddenValues, type HiddenValues } from '../../plan/hidden-values.ts';
import { pathOf, type SelectedField } from '../../plan/operation-walk.ts';
import { type UsedCoordinate, walkUses } from '../../plan/used-coordinates.ts';
import {
  type Clause,
  demandsProof,
  isPlaced,
  joinDemands,
  type Requirement,
} from '../../requirements/requirement.ts';
import type { ExplainRequest } from '../explain.ts';
import type { OpenQuestion, OperationVerdict, VerdictCause } from './operation-verdict.ts';
import { type MaySupply, type VariableRange, variableRanges } from './variable-ranges.ts';

/**
 * The maximum number of variables of one operation that stand in `@skip` and in `@include`. Each one doubles the
 * selections to decide.
 */
const maxTwoSided = 8;

/** A schema and its compiled guards. */
type GuardedSchema = Pick<ExplainRequest, 'schema' | 'requirements'>;

/** Decides one operation for one viewer, whatever its variables are. Assumes the proofs of identity that a user can give. */
export type DecideForAnyVariables = (viewer: Viewer) => OperationVerdict;

/** An operation has too many variables that stand in `@skip` and in `@include`. */
export class TooManyConditionsError extends RangeError {
  override readonly name = 'TooManyConditionsError';

  constructor() {
    super(`More than ${maxTwoSided} of its variables stand in both @skip and @include.`);
  }
}

/** What an operation reaches with some of its variables. */
interface Reached {
  readonly used: readonly UsedCoordinate[];
  readonly ids: readonly {
    readonly coordinate: string;
    readonly reference: FieldReference;
  }[];
}

/** What the value of one variable selects and supplies. */
interface VariableValue {
  readonly condition: boolean | undefined;
  readonly supplied: readonly string[] | undefined;
}

/** A value of each variable. */
type Values = ReadonlyMap<string, VariableValue>;

/**
 * Creates the decision about the one operation of a valid document. It is decided with the least that any variables
 * select and supply, and with the most, by the walk and the decisions of `explain`. Pure.
 *
 * @throws {TooManyConditionsError} @throws {OperationTooComplexError} also from the decision.
 */
export function createDecideForAnyVariables(
  guards: GuardedSchema,
  document: DocumentNode,
): DecideForAnyVariables {
  const { schema, requirements } = guards;
  const operation = getOperationAST(document);
  if (!operation) throw new RangeError('The document does not have exactly one operation.');
  const ranges = variableRanges(schema, document, operation);
  const combine = createCombinations(ranges);
  const reach = createReach(guards, document, operation);
  const { counted } = createHiddenValues(schema, requirements);

  return (viewer) => {
    const type = operation.operation;
    const decideUsed = createDecideUsed({
      schema,
      requirements,
      viewer,
      type,
      decide: decideAsProved,
    });
    const refusalWith = (values: Values) => findRefusal(reach(values).used, decideUsed);
    const maySupply: MaySupply = (coordinate) =>
      !isNegative(decideAsProved(requirements.at(coordinate), viewer));
    const most = combine('most', maySupply);
    const [worst] = most.flatMap((values) => {
      const refusal = refusalWith(values);
      return refusal === undefined ? [] : [{ values, refusal }];
    });
    if (worst === undefined) return toAllowed(most.map(reach), { decideUsed, counted, viewer });
    let { refusal } = worst;
    for (const free of combine('least', maySupply)) {
      const left = refusalWith(free);
      if (left === undefined) return dependsOn({ ranges, free, worst, refusalWith });
      refusal = left;
    }
    return { outcome: 'refused', ...describe(refusal) };
  };
}

type DecideUsed = ReturnType<typeof createDecideUsed<Decision>>;

/** A coordinate that refuses the operation, and the decision about it. */
interface Refused {
  readonly coordinate: string;
  readonly requirement: Requirement;
  readonly decision: Decision;
}

/** Decides by groups, and for an API client by its one proof, which is of now, whatever the time is. */
export const decideAsProved = (requirement: Requirement, viewer: Viewer): Decision =>
  isProgram(viewer) ? decide(requirement, viewer, anyTime) : decideByGroups(requirement, viewer);

const isProgram = (viewer: Viewer): boolean =>
  viewer.isAuthenticated && viewer.authenticatedAt === 'EACH_REQUEST';

const anyTime = new Date(0);

/** Finds what refuses the operation first: groups go before proofs of identity. */
function findRefusal(used: readonly UsedCoordinate[], decideUsed: DecideUsed): Refused | undefined {
  let unproven: Refused | undefined;
  for (const each of used) {
    if (each.dependsOn.length > 0 || each.requirement.length === 0) continue;
    const { decision: own } = decideUsed(each);
    // Whatever its policies decide, what an API client can never prove refuses it.
    const decision = own.outcome === 'depends' ? (own.unproven ?? own) : own;
    if (!isNegative(decision)) continue;
    const { coordinate, requirement } = each;
    const refused = { coordinate, requirement, decision };
    if (decision.outcome !== 'unproven') return refused;
    unproven ??= refused;
  }
  return unproven;
}

/** Describes a refusal by the clauses that refuse. */
const describe = ({ coordinate, requirement, decision }: Refused): VerdictCause => ({
  coordinate,
  clauses: decidingClauses(requirement, decision),
});

function decidingClauses(requirement: Requirement, decision: Decision): Requirement {
  if (decision.outcome === 'forbidden') return decision.unmet;
  if (decision.outcome === 'unproven') return requirement.filter(demandsProof);
  return decision.outcome === 'depends' ? decision.clauses : requirement;
}

interface Dependent {
  readonly ranges: readonly VariableRange[];
  /** Values with which the operation is not refused, and others with which it is. */
  readonly free: Values;
  readonly worst: { readonly values: Values; readonly refusal: Refused };
  readonly refusalWith: (values: Values) => Refused | undefined;
}

/** Finds a few variables that are enough for a refusal: each other one gets its value of an operation that is not refused. */
function dependsOn({ ranges, free, worst, refusalWith }: Dependent): OperationVerdict {
  let { values, refusal } = worst;
  const variables: string[] = [];
  for (const { name } of ranges) {
    const without = new Map([...values, ...[...free].filter(([each]) => each === name)]);
    const left = refusalWith(without);
    if (left === undefined) variables.push(name);
    else [values, refusal] = [without, left];
  }
  return { outcome: 'depends', variables, ...describe(refusal) };
}

/** What decides for one viewer. */
interface DecidingOptions extends Pick<HiddenValues, 'counted'> {
  readonly decideUsed: DecideUsed;
  readonly viewer: Viewer;
}

const hasPolicy = ({ or }: Clause): boolean => or.length > 0;

/** Joins what all that can be reached depends on. */
function toAllowed(
  reached: readonly Reached[],
  { decideUsed, counted, viewer }: DecidingOptions,
): OperationVerdict {
  const causes = new Map<OpenQuestion | 'rows' | 'proof', VerdictCause>();
  const demands: Requirement[] = [];
  const add = (mark: Parameters<typeof causes.set>[0], cause: VerdictCause): void => {
    if (!causes.has(mark)) causes.set(mark, cause);
  };
  // What depends on a type can be refused always, and what is below it is not reached.
  const isRefused = (field: SelectedField) => isNegative(decideAsProved(field.requirement, viewer));
  for (const each of reached.flatMap(({ used }) => used)) {
    if (!isReached(each.field, isRefused)) continue;
    const { coordinate, requirement, dependsOn } = each;
    const { decision, narrowing, depends, refusesHidden } = decideUsed(each);
    const deciding = { coordinate, clauses: decidingClauses(requirement, decision) };
    if (narrowing.length > 0) add('rows', { coordinate, clauses: narrowing });
    if (decision.outcome === 'depends') {
      const [placed, others] = [
        deciding.clauses.filter(isPlaced),
        deciding.clauses.filter(hasPolicy),
      ];
      if (placed.length > 0) add('place', { coordinate, clauses: placed });
      if (others.length > 0) add('policy', { coordinate, clauses: others });
    }
    if (refusesHidden) add('policy', { coordinate, clauses: narrowing });
    const isByType = dependsOn.length > 0 || decision.outcome !== 'depends';
    if (depends && isByType) add('type', deciding);
    const demanding = [...requirement, ...counted(each)].filter(demandsProof);
    if (isProgram(viewer) || isNegative(decision) || demanding.length === 0) continue;
    demands.push(demanding);
    add('proof', { coordinate, clauses: demanding });
  }
  for (const { coordinate, reference } of reached.flatMap(({ ids }) => ids)) {
    const { rules } = reference;
    const isUnproven = isNegative(decideAsProved(rules, viewer)) && viewer.isAuthenticated;
    if (isUnproven || canLackRow(reference, viewer)) add('id', { coordinate, clauses: rules });
    const demanding = isProgram(viewer) ? [] : rules.filter(demandsProof);
    if (demanding.length === 0) continue;
    demands.push(demanding);
    add('proof', { coordinate, clauses: demanding });
  }
  return {
    outcome: 'allowed',
    narrowed: causes.has('rows'),
    ...joinDemands(demands.flat()),
    depends: (['policy', 'place', 'type', 'id'] as const).filter((each) => causes.has(each)),
    causes: [...causes.values()],
  };
}

/** Returns the rule of the rows that an id names, as what its field is decided by before any is read. */
const ruledBefore = (
  field: SelectedField,
  { isSure, rule }: FieldReference,
): readonly UsedCoordinate[] =>
  isSure && rule.some(demandsProof)
    ? [
        {
          path: pathOf(field),
          coordinate: field.coordinate,
          requirement: rule.filter(demandsProof),
          dependsOn: [],
          field,
        },
      ]
    : [];

/** Whether a row that an id names can be missing for the viewer, who did not choose it or from whom it can be hidden. */
const canLackRow = ({ rules, isNarrowed, isFixed }: FieldReference, viewer: Viewer): boolean =>
  isNarrowed || isFixed || canLackRows(rules, viewer);

/**
 * Creates the function that returns the values of all variables with which the least or the most is selected. There are
 * several where variables stand in `@skip` and in `@include`.
 *
 * @throws {TooManyConditionsError}
 */
function createCombinations(ranges: readonly VariableRange[]) {
  const twoSided = ranges.filter(({ selecting }) => selecting.length > 1);
  if (twoSided.length > maxTwoSided) throw new TooManyConditionsError();
  const count = 2 ** twoSided.length;

  return (bound: 'least' | 'most', maySupply: MaySupply): readonly Values[] =>
    Array.from({ length: count }, (_, assignment) => {
      const conditionOf = (range: VariableRange): boolean | undefined => {
        const bit = twoSided.indexOf(range);
        if (bit !== -1) return (assignment & (1 << bit)) !== 0;
        const [selecting] = range.selecting;
        return selecting === undefined ? undefined : selecting === (bound === 'most');
      };
      return new Map(
        ranges.map((range) => {
          const supplied = bound === 'most' ? range.most : range.least(maySupply);
          return [range.name, { condition: conditionOf(range), supplied }];
        }),
      );
    });
}

/** Creates the walk of the operation with these values. Each result is kept: many viewers share it. */
function createReach(
  { schema, requirements }: GuardedSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
) {
  const known = new Map<string, Reached>();
  const referencesOf = createFieldReferences(schema, requirements);

  function walk(values: Values): Reached {
    const used: UsedCoordinate[] = [];
    const ids: Reached['ids'][number][] = [];
    const conditions = [...values].flatMap(([name, { condition }]) =>
      condition === undefined ? [] : [[name, condition] as const],
    );
    const variableValues = variablesFrom(Object.fromEntries(conditions));
    walkUses(
      { schema, requirements, document, operation, variableValues },
      {
        variables: (name) => values.get(name)?.supplied,
        report: (each) => void used.push(each),
        enter(field) {
          for (const reference of requirements.references.exist ? referencesOf(field) : []) {
            ids.push({ coordinate: field.coordinate, reference });
            used.push(...ruledBefore(field, reference));
          }
        },
      },
    );
    return { used, ids };
  }

  return (values: Values): Reached => {
    const key = JSON.stringify([...values]);
    const reached = known.get(key) ?? walk(values);
    known.set(key, reached);
    return reached;
  };
}
