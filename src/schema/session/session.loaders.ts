import { createPageLoader, createRecordLoader } from '../loader.ts';
import type { SessionRecord } from './session.records.ts';
import type { SessionStore } from './session.store.ts';

/** Batches reads of sessions: by id, and by the id of the user a page of those that are alive, newest first. */
export const createSessionLoaders = (stores: { readonly sessions: SessionStore }) => ({
  sessions: createRecordLoader<SessionRecord>(stores.sessions.findByIds),
  sessionsOfUser: createPageLoader<SessionRecord>({
    pageOf: stores.sessions.pageOf,
    ownerOf: ({ userId }) => userId,
  }),
});
