export interface Principal {
  readonly __typename: 'User' | 'ApiClient';
  readonly id: string;
  readonly username?: string;
  readonly displayName?: string;
}

/** A factor that the session has proved, as the API returns it. */
export interface Authentication {
  /** Such as `PASSWORD`: the enum `Factor` of the API. */
  readonly factor: string;
  /** When it was last proved, by the server's clock: an RFC 3339 timestamp. */
  readonly at: string;
}

/** Who uses this page. A new object for every change, also when a proof has become too old for a rule (`maxAge`). */
export interface Viewer {
  readonly state: 'loading' | 'anonymous' | 'authenticated';
  readonly groups: readonly string[];
  readonly principal: Principal | null;
  /** The factors that the session has proved. Absent: none. */
  readonly authentications?: readonly Authentication[];
  /** The hash of the schema that the server has, once it is known. */
  readonly schemaHash?: string | undefined;
}

/** The `Viewer` of the API, with {@link viewerFields}. */
export type AnsweredViewer = Omit<Viewer, 'state'>;

/** The fields of the API's `Viewer` that a client reads. */
export const viewerFields =
  '{groups schemaHash authentications{factor at}principal{__typename id ...on User{username displayName}}}';

/** The viewer without a session. */
export const anonymous: Viewer = { state: 'anonymous', groups: [], principal: null };

/** Converts a `Viewer` of the API. */
export const toViewer = (viewer: AnsweredViewer): Viewer => ({ ...viewer, state: 'authenticated' });

/** The viewer of this tab, which listeners follow. */
export type Store = ReturnType<typeof createStore>;

/**
 * Creates the store. The hash of the server's schema stays when a viewer without one follows.
 *
 * @param wait is called after each change, with whether there are listeners.
 */
export function createStore(initial: Viewer, wait: (isHeard: boolean) => void) {
  let current = initial;
  const listeners = new Set<() => void>();

  function take(viewer: Viewer): void {
    current = viewer;
    for (const listener of listeners) listener();
    wait(listeners.size > 0);
  }

  return {
    get: () => current,
    set(viewer: Viewer): void {
      const next = { schemaHash: current.schemaHash, ...viewer };
      if (JSON.stringify(next) !== JSON.stringify(current)) take(next);
    },
    /** Calls the listeners, because time has changed what the viewer may do. */
    touch: () => take({ ...current }),
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      wait(true);
      return () => {
        listeners.delete(listener);
        wait(listeners.size > 0);
      };
    },
  };
}
