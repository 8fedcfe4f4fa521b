import { type GraphQLResolveInfo, Kind } from 'graphql';
import { decideByGroups, narrowingClauses } from '../../decision/decision.ts';
import { variablesOf } from '../../graphql-js/variables.ts';
import { variablesOfRequest } from '../../plan/supplied-input.ts';
import { walkUses } from '../../plan/used-coordinates.ts';
import type { Requirement } from '../../requirements/requirement.ts';
import type { Decider } from '../calls/decider.ts';

/** The part of a resolver's `info` that identifies the operation. */
type OperationInfo = Pick<GraphQLResolveInfo, 'operation' | 'fragments' | 'variableValues'>;

/**
 * Returns whether data can decide what the operation of `info` returns to the viewer: a policy is asked for one of its
 * fields, or its rows are narrowed. False: the viewer's groups alone decide, whatever the data is.
 */
export type DependsOnData<TContext> = (info: OperationInfo, context: TContext) => boolean;

export function createDependsOnData<TContext>(
  decider: Pick<Decider<TContext>, 'schema' | 'requirements' | 'viewerOf'>,
): DependsOnData<TContext> {
  /** By the coerced variables, an object that the executor creates for each execution. */
  const known = new WeakMap<object, readonly Requirement[]>();

  function requirementsOf(info: OperationInfo): readonly Requirement[] {
    const found = known.get(info.variableValues) ?? collect(decider, info);
    known.set(info.variableValues, found);
    return found;
  }

  return (info, context) =>
    requirementsOf(info).some((requirement) => {
      const viewer = decider.viewerOf(context);
      const { outcome } = decideByGroups(requirement, viewer);
      return outcome === 'depends' || narrowingClauses(requirement, viewer).length > 0;
    });
}

/** Returns the requirements of what an operation selects, and of the types and enum values that it can return. */
function collect<TContext>(
  { schema, requirements }: Pick<Decider<TContext>, 'schema' | 'requirements'>,
  info: OperationInfo,
): readonly Requirement[] {
  const { operation, fragments } = info;
  const found = new Set<Requirement>();
  const document = { kind: Kind.DOCUMENT, definitions: Object.values(fragments) } as const;
  const variableValues = variablesOf(info);
  const variables = variablesOfRequest(operation, variableValues.coerced);
  walkUses(
    { schema, requirements, document, operation, variableValues },
    { variables, report: ({ requirement }) => void found.add(requirement) },
  );
  return [...found];
}
