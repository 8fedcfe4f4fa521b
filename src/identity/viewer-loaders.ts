import {
  type ApiClientViewerLoaderOptions,
  createApiClientViewerLoader,
} from './api-clients/api-client-viewer-loader.ts';
import {
  type CookieViewerLoaderOptions,
  createCookieViewerLoader,
  createViewerLoader,
} from './sessions/viewer-loader.ts';
import type { Stores } from './stores.ts';

export interface ViewerLoadersOptions
  extends Pick<CookieViewerLoaderOptions, 'sessionIdleSeconds'>,
    Omit<ApiClientViewerLoaderOptions, 'apiClients'> {
  readonly stores: Pick<Stores, 'sessions' | 'apiClients'>;
}

/** Creates the functions that read the viewer of a request, for each kind of credentials. */
export const createViewerLoaders = ({ stores, ...options }: ViewerLoadersOptions) => ({
  loadViewer: createViewerLoader(stores.sessions),
  loadCookieViewer: createCookieViewerLoader({
    ...options,
    sessions: stores.sessions,
    onError: options.onRecordError,
  }),
  loadApiClient: createApiClientViewerLoader({ ...options, apiClients: stores.apiClients }),
});
