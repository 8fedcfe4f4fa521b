import { userOf } from '../../authentication/viewer.ts';
import { originOf } from '../../changes/origin.ts';
import type { Context } from '../../context/context.ts';
import { BadUserInputError } from '../../errors.ts';
import { selectedNamesOf } from '../../values/selected-fields.ts';
import type { MutationResolvers, Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';

export const createSessionResolvers = (partsOf: PartsOf) =>
  ({
    Mutation: {
      login: (_mutation, { username, password }, { client }) =>
        partsOf().services.login({ username, password, client }),
      startSession: async (_mutation, { username, password }, { client, browserSession }) => {
        browserSession.requireAvailable();
        const { services } = partsOf();
        const { viewer, cookie } = await services.startSession({ username, password, client });
        browserSession.set(cookie);
        return viewer;
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
  async (_mutation, passwords, { viewer: asking, rights, client, browserSession }, info) => {
    const viewer = userOf(asking);
    if (viewer.sessionKind === 'cookie') {
      browserSession.requireAvailable();
      // Before anything changes: the new password would be set, and the response would be an error.
      if ([...selectedNamesOf(info)].some((name) => tokenFields.includes(name))) throw noTokens();
    }
    const renewed = await partsOf().services.changePassword({
      viewer,
      rights,
      client,
      ...passwords,
    });
    if (renewed.kind === 'token') return renewed.credentials;
    browserSession.set(renewed.cookie);
    return { user: renewed.user };
  };

/** The fields of `Credentials` that only sessions with tokens have. */
const tokenFields: readonly string[] = ['accessToken', 'tokenType', 'expiresIn', 'refreshToken'];

const noTokens = () =>
  new BadUserInputError(
    undefined,
    'A cookie continues this session, which has no tokens. Select only `user`.',
  );
