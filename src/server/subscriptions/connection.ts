import type { DocumentNode } from 'graphql';
import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../composition/context.ts';
import type { RequestSource } from '../../composition/request-source.ts';
import type { RequestContextOptions } from '../request-context.ts';

/** What runs for a socket. */
export interface RunningOperation {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variableValues: Readonly<Record<string, unknown>> | null | undefined;
}

/** One socket: who has connected, what runs for it, and how to end it. */
export interface Connection {
  readonly client: RequestSource;
  /** Under which the log speaks of it, and of all that runs over it. */
  readonly requestId: string;
  /** The subscriptions that run, by their ids. */
  readonly running: Map<string, RunningOperation>;
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
