import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from '../composition/context.ts';
import { ConflictError } from '../errors.ts';
import { OutdatedDecisionError } from './outdated-decision-error.ts';

/**
 * Re-checks a mutation whose transaction found that the viewer's rights, or the data of a policy, have changed. The
 * guards decide with the current viewer and data: the mutation is refused, or runs again. The transaction was rolled
 * back, so a refusal still means that nothing was done. The fields of the result are decided for the current viewer.
 *
 * `change` also records this on the request, so a resolver that catches the error cannot hide it. A mutation that has
 * already committed a change is not run again: the change would be made twice.
 *
 * Modifies the mutation fields of `schema`, which must already be guarded.
 */
export function decideAnewWhenChanged(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const guarded = field.resolve ?? defaultFieldResolver;
    field.resolve = async (source, args, context: Context, info) => {
      const { rights } = context;
      const attempt = (thisInfo: typeof info) =>
        runAttempt(context, async () => guarded(source, args, context, thisInfo));
      const first = await attempt(info);
      if (first.outdated === undefined) return first.result();
      setViewer(context, first.outdated.viewer);
      if (rights.hasCommitted) throw changedMeanwhile(first.outdated);
      rights.isDecidedAnew = true;
      try {
        // Other variables, though the same: what policies have answered belongs to an execution,
        // which is known by them.
        const variableValues = { ...info.variableValues };
        const second = await attempt({ ...info, variableValues });
        if (second.outdated === undefined) return second.result();
        setViewer(context, second.outdated.viewer);
        throw changedMeanwhile(second.outdated);
      } finally {
        rights.isDecidedAnew = false;
      }
    };
  }
}

/** How one attempt has ended. `result` gives what the resolver has, or throws what it threw. */
interface Attempt {
  readonly outdated: OutdatedDecisionError | undefined;
  result(): unknown;
}

async function runAttempt({ rights }: Context, resolve: () => Promise<unknown>): Promise<Attempt> {
  rights.outdated = undefined;
  rights.hasCommitted = false;
  const [settled] = await Promise.allSettled([resolve()]);
  const thrown: unknown = settled.status === 'rejected' ? settled.reason : undefined;
  return {
    outdated: thrown instanceof OutdatedDecisionError ? thrown : rights.outdated,
    result() {
      if (settled.status === 'rejected') throw settled.reason;
      return settled.value;
    },
  };
}

/** In the context that all fields share. A group that the schema no longer has opens nothing. */
function setViewer(context: Context, viewer: Viewer): void {
  context.viewer = context.rights.viewer = viewer.isAuthenticated
    ? { ...viewer, groups: new Set(context.groups.inSchemaOrder(viewer.groups)) }
    : viewer;
}

const changedMeanwhile = (cause: OutdatedDecisionError) =>
  new ConflictError(
    'CHANGED_MEANWHILE',
    'Your permissions changed during this operation. Check the current state and try again.',
    { cause },
  );
