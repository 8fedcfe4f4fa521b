import { createRecordLoader } from '../loader.ts';
import type { ApiClientRecord } from './api-client.records.ts';
import type { ApiClientStore } from './api-client.store.ts';

/** Batches reads of API clients. */
export const createApiClientLoaders = (stores: { readonly apiClients: ApiClientStore }) => ({
  apiClients: createRecordLoader<ApiClientRecord>(stores.apiClients.findByIds),
});
