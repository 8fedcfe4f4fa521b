import type { PackageRoute } from 'graphql-gatehouse';
import { findIdentity } from '../identities/identity.store.ts';
import type { Parts } from '../parts.ts';
import {
  after,
  codeSeconds,
  forgetLogin,
  keepProved,
  pendingSeconds,
  type ReturningLogin,
  takeReturning,
} from '../pending/pending.store.ts';
import type { ProvedIdentity } from '../protocol/protocol.ts';
import { attempt, redirectUriOf, wayBackPath } from '../providers-protocol.ts';
import { createSecret, isSecret } from '../secrets.ts';

/** The route to which a provider sends its users. It opens no session, and reads none. */
export const wayBackOf = (provider: string): PackageRoute<Parts> => ({
  method: 'GET',
  path: wayBackPath(provider),
  takes: 'nothing',
  async run({ request, browserMark: browser }, parts) {
    const { search, searchParams } = new URL(request.url);
    const [state = '', ...others] = searchParams.getAll('state');
    const at = parts.now();
    const login =
      isSecret(state) && others.length === 0
        ? await takeReturning(parts.sql, { provider, state, browser, at })
        : undefined;
    if (login === undefined) return ended();
    const wayBack = new URL(search, redirectUriOf(parts, provider));
    const proved = await attempt(parts, provider, (protocol) =>
      protocol.finish(wayBack, { ...login, state }),
    );
    if (proved === undefined) return fail(parts, state, login);
    return keep(parts, { provider, state, login, proved });
  },
});

interface Returned {
  readonly provider: string;
  readonly state: string;
  readonly login: ReturningLogin;
  readonly proved: ProvedIdentity;
}

/** Keeps what was proved, and sends the user on with a code. */
async function keep(parts: Parts, { provider, state, login, proved }: Returned): Promise<Response> {
  const { sql, now, randomBytes, options } = parts;
  const { issuer, subject, at: provedAt, ...found } = proved;
  const isKnown =
    login.isInSession || (await findIdentity(sql, { provider, issuer, subject })) !== undefined;
  if (!isKnown && (options.get(provider)?.signUp ?? 'never') === 'never') {
    return fail(parts, state, login);
  }
  const code = createSecret(randomBytes);
  // Who signs up has to choose a name first.
  const codeExpiresAt = after(now(), isKnown ? codeSeconds : pendingSeconds);
  await keepProved(sql, { state, code, codeExpiresAt, issuer, subject, provedAt, ...found });
  return sendTo(login, isKnown ? { code } : { code, new: 'true' });
}

/** Removes what is left of a log-in, with its secrets. */
async function fail(parts: Parts, state: string, login: ReturningLogin): Promise<Response> {
  await forgetLogin(parts.sql, state);
  return sendTo(login, { error: 'login_failed' });
}

/** The part behind `#` reaches no server, and no log. */
const sendTo = (
  { returnTo }: ReturningLogin,
  parameters: Readonly<Record<string, string>>,
): Response => {
  const location = `${returnTo}#${new URLSearchParams(parameters)}`;
  return new Response(null, { status: 303, headers: { location } });
};

/** The same for a log-in that never began, has ended, or is of another browser. */
const ended = (): Response =>
  new Response('This login has ended, or another browser began it. Go back, and log in again.\n', {
    status: 400,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
