import type { AuditedRead } from '@graphql-gatehouse/authorization';
import type { Viewer } from '../../authentication/viewer.ts';
import type { RequestSource } from '../../values/request-source.ts';

/** What an answer, or an event of a subscription, holds of coordinates with `@audited`, and who gets it. It has no variables. */
export interface DeliveredAnswer {
  readonly operation: 'query' | 'mutation' | 'subscription';
  /** The SHA-256 of the operation's text in hexadecimal, as the log has it. */
  readonly documentHash: string;
  readonly viewer: Viewer;
  readonly client: RequestSource;
  /** Identifies the request in the log. */
  readonly requestId: string;
  /** At least one. */
  readonly reads: readonly AuditedRead[];
}
