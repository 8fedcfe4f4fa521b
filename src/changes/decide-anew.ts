import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from '../composition/context.ts';
import { ConflictError } from '../errors.ts';
import { OutdatedDecisionError } from './outdated-decision-error.ts';

/**
 * Lets the guards decide anew about a mutation whose transaction has found that what they decided by is
 * no longer so: they see the viewer, and what policies look at, as it is now, and refuse it, or the
 * mutation runs again. The transaction was undone: a refusal still means that nothing was done. All that
 * is read afterwards, such as what the mutation gives back, is decided for the new viewer too.
 *
 * `change` also notes the fact on the request, so that a resolver that catches its error cannot hide it. A
 * mutation that has committed something before is not run again: that would be done twice.
 *
 * Changes the fields of `schema`, which is guarded already.
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
