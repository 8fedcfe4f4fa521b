/** What one log-in at a provider has proved. */
export interface ProvedIdentity {
  /** The claim `iss`, byte for byte. */
  readonly issuer: string;
  /** The claim `sub`, or the configured claims as JSON, byte for byte. */
  readonly subject: string;
  /** When the user proved itself: the claim `auth_time`. Undefined: the provider does not say. */
  readonly at: Date | undefined;
  /** How many kinds of factors: two only for values that the configuration names. */
  readonly kinds: 1 | 2;
  /** The claim `sub`, and `sid` where the provider names its sessions: a log-out names these. */
  readonly sub: string;
  readonly sid: string | undefined;
  /** The groups that the claims give. Undefined: the provider gives none. */
  readonly groups: readonly string[] | undefined;
}

/** What a provider says of a log-out (OpenID Connect Back-Channel Logout 1.0, 2.4). One of `sub` and `sid` is there. */
export interface LogoutToken {
  /** The name of the token, which comes once. */
  readonly jti: string;
  readonly sub: string | null;
  /** The one session that ends. Null: all of the subject. */
  readonly sid: string | null;
  readonly expiresAt: Date;
}

/** What one log-in at a provider is made of. All but the address are secrets. */
export interface ProviderRequest {
  /** The address of this server's route for the provider. */
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** What a provider says that it can do. */
export interface ProviderFacts {
  /** Whether it names the claim `auth_time`. Otherwise a log-in may have no time. */
  readonly namesTime: boolean;
  /** Whether it sends log-outs. */
  readonly sendsLogouts: boolean;
}

export interface ProviderProtocol {
  /** Reads what the provider says of itself. @throws {ProviderError} */
  describe(): Promise<ProviderFacts>;
  /**
   * Returns the address to which the browser goes. `again`: the provider has to authenticate the user now.
   *
   * @throws {ProviderError}
   */
  begin(request: ProviderRequest & { readonly again: boolean }): Promise<URL>;
  /** Checks the way back, and exchanges its code. @throws {ProviderError} */
  finish(wayBack: URL, request: Omit<ProviderRequest, 'redirectUri'>): Promise<ProvedIdentity>;
  /** Checks a log-out token. @throws {ProviderError} */
  readLogoutToken(token: string): Promise<LogoutToken>;
  /**
   * Returns where a browser ends its session at the provider (RP-Initiated Logout 1.0). Undefined: the provider has no such address.
   *
   * @throws {ProviderError}
   */
  logoutUrl(returnTo: string): Promise<URL | undefined>;
}

/** Where a log-in at a provider has failed. */
export type ProviderStage = 'discovery' | 'answer' | 'token' | 'claims' | 'logout';

/** A log-in at a provider that has failed. It has nothing of the provider's answer. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly stage: ProviderStage;
  /** One of a closed set, for the audit log. */
  readonly code: string;
  /** Whether the provider did not answer as it should. Otherwise what was sent here is wrong. */
  readonly isAway: boolean;

  constructor(stage: ProviderStage, code: string, isAway = false) {
    super(`A login at a provider failed: ${stage}, ${code}.`);
    this.isAway = isAway || stage === 'discovery';
    this.stage = stage;
    this.code = code;
  }
}
