/** The user or program that is logged in. */
export interface Principal {
  readonly __typename: 'User' | 'ApiClient';
  readonly id: string;
  readonly username?: string;
  readonly displayName?: string;
}

/** Who uses this page. A new object for every change. */
export interface Viewer {
  readonly state: 'loading' | 'anonymous' | 'authenticated';
  readonly groups: readonly string[];
  readonly principal: Principal | null;
  /** The hash of the schema that the server has, once it is known. */
  readonly schemaHash?: string | undefined;
}

/** The `Viewer` of the API, with {@link viewerFields}. */
export type AnsweredViewer = Omit<Viewer, 'state'>;

/** The fields of the API's `Viewer` that a client reads. */
export const viewerFields =
  '{groups schemaHash principal{__typename id ...on User{username displayName}}}';

/** The viewer without a session. */
export const anonymous: Viewer = { state: 'anonymous', groups: [], principal: null };

/** Converts a `Viewer` of the API. */
export const toViewer = (viewer: AnsweredViewer): Viewer => ({ ...viewer, state: 'authenticated' });

/** The viewer of this tab, which listeners follow. */
export type Store = ReturnType<typeof createStore>;

/** Creates the store. The hash of the server's schema stays when a viewer without one follows. */
export function createStore(initial: Viewer) {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(viewer: Viewer): void {
      const next = { schemaHash: current.schemaHash, ...viewer };
      if (JSON.stringify(next) === JSON.stringify(current)) return;
      current = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
