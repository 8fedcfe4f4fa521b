import type { GraphQLResolveInfo } from 'graphql';
import { holdsReferences, type ReferencedId, referencedIds } from '../../plan/referenced-ids.ts';
import type { FieldArguments } from '../../plan/supplied-input.ts';
import type { Decider } from '../calls/decider.ts';
import type { Resolver } from '../calls/field-call.ts';
import { markRejectionHandled } from '../calls/mark-rejection-handled.ts';
import type { CheckReferences } from './check-references.ts';

/** The field whose resolver is wrapped. */
interface ReferencingField extends FieldArguments {
  readonly coordinate: string;
  /** Whether the resolver is `subscribe`, which opens a source stream. */
  readonly opensStream?: boolean;
}

/**
 * Creates the function that wraps the resolver of a field, so that the ids in its arguments are read before it runs. Only
 * where they were not read before the operation: on the guarded schema alone. Undefined: the field takes no ids of rows.
 */
export function createReferenceFence<TContext>(
  { requirements, executions, report }: Decider<TContext>,
  check: CheckReferences<TContext>,
) {
  const { references } = requirements;
  return (
    { args, coordinate, opensStream = false }: ReferencingField,
    resolver: Resolver<TContext>,
  ): Resolver<TContext> | undefined => {
    // A dry run refuses nothing.
    if (report !== undefined || !holdsReferences(references, { args }, coordinate))
      return undefined;

    const executionOf = (context: TContext, info: GraphQLResolveInfo) =>
      opensStream ? executions.opening(context, info.operation) : executions.of(context, info);

    async function requireRows(ids: readonly ReferencedId[], context: TContext): Promise<void> {
      const { errors } = await check(
        ids.map((id) => ({ ...id, place: {} })),
        context,
      );
      if (errors[0] !== undefined) throw errors[0];
    }

    return (source, values, context, info) => {
      if (executionOf(context, info).hasReadReferences === true) {
        return resolver(source, values, context, info);
      }
      const ids = referencedIds(references, { args, coordinate, values });
      return markRejectionHandled(
        requireRows(ids, context).then(() => resolver(source, values, context, info)),
      );
    };
  };
}
