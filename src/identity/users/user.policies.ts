import type { AuthenticatedViewer } from '../../authentication/viewer.ts';
import type { Policy } from '../../composition/policy.ts';

/**
 * SELF: the record (at a root field the one with the argument `id`) is the viewer's own.
 *
 * Root fields with this policy name users, and API clients are not users. The UUIDs of users and of API clients never
 * equal each other.
 */
export const isSelf = ((viewer, source, args) => {
  if (isRecordWithId(source)) return source.id === idOf(viewer);
  return viewer.kind === 'user' && String(args.id).toLowerCase() === viewer.userId;
}) satisfies Policy;

const idOf = (viewer: AuthenticatedViewer): string =>
  viewer.kind === 'user' ? viewer.userId : viewer.clientId;

/** Whether a field's source is a record. Root fields have no source. */
const isRecordWithId = (source: unknown): source is { readonly id: string } =>
  typeof source === 'object' && source !== null && 'id' in source && typeof source.id === 'string';
