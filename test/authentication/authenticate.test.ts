import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApiClientSecret } from '../../src/authentication/api-client-secret.ts';
import type { AuthenticateDependencies } from '../../src/authentication/authenticate.ts';
import { createAuthenticate } from '../../src/authentication/authenticate.ts';
import type { ApiClientViewer, UserViewer } from '../../src/authentication/viewer.ts';
import { UnauthenticatedError } from '../../src/errors.ts';
import { factorTable } from '../support/factor-table.ts';

const user: UserViewer = {
  kind: 'user',
  isAuthenticated: true,
  sessionKind: 'token',
  factorKinds: factorTable.kinds,
  userId: 'user-1',
  sessionId: 'session-1',
  groups: new Set(['STAFF']),
};
const clientId = '01935b5e-8a00-7123-8456-789abcdef012';
const { secret, hash } = createApiClientSecret(clientId, randomBytes);
const client: ApiClientViewer = {
  kind: 'apiClient',
  isAuthenticated: true,
  clientId,
  secretHash: hash,
  groups: new Set(['MANAGER']),
};

/** What was looked up, in order. */
let asked: unknown[] = [];
beforeEach(() => {
  asked = [];
});

const looking = (found: Partial<AuthenticateDependencies> = {}) =>
  createAuthenticate({
    accessTokens: {
      verify(token) {
        asked.push(`verify ${token}`);
        return { userId: 'user-1', sessionId: 'session-1', proofCount: 0 };
      },
    },
    loadViewer: async ({ sessionId }) => {
      asked.push(sessionId);
      return user;
    },
    loadCookieViewer: async (cookieHash) => {
      asked.push(cookieHash);
      return user;
    },
    loadApiClient: async (claim) => {
      asked.push(claim);
      return client;
    },
    ...found,
  });
const reasonOf = async (
  authorization: readonly string[],
  authenticate = looking(),
): Promise<string | undefined> => {
  const viewer = await authenticate({ authorization });
  return viewer.kind === 'anonymous' ? viewer.reason : undefined;
};

describe('a request', () => {
  it('without a token is anonymous', async () => {
    expect(await reasonOf([])).toBe('TOKEN_MISSING');
    expect(asked).toEqual([]);
  });

  it('whose header is malformed is anonymous', async () => {
    expect(await reasonOf(['Basic eDp5'])).toBe('TOKEN_MALFORMED');
    expect(await reasonOf([`Bearer ${secret}`, `Bearer ${secret}`])).toBe('TOKEN_MALFORMED');
    expect(asked).toEqual([]);
  });

  it('fails, and is not anonymous, when a look-up fails', async () => {
    const fail = () => Promise.reject(new Error('The database is down.'));
    const authenticate = looking({ loadViewer: fail, loadApiClient: fail });
    await expect(authenticate({ authorization: ['Bearer a.b.c'] })).rejects.toThrow(
      'The database is down.',
    );
    await expect(authenticate({ authorization: [`Bearer ${secret}`] })).rejects.toThrow(
      'The database is down.',
    );
  });
});

describe('an access token', () => {
  it("is its session's user", async () => {
    expect(await looking()({ authorization: ['Bearer a.b.c'] })).toBe(user);
    expect(asked).toEqual(['verify a.b.c', 'session-1']);
  });

  it('that is not valid is anonymous, for the reason given, and nothing is looked up', async () => {
    const accessTokens = {
      verify() {
        throw new UnauthenticatedError('TOKEN_EXPIRED', 'The access token has expired.');
      },
    };
    expect(await reasonOf(['Bearer a.b.c'], looking({ accessTokens }))).toBe('TOKEN_EXPIRED');
    expect(asked).toEqual([]);
  });

  it.each([
    ['whose session has ended', null],
    ["whose session is another user's", { ...user, userId: 'user-2' }],
  ])('%s is revoked', async (_what, found) => {
    const authenticate = looking({ loadViewer: async () => found });
    expect(await reasonOf(['Bearer a.b.c'], authenticate)).toBe('TOKEN_REVOKED');
  });
});

describe("an API client's secret", () => {
  it('is that client, looked up by id and hash', async () => {
    expect(await looking()({ authorization: [`Bearer ${secret}`] })).toBe(client);
    expect(asked).toEqual([{ clientId, hash }]);
  });

  it('that is unknown, replaced or of a disabled client is revoked', async () => {
    const authenticate = looking({ loadApiClient: async () => null });
    expect(await reasonOf([`Bearer ${secret}`], authenticate)).toBe('TOKEN_REVOKED');
  });

  it.each([
    ['mistyped', `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`],
    ['cut short', secret.slice(0, -1)],
    ['a mere prefix', 'gatehouse_'],
    ['an access token behind the prefix', 'gatehouse_a.b.c'],
  ])('that is %s is malformed, and nothing is looked up', async (_what, token) => {
    expect(await reasonOf([`Bearer ${token}`])).toBe('TOKEN_MALFORMED');
    expect(asked).toEqual([]);
  });
});
