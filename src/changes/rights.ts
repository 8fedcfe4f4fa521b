import type { Viewer } from '../authentication/viewer.ts';
import { ConflictError } from '../errors.ts';

/** The viewer that the guards admitted, and the way to ask them again. */
export interface Rights {
  /** The admitted viewer. */
  viewer(): Viewer;
  /**
   * Makes `current` the viewer of the request and asks the guards again.
   *
   * @throws {AuthorizationError} when they refuse.
   * @throws {ConflictError} CHANGED_MEANWHILE, when something was written already, or no guard can be asked.
   */
  recheck(current: Viewer): Promise<void>;
  /** Refuses what follows. */
  refuse(error: unknown): never;
  /** @throws what `recheck` or `refuse` threw, if one did: a resolver that catches it writes nothing more. */
  requireAdmitted(): void;
  /** Remembers that something was written. */
  committed(): void;
  /** Makes the rights of one field, whose guards `ask` asks with the current viewer. */
  ofField(ask: () => Promise<void>): Rights;
}

/**
 * Makes the rights of a request, which all copies of its context share. `toKnown` removes the groups that the schema
 * no longer has: they open nothing.
 */
export function createRequestRights(viewer: Viewer, toKnown: (viewer: Viewer) => Viewer): Rights {
  let current = viewer;
  const ofField: Rights['ofField'] = (ask) => {
    const askWith = async (found: Viewer) => {
      current = toKnown(found);
      await ask();
      return current;
    };
    return { ...createFieldRights(current, askWith), ofField };
  };
  return {
    viewer: () => current,
    async recheck(found) {
      current = toKnown(found);
      throw changedMeanwhile();
    },
    refuse(error) {
      throw error;
    },
    requireAdmitted: () => {},
    committed: () => {},
    ofField,
  };
}

/** `ask` makes a viewer the current one, asks the guards, and returns it. */
function createFieldRights(
  viewer: Viewer,
  ask: (found: Viewer) => Promise<Viewer>,
): Omit<Rights, 'ofField'> {
  let admitted = viewer;
  let hasCommitted = false;
  let refusal: { readonly error: unknown } | undefined;

  function refuse(error: unknown): never {
    refusal = { error };
    throw error;
  }

  return {
    viewer: () => admitted,
    refuse,
    async recheck(found) {
      try {
        admitted = await ask(found);
      } catch (error) {
        // A plain refusal says that nothing was done.
        refuse(hasCommitted ? changedMeanwhile(error) : error);
      }
    },
    requireAdmitted() {
      if (refusal !== undefined) throw refusal.error;
    },
    committed() {
      hasCommitted = true;
    },
  };
}

/** The answer when the viewer's rights changed and the guards cannot settle it. */
export const changedMeanwhile = (cause?: unknown): ConflictError =>
  new ConflictError(
    'CHANGED_MEANWHILE',
    'Your permissions changed during this operation. Check the current state and try again.',
    { cause },
  );
