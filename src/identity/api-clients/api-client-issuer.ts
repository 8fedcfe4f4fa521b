import { createApiClientSecret } from '../../authentication/api-client-secret.ts';
import type { Origin } from '../../changes/origin.ts';
import { createUuid } from '../../values/uuid.ts';
import type { ApiClientDescription } from './api-client.input.ts';
import type { ApiClientRecord } from './api-client.records.ts';
import { type ApiClientStore, apiClientNotFound } from './api-client.store.ts';

export interface ApiClientIssuerDependencies {
  readonly apiClients: Pick<ApiClientStore, 'create' | 'findByIds' | 'replaceSecret'>;
  readonly now: () => Date;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** An API client with its new secret, which is shown only once and never stored. */
export interface IssuedApiClient {
  readonly client: ApiClientRecord;
  readonly secret: string;
}

export type ApiClientIssuer = ReturnType<typeof createApiClientIssuer>;

/** Creates the functions that create API clients and issue their secrets. */
export function createApiClientIssuer({
  apiClients,
  now,
  randomBytes,
}: ApiClientIssuerDependencies) {
  return {
    async create(description: ApiClientDescription, origin: Origin): Promise<IssuedApiClient> {
      const id = createUuid(now(), randomBytes);
      const { secret, hash } = createApiClientSecret(id, randomBytes);
      const client = { ...description, id, secretHash: hash };
      return { client: await apiClients.create(client, origin), secret };
    },

    /**
     * Replaces the secret. The old one stops working immediately.
     *
     * @throws {NotFoundError} @throws {ConflictError} CLIENT_DISABLED, CHANGED_MEANWHILE.
     */
    async rotate(id: string, origin: Origin): Promise<IssuedApiClient> {
      const [client] = await apiClients.findByIds([id]);
      if (client === undefined) throw apiClientNotFound();
      const { secret, hash } = createApiClientSecret(client.id, randomBytes);
      return { client: await apiClients.replaceSecret(client.id, hash, origin), secret };
    },
  };
}
