import type { Viewer } from '../authentication/viewer.ts';
import { requireOutsideTransaction } from '../database/time/transaction-scope.ts';
import { ConflictError } from '../errors.ts';

/** Returns a viewer with the places in which it holds groups. */
export type AddPlaces = (viewer: Viewer) => Promise<Viewer>;

/** The viewer that the guards admitted, and the functions to check the guards again. */
export interface Rights {
  /** The admitted viewer. */
  viewer(): Viewer;
  /** Reads in which places the viewer holds groups, unless they were read. `viewer` then returns it with them. */
  readPlaces(): Promise<void>;
  /** Makes a viewer that holds more the one of the rest of the request, without checking guards. */
  adopt(current: Viewer): void;
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
  /** Creates the rights of another viewer, such as of one that was read again. */
  ofViewer(viewer: Viewer): Rights;
  /** Creates the rights of one field. `ask` checks the field's guards with the current viewer. */
  ofField(ask: () => Promise<void>): Rights;
}

/**
 * Creates the rights of a request, which all copies of its context share. `addPlaces` reads the places of its viewer. Absent: no
 * group of the schema is held in places.
 */
export function createRequestRights(viewer: Viewer, addPlaces?: AddPlaces): Rights {
  let current = viewer;
  const adopt = (found: Viewer) => {
    current = found;
  };
  const readPlaces = createReadPlaces(() => current, adopt, addPlaces);
  const ofViewer: Rights['ofViewer'] = (other) => createRequestRights(other, addPlaces);
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
    const options = { ask: askWith, onCommitted: committed, onAdopted: adopt, addPlaces };
    return { ...createFieldRights(current, options), ofField, ofViewer };
  };
  return {
    viewer: () => current,
    readPlaces,
    adopt,
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
    ofViewer,
  };
}

interface FieldRightsOptions {
  /** Sets the current viewer, checks the guards, and returns the viewer. */
  readonly ask: (found: Viewer) => Promise<Viewer>;
  readonly onCommitted: () => void;
  /** Called with the viewer that holds more. */
  readonly onAdopted: (found: Viewer) => void;
  readonly addPlaces: AddPlaces | undefined;
}

function createFieldRights(
  viewer: Viewer,
  { ask, onCommitted, onAdopted, addPlaces }: FieldRightsOptions,
): Omit<Rights, 'ofField' | 'ofViewer'> {
  let admitted = viewer;
  let hasCommitted = false;
  let refusal: { readonly error: unknown } | undefined;

  function refuse(error: unknown): never {
    refusal = { error };
    throw error;
  }

  const setAdmitted = (found: Viewer) => {
    admitted = found;
  };
  return {
    viewer: () => admitted,
    readPlaces: createReadPlaces(() => admitted, setAdmitted, addPlaces),
    adopt(found) {
      admitted = found;
      onAdopted(found);
    },
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

function createReadPlaces(
  current: () => Viewer,
  set: (found: Viewer) => void,
  addPlaces: AddPlaces | undefined,
): Rights['readPlaces'] {
  return async () => {
    const asked = current();
    if (addPlaces === undefined || !asked.isAuthenticated || asked.placesOf !== undefined) return;
    requireOutsideTransaction();
    const found = await addPlaces(asked);
    // Meanwhile it can have become another one.
    if (current() === asked) set(found);
  };
}

/** Creates the error for changed rights when the guards cannot decide. */
export const changedMeanwhile = (cause?: unknown): ConflictError =>
  new ConflictError(
    'CHANGED_MEANWHILE',
    'Your permissions changed during this operation. Check the current state and try again.',
    { cause },
  );
