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

export interface ProviderProtocol {
  /**
   * Returns the address to which the browser goes. `again`: the provider has to authenticate the user now.
   *
   * @throws {ProviderError}
   */
  begin(request: ProviderRequest & { readonly again: boolean }): Promise<URL>;
  /** Checks the way back, and exchanges its code. @throws {ProviderError} */
  finish(wayBack: URL, request: Omit<ProviderRequest, 'redirectUri'>): Promise<ProvedIdentity>;
}

/** Where a log-in at a provider has failed. */
export type ProviderStage = 'discovery' | 'answer' | 'token' | 'claims';

/** A log-in at a provider that has failed. It has nothing of the provider's answer. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly stage: ProviderStage;
  /** One of a closed set, for the audit log. */
  readonly code: string;

  constructor(stage: ProviderStage, code: string) {
    super(`A login at a provider failed: ${stage}, ${code}.`);
    this.stage = stage;
    this.code = code;
  }
}
