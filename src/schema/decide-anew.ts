import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { ConflictError } from '../errors.ts';
import type { Context } from './context.ts';
import { ViewerChangedError } from './viewer/viewer-changed-error.ts';

/**
 * Lets the guards decide anew about a mutation whose transaction has found that the viewer is no
 * longer what it was when they let it in: they see the viewer as it is now, and refuse it, or the
 * mutation runs again. The transaction was undone: a refusal still means that nothing was done.
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
        if (!(error instanceof ViewerChangedError)) throw error;
        const { viewer } = error;
        // Other variables, though the same: what policies have answered belongs to an execution,
        // which is known by them.
        const variableValues = { ...info.variableValues };
        try {
          return await guarded(source, args, { ...context, viewer }, { ...info, variableValues });
        } catch (again) {
          throw again instanceof ViewerChangedError ? changedMeanwhile(again) : again;
        }
      }
    };
  }
}

const changedMeanwhile = (cause: ViewerChangedError) =>
  new ConflictError('CHANGED_MEANWHILE', 'Your rights change right now. Try again.', { cause });
