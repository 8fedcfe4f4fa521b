import type { Viewer } from '../../src/authentication/viewer.ts';
import type { Context } from '../../src/context/context.ts';
import { type ContextDependencies, createContexts } from '../../src/context/create-context.ts';
import { withoutCookies } from '../../src/values/browser-session.ts';
import { createGroups } from '../../src/values/groups.ts';

/** Creates the context of a request without a database. `given` replaces parts. */
export function createTestContext(
  viewer: Viewer,
  given: Partial<ContextDependencies> = {},
): Context {
  const { createContext } = createContexts({
    data: {
      transaction: () => Promise.reject(new Error('Nothing is written.')),
      sql: () => ({ $queryRawUnsafe: async () => [] }),
    },
    askOutcome: async () => 'unknown',
    groups: createGroups([]),
    heldOf: () => ({ groups: [], withheld: new Set(), factors: 0 }),
    now: () => new Date(0),
    db: {},
    createLoad: () => ({}),
    rows: () => undefined,
    reader: { find: async () => undefined, filterOf: () => undefined },
    isSerializable: () => false,
    maxRows: 1_000,
    readPage: () => Promise.reject(new Error('Nothing is read.')),
    ...given,
  });
  return createContext({
    viewer,
    client: { ip: '192.0.2.1', userAgent: 'test' },
    requestId: 'request-1',
    browserSession: withoutCookies,
    openSignal: () => new AbortController().signal,
  });
}
