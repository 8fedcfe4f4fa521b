import { type UserViewer, userOf } from '../../authentication/viewer.ts';
import { originOf } from '../../changes/origin.ts';
import type { Context } from '../../context/context.ts';
import { BadUserInputError } from '../../errors.ts';
import type { BrowserSession } from '../../values/browser-session.ts';
import { selectedNamesOf } from '../../values/selected-fields.ts';
import { toAuthentications } from '../authentications.ts';
import type { MutationResolvers, Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';
import type { SessionStart } from './login/login.ts';
import { factorRequired } from './proofs/proof-errors.ts';
import type { RenewedSession } from './proofs/renewal.ts';

export const createSessionResolvers = (partsOf: PartsOf) =>
  ({
    Mutation: {
      login: (_mutation, { username, password }, { client }) =>
        partsOf().services.login({ username, password, client }),
      startSession: async (_mutation, { username, password }, { client, browserSession }) => {
        browserSession.requireAvailable();
        const { services } = partsOf();
        const started = await services.startSession({ username, password, client });
        return startedIn(browserSession, started);
      },
      completeLogin: (_mutation, { challenge, proof }, { client }) =>
        partsOf().services.completeLogin({ challenge, proof, client }),
      completeSession: async (_mutation, { challenge, proof }, { client, browserSession }) => {
        browserSession.requireAvailable();
        const cookie = browserSession.challenge();
        const { services } = partsOf();
        const sent = { challenge, proof, cookie, client };
        return startedIn(browserSession, await services.completeSession(sent));
      },
      reauthenticate: async (_mutation, { proof, challenge }, context, info) => {
        const { rights, client } = context;
        const viewer = requireRenewable(context, info);
        const request = { viewer, rights, client, proof, challenge: challenge ?? undefined };
        return renewedIn(context, await partsOf().services.reauthenticate(request));
      },
      refresh: (_mutation, { refreshToken }, { client }) =>
        partsOf().services.refresh({ refreshToken, client }),
      logout: (_mutation, _args, context) =>
        endOwn(context, (sessionId) => partsOf().stores.sessions.end(sessionId, originOf(context))),
      logoutEverywhere: (_mutation, _args, context) =>
        endOwn(context, () =>
          partsOf().stores.sessions.endAllOf(userOf(context.viewer).userId, originOf(context)),
        ),
      endSession: async (_mutation, { id }, context) => {
        const { viewer } = context;
        const end = () => partsOf().stores.sessions.end(id, originOf(context));
        return viewer.kind === 'user' && viewer.sessionId === id.toLowerCase()
          ? endOwn(context, end)
          : end();
      },
      changePassword: createChangePasswordResolver(partsOf),
    },
    Session: {
      authentications: ({ proved }) => {
        const { factors } = partsOf().services;
        return toAuthentications(factors, factors.readTimes(proved));
      },
      current: ({ id }, _args, { viewer }) => viewer.kind === 'user' && viewer.sessionId === id,
    },
  }) satisfies Resolvers;

/** Ends the viewer's own session. If a cookie continues it, the browser removes that. */
async function endOwn<Result>(
  { viewer, browserSession }: Pick<Context, 'viewer' | 'browserSession'>,
  end: (sessionId: string) => Promise<Result>,
): Promise<Result> {
  const { sessionId, sessionKind } = userOf(viewer);
  const result = await end(sessionId);
  if (sessionKind === 'cookie') browserSession.clear();
  return result;
}

const createChangePasswordResolver =
  (partsOf: PartsOf): NonNullable<MutationResolvers['changePassword']> =>
  async (_mutation, passwords, context, info) => {
    const { rights, client } = context;
    const viewer = requireRenewable(context, info);
    const request = { viewer, rights, client, ...passwords };
    return renewedIn(context, await partsOf().services.changePassword(request));
  };

type Asked = Pick<Context, 'viewer' | 'browserSession'>;

/** Returns the viewer whose session gets another secret. Called before anything changes. */
function requireRenewable(
  { viewer: asking, browserSession }: Asked,
  info: Parameters<typeof selectedNamesOf>[0],
): UserViewer {
  const viewer = userOf(asking);
  if (viewer.sessionKind === 'cookie') {
    browserSession.requireAvailable();
    // The session would continue, and the response would be an error.
    if ([...selectedNamesOf(info)].some((name) => tokenFields.includes(name))) throw noTokens();
  }
  return viewer;
}

/** Returns the credentials of a renewed session, or sets its cookie. */
function renewedIn({ browserSession }: Pick<Asked, 'browserSession'>, renewed: RenewedSession) {
  if (renewed.kind === 'token') return renewed.credentials;
  browserSession.set(renewed.cookie);
  return { user: renewed.user };
}

/** Sets the cookie of a session that was started, or of the challenge. @throws FACTOR_REQUIRED. */
function startedIn(browserSession: BrowserSession, started: SessionStart): UserViewer {
  if (started.outcome === 'opened') {
    browserSession.set(started.cookie);
    return started.viewer;
  }
  const { cookie, expiresAt } = started.due;
  if (cookie !== undefined) browserSession.setChallenge({ value: cookie, expiresAt });
  throw factorRequired(started.due);
}

/** The fields of `Credentials` that only sessions with tokens have. */
const tokenFields: readonly string[] = ['accessToken', 'tokenType', 'expiresIn', 'refreshToken'];

const noTokens = () =>
  new BadUserInputError(
    undefined,
    'A cookie continues this session, which has no tokens. Select only `user`.',
  );
