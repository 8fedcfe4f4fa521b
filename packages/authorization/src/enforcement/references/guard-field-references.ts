import type { GraphQLResolveInfo } from 'graphql';
import { holdsReferences, type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import type { FieldArguments } from '../../plan/supplied-input.ts';
import { toDenialExtensions } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { refuse } from '../calls/refuse-field.ts';
import { nullAnswer, type Step } from '../calls/step.ts';
import type { RowRequest } from '../rows/compile-rows.ts';
import type { CheckReferences } from './check-references.ts';

/** The field whose arguments are read. */
interface ReferencingField extends FieldArguments {
  readonly coordinate: string;
  /** Whether the resolver is `subscribe`, which opens a source stream. */
  readonly opensStream?: boolean;
}

/**
 * Returns the step that reads the ids in the arguments of a field before its resolver runs. Only where they were not read
 * before the operation: on the guarded schema alone. Undefined: the field takes no ids of rows.
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

  return ({ args, coordinate, opensStream = false }) => {
    // A dry run refuses nothing.
    if (report !== undefined || !holdsReferences(references, { args }, coordinate))
      return undefined;

    const executionOf = (context: TContext, info: GraphQLResolveInfo) =>
      opensStream ? executions.opening(context, info.operation) : executions.of(context, info);

    async function requireRows(
      ids: readonly ReferencedId[],
      call: RowRequest<TContext>,
    ): Promise<void> {
      const { errors } = await check(
        ids.map((id) => ({ ...id, place: {} })),
        call,
      );
      if (errors[0] !== undefined) throw errors[0];
    }

    return {
      name: 'ids',
      run(_value, { source, args: values, context, info }) {
        const { now, hasReadReferences, reportedPaths } = executionOf(context, info);
        const ids = () => referencedIds(references, { args, coordinate, values });
        if (hasReadReferences !== true) return requireRows(ids(), { context, now });
        const denial = reportedPaths.size > 0 ? unprovenDenial(ids(), { context, now }) : undefined;
        if (denial === undefined) return undefined;
        const call = { source, args: values, context };
        const refused = refuse(decider, denial, { call, info, opensStream });
        return refused === 'skip' ? nullAnswer : undefined;
      },
    };
  };
}
