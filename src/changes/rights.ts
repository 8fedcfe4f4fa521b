import type { Viewer } from '../authentication/viewer.ts';
import { ConflictError } from '../errors.ts';

/** The viewer that the guards admitted, and the functions to check the guards again. */
export interface Rights {
  /** The admitted viewer. */
  viewer(): Viewer;
  /**
   * Makes `current` the viewer of the request and checks the guards again.
   *
   * @throws {AuthorizationError} when they refuse.
   * @throws {ConflictError} CHANGED_MEANWHILE, when something was already written, or there is no guard to check.
   */
  recheck(current: Viewer): Promise<void>;
  /** Throws `error`, now and from every later `requireAdmitted`. */
  refuse(error: unknown): never;
  /** @throws the earlier error of `recheck` or `refuse`, so that a resolver which caught it cannot write. */
  requireAdmitted(): void;
  /** Records that a transaction was committed, or may have been. */
  committed(): void;
  /** Whether something was committed. The rights of a request include those of its fields. */
  hasCommitted(): boolean;
  /** Creates the rights of one field. `ask` checks the field's guards with the current viewer. */
  ofField(ask: () => Promise<void>): Rights;
}

/** Creates the rights of a request, which all copies of its context share. */
export function createRequestRights(viewer: Viewer): Rights {
  let current = viewer;
  let hasCommitted = false;
  const committed = () => {
    hasCommitted = true;
  };
  const ofField: Rights['ofField'] = (ask) => {
    const askWith = async (found: Viewer) => {
      current = found;
      await ask();
      return current;
    };
    const options = { ask: askWith, onCommitted: committed };
    return { ...createFieldRights(current, options), ofField };
  };
  return {
    viewer: () => current,
    async recheck(found) {
      current = found;
      throw changedMeanwhile();
    },
    refuse(error) {
      throw error;
    },
    requireAdmitted: () => {},
    committed,
    hasCommitted: () => hasCommitted,
    ofField,
  };
}

interface FieldRightsOptions {
  /** Sets the current viewer, checks the guards, and returns the viewer. */
  readonly ask: (found: Viewer) => Promise<Viewer>;
  readonly onCommitted: () => void;
}

function createFieldRights(
  viewer: Viewer,
  { ask, onCommitted }: FieldRightsOptions,
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
        // A refusal means that nothing was written.
        refuse(hasCommitted ? changedMeanwhile(error) : error);
      }
    },
    requireAdmitted() {
      if (refusal !== undefined) throw refusal.error;
    },
    committed() {
      hasCommitted = true;
      onCommitted();
    },
    hasCommitted: () => hasCommitted,
  };
}

/** Creates the error for changed rights when the guards cannot decide. */
export const changedMeanwhile = (cause?: unknown): ConflictError =>
  new ConflictError(
    'CHANGED_MEANWHILE',
    'Your permissions changed during this operation. Check the current state and try again.',
    { cause },
  );
