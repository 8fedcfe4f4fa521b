import type { Viewer } from '../authentication/viewer.ts';
import type { Loaders, Stores } from './modules.ts';
import type { Services } from './services.ts';

/** Where a request comes from, as far as it says. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string | undefined;
}

/** All that a resolver can reach. Made for one request. */
export interface Context {
  /** As it was when the request came; a mutation that finds that it has changed puts the new one here. */
  viewer: Viewer;
  /** Whether guards have just decided anew about the mutation that runs: what they say holds. */
  isDecidedAnew?: boolean;
  readonly client: Client;
  /** Under which the log speaks of this request. */
  readonly requestId: string;
  readonly stores: Stores;
  readonly loaders: Loaders;
  readonly services: Services;
}
