import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../composition/context.ts';
import type { RequestSource } from '../../composition/request-source.ts';
import type { RequestContextOptions } from '../request-context.ts';
import type { AdmittedOperation } from './plugin.ts';

/** One socket: who has connected, what runs for it, and how to end it. */
export interface Connection {
  readonly client: RequestSource;
  /** Under which the log speaks of it, and of all that runs over it. */
  readonly requestId: string;
  /** The subscriptions that run, by their own ids: see `withOwnIds`. */
  readonly running: Map<string, AdmittedOperation>;
  /**
   * Ends the socket (RFC 6455, 7.4.2). Nothing is sent to it from then on. `reason` is a word for
   * programs, and never a secret.
   */
  close(code: number, reason: string): void;
  /** The code by which this end has closed it, if it has. */
  closedBy(): number | undefined;
}

/** The context of an operation of a socket, or of one event of it. */
export const contextOf = (
  { client, requestId }: Connection,
  { createContext }: Pick<RequestContextOptions, 'createContext'>,
  viewer: Viewer,
): Context => createContext({ viewer, client, requestId });
