import type { Policy } from '../policy.ts';
import { isRecordWithId } from '../policy.ts';

/** SELF: the record at hand, or at a root field the one that `id` names, is the viewer's own. */
export const isSelf: Policy = (viewer, source, args) =>
  viewer.userId === (isRecordWithId(source) ? source.id : args.id);
