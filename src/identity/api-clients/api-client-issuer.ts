import { createApiClientSecret } from '../../authentication/api-client-secret.ts';
import type { Viewer } from '../../authentication/viewer.ts';
import type { Origin } from '../../changes/origin.ts';
import { UnauthenticatedError } from '../../errors.ts';
import type { Groups } from '../../values/groups.ts';
import { createUuid } from '../../values/uuid.ts';
import type { HeldGroupsOf } from '../groups/held-groups.ts';
import type { ApiClientDescription } from './api-client.input.ts';
import type { ApiClientRecord } from './api-client.records.ts';
import { type ApiClientStore, apiClientNotFound } from './api-client.store.ts';

export interface ApiClientIssuerDependencies {
  readonly apiClients: Pick<ApiClientStore, 'create' | 'findByIds' | 'replaceSecret'>;
  readonly heldGroups: Pick<HeldGroupsOf, 'mayWithhold'>;
  readonly groups: Pick<Groups, 'inEffect'>;
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
  heldGroups,
  groups: schemaGroups,
  now,
  randomBytes,
}: ApiClientIssuerDependencies) {
  /** Otherwise a stolen password would make a program that needs no factor. */
  function requireFactors(viewer: Viewer, groups: readonly string[]): void {
    const times = viewer.kind === 'user' ? (viewer.authenticatedAt ?? {}) : {};
    const held = new Set(schemaGroups.inEffect(groups));
    if (!heldGroups.mayWithhold(held, times, now())) return;
    const message = 'Confirm the factors that these groups require: see `reauthenticate`.';
    throw new UnauthenticatedError('FACTORS_MISSING', message, { facts: { factors: 2 } });
  }

  return {
    /** @throws {UnauthenticatedError} FACTORS_MISSING, when the session has not proved what the groups ask for. */
    async create(description: ApiClientDescription, origin: Origin): Promise<IssuedApiClient> {
      const viewer = origin.rights?.viewer();
      if (viewer !== undefined) requireFactors(viewer, description.groups);
      const id = createUuid(now(), randomBytes);
      const { secret, hash } = createApiClientSecret(id, randomBytes);
      const client = { ...description, id, secretHash: hash };
      return { client: await apiClients.create(client, origin), secret };
    },

    /**
     * Replaces the secret. The old one stops working immediately.
     *
     * @throws {UnauthenticatedError} FACTORS_MISSING, as for a new client, unless the client asks for itself.
     * @throws {NotFoundError} @throws {ConflictError} CLIENT_DISABLED, CHANGED_MEANWHILE.
     */
    async rotate(id: string, origin: Origin): Promise<IssuedApiClient> {
      const [client] = await apiClients.findByIds([id]);
      if (client === undefined) throw apiClientNotFound();
      const viewer = origin.rights?.viewer();
      const isItself = viewer?.kind === 'apiClient' && viewer.clientId === client.id;
      if (viewer !== undefined && !isItself) requireFactors(viewer, client.groups);
      const { secret, hash } = createApiClientSecret(client.id, randomBytes);
      return { client: await apiClients.replaceSecret(client.id, hash, origin), secret };
    },
  };
}
