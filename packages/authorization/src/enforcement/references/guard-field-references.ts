import type { GraphQLResolveInfo } from 'graphql';
import { holdsReferences, type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import { toDenialExtensions } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { Execution } from '../calls/execution.ts';
import type { FieldCall } from '../calls/field-call.ts';
import { refuse } from '../calls/refuse-field.ts';
import { nullAnswer, type Step } from '../calls/step.ts';
import { suppliedInputs } from '../calls/supplied-inputs.ts';
import { type DecidedField, placesDecidedHere } from '../places/decided-here.ts';
import { placedCallsOf } from '../places/placed-calls.ts';
import type { RowRequest } from '../rows/compile-rows.ts';
import type { CheckReferences } from './check-references.ts';

/** The field whose arguments are read. */
interface ReferencingField extends DecidedField {
  /** Whether the resolver is `subscribe`, which opens a source stream. */
  readonly opensStream?: boolean;
}

/**
 * Returns the step that reads the ids in the arguments of a field before its resolver runs, and decides the clauses that the
 * places of these rows decide. Only where that was not done before the operation: on the guarded schema alone, and where the
 * parent of the field, or an event, decides too. Undefined: the field takes no ids of rows.
 */
export type FieldReferencesGuard<TContext> = (
  field: ReferencingField,
) => Step<'ids', TContext> | undefined;

export function createFieldReferencesGuard<TContext>(
  decider: Decider<TContext>,
  check: CheckReferences<TContext>,
): FieldReferencesGuard<TContext> {
  const { requirements, executions, report, refusalByGroups } = decider;
  const { references } = requirements;

  /** Returns the refusal of ids that were not read before the operation, which runs with lenient handling. */
  function unprovenDenial(ids: readonly ReferencedId[], { context, now }: RowRequest<TContext>) {
    for (const { coordinate, reference } of ids) {
      const refusal = refusalByGroups(requirements.ruleOf(reference.typeName), context, now);
      if (refusal?.outcome === 'unproven') return toDenialExtensions(coordinate, refusal);
    }
    return undefined;
  }

  return (field) => {
    const { args, coordinate, isRoot, opensStream = false, isEvent = false } = field;
    const isHere = placesDecidedHere(requirements, field);
    const takesIds = !isEvent && holdsReferences(references, field, coordinate);
    // A dry run refuses nothing.
    if (report !== undefined || (!takesIds && !isHere)) return undefined;

    const executionOf = (context: TContext, info: GraphQLResolveInfo) =>
      opensStream ? executions.opening(context, info.operation) : executions.of(context, info);

    async function requireRows(
      found: readonly ReferencedId[],
      { execution, info, ...call }: Running<TContext>,
    ): Promise<void> {
      const { context } = call;
      const ids = found.map((id) => ({ ...id, place: {} }));
      const supplied = requirements.places.exist
        ? suppliedInputs(decider, field, { context, info })
        : [];
      const named = { args, coordinate, written: coordinate, isRoot, supplied, ids, place: {} };
      const placed = placedCallsOf(decider, {
        ...named,
        call,
        context,
        execution: () => execution,
      });
      const { errors } = await check(ids, { context, now: execution.now }, placed);
      if (errors[0] !== undefined) throw errors[0];
    }

    return {
      name: 'ids',
      run(_value, { source, args: values, context, info }) {
        const execution = executionOf(context, info);
        const { now, hasReadReferences, reportedPaths } = execution;
        const ids = () => referencedIds(references, { args, coordinate, values });
        const call = { source, args: values, context };
        if (hasReadReferences !== true || isHere) {
          return requireRows(ids(), { ...call, execution, info });
        }
        const denial = reportedPaths.size > 0 ? unprovenDenial(ids(), { context, now }) : undefined;
        if (denial === undefined) return undefined;
        const refused = refuse(decider, denial, { call, info, opensStream });
        return refused === 'skip' ? nullAnswer : undefined;
      },
    };
  };
}

/** A call of a field that runs. */
interface Running<TContext> extends FieldCall<TContext> {
  readonly execution: Execution;
  readonly info: GraphQLResolveInfo;
}
