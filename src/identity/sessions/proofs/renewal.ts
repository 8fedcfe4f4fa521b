import { createOpaqueToken } from '../../../authentication/opaque-token.ts';
import {
  createRefreshSecrets,
  firstOfChain,
  writeFirstToken,
} from '../../../authentication/refresh-token.ts';
import type { SessionKind } from '../../../authentication/viewer.ts';
import type { NewSessionCookie } from '../../../values/browser-session.ts';
import type { UserRecord } from '../../users/user.records.ts';
import type { IssueCredentials, IssuedCredentials } from '../issue-credentials.ts';
import type { LiveSession, SessionSecret } from '../session.records.ts';

export interface RenewalDependencies {
  readonly issueCredentials: IssueCredentials;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** How the viewer's session continues: by new tokens, or by a new cookie. */
export type RenewedSession =
  | { readonly kind: 'token'; readonly credentials: IssuedCredentials }
  | { readonly kind: 'cookie'; readonly user: UserRecord; readonly cookie: NewSessionCookie };

export interface Renewal {
  /** The session's next refresh token or cookie. */
  readonly secret: SessionSecret;
  /** Creates the session's next credentials. If it throws, nothing is changed. */
  readonly issue: (session: LiveSession) => RenewedSession;
}

/** Creates the next secret of a session that has proved itself again. */
export function createRenewal(
  kind: SessionKind,
  { randomBytes, issueCredentials }: RenewalDependencies,
): Renewal {
  if (kind === 'token') {
    const secrets = createRefreshSecrets(randomBytes);
    return {
      secret: { kind, refresh: firstOfChain(secrets) },
      issue: (session) => {
        const token = writeFirstToken(session.id, secrets);
        return { kind, credentials: issueCredentials(session, token) };
      },
    };
  }
  const { token: value, hash } = createOpaqueToken(randomBytes);
  return {
    secret: { kind, hash },
    issue: ({ user, absoluteEndAt: expiresAt }) => ({ kind, user, cookie: { value, expiresAt } }),
  };
}
