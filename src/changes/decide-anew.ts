import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { Context } from '../composition/context.ts';
import { ConflictError } from '../errors.ts';
import { OutdatedDecisionError } from './outdated-decision-error.ts';

/**
 * Lets the guards decide anew about a mutation whose transaction has found that what they decided by is
 * no longer so: they see the viewer, and what policies look at, as it is now, and refuse it, or the
 * mutation runs again. The transaction was undone: a refusal still means that nothing was done. All that
 * is read afterwards, such as what the mutation gives back, is decided for the new viewer too.
 *
 * Changes the fields of `schema`, which is guarded already.
 */
export function decideAnewWhenChanged(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const guarded = field.resolve ?? defaultFieldResolver;
    field.resolve = async (source, args, context: Context, info) => {
      try {
        return await guarded(source, args, context, info);
      } catch (error) {
        if (!(error instanceof OutdatedDecisionError)) throw error;
        // In the context that all fields share: what the mutation gives back is for the viewer as it is now.
        context.viewer = context.rights.viewer = error.viewer;
        context.rights.isDecidedAnew = true;
        // Other variables, though the same: what policies have answered belongs to an execution,
        // which is known by them.
        const variableValues = { ...info.variableValues };
        try {
          return await guarded(source, args, context, { ...info, variableValues });
        } catch (again) {
          if (!(again instanceof OutdatedDecisionError)) throw again;
          context.viewer = context.rights.viewer = again.viewer;
          throw changedMeanwhile(again);
        } finally {
          context.rights.isDecidedAnew = false;
        }
      }
    };
  }
}

const changedMeanwhile = (cause: OutdatedDecisionError) =>
  new ConflictError(
    'CHANGED_MEANWHILE',
    'Your permissions changed during this operation. Try again.',
    { cause },
  );
