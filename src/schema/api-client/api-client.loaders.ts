import DataLoader from 'dataloader';
import type { ApiClientRecord } from './api-client.records.ts';
import type { ApiClientStore } from './api-client.store.ts';

/**
 * Batches one request's reads of API clients. Keeps nothing: what a mutation's next field reads may
 * have been changed by the one before.
 */
export const createApiClientLoaders = (stores: { readonly apiClients: ApiClientStore }) => ({
  apiClients: new DataLoader<string, ApiClientRecord | null>(
    async (ids) => {
      const clients = await stores.apiClients.findByIds(ids);
      const byId = new Map(clients.map((client) => [client.id, client]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    },
    { cache: false },
  ),
});
