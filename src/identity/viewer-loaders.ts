import { createApiClientViewerLoader } from './api-clients/api-client-viewer-loader.ts';
import {
  type CookieViewerLoaderOptions,
  createCookieViewerLoader,
  createViewerLoader,
} from './sessions/viewer-loader.ts';
import type { Stores } from './stores.ts';

/** Creates the functions that read the viewer of a request, for each kind of credentials. */
export const createViewerLoaders = (
  { sessions, apiClients }: Pick<Stores, 'sessions' | 'apiClients'>,
  options: Omit<CookieViewerLoaderOptions, 'sessions'>,
) => ({
  loadViewer: createViewerLoader(sessions, options.withholdGroups),
  loadCookieViewer: createCookieViewerLoader({ ...options, sessions }),
  loadApiClient: createApiClientViewerLoader({ ...options, apiClients }),
});
