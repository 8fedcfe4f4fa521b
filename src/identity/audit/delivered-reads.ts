import type { Viewer } from '../../authentication/viewer.ts';
import { actorOf } from '../../changes/origin.ts';
import type { RequestSource } from '../../values/request-source.ts';
import type { NewRead } from './reads.records.ts';

/** What one answer holds of audited coordinates, and who gets it. */
export interface Delivered {
  readonly context: {
    readonly viewer: Viewer;
    readonly client: RequestSource;
    readonly requestId: string;
  };
  readonly reads: readonly (Pick<NewRead, 'coordinate' | 'ids'> & { readonly type?: string })[];
}

/** Returns what is recorded of an answer. `operation` is the SHA-256 of its text. */
export function toNewReads({ context, reads }: Delivered, operation: string): readonly NewRead[] {
  const { viewer, client, requestId } = context;
  const actor = viewer.isAuthenticated ? actorOf(viewer) : null;
  const facts = { actor, ip: client.ip ?? null, operation, requestId };
  return reads.map(({ coordinate, type = null, ids }) => ({ coordinate, type, ids, ...facts }));
}
