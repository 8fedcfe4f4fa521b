import type { AuditEventRecord, AuditStore } from './audit/audit.store.ts';
import { createTopic, type Listen, type Topic } from './events-topic.ts';
import type { RoomEntryRecord, RoomEntryStore } from './room/room-entry.store.ts';

/** What happens, on any node and in whatever way it was written. */
export interface Events {
  readonly roomEntries: Topic<RoomEntryRecord>;
  readonly auditEvents: Topic<AuditEventRecord>;
}

/**
 * Told whose rights may have changed: `session:<id>`, `user:<id>` or `client:<id>`, after the change was
 * committed; undefined: anyone's, since changes may have been missed.
 */
export type AccessListener = (subject: string | undefined) => void;

/** All events of the process, and its connection to the database. */
export interface EventSource extends Events {
  /** Ends when the function that it gives is called. */
  onAccessChange(listener: AccessListener): () => void;
  /** Resolves once the database is heard. @throws what the database throws; then it is to be called again. */
  start(): Promise<void>;
  /** Ends every subscription. */
  stop(): Promise<void>;
}

export interface EventSourceOptions {
  readonly listen: Listen;
  readonly stores: { readonly roomEntries: RoomEntryStore; readonly audit: AuditStore };
  readonly now: () => Date;
  /** Told when records could not be read. They are read again. */
  readonly onReadError: (error: unknown) => void;
}

/** Hears what the triggers of the database tell: see the migration `notify_changes`. */
export function createEventSource({ stores, ...options }: EventSourceOptions): EventSource {
  const { roomEntries: entries, audit } = stores;
  const roomEntries = createTopic({
    ...options,
    channel: 'gatehouse_room_entry',
    findByIds: entries.findByIds,
    findIdsSince: entries.findIdsSince,
  });
  const auditEvents = createTopic({
    ...options,
    channel: 'gatehouse_audit_event',
    findByIds: audit.findByIds,
    findIdsSince: audit.findIdsSince,
  });
  const accessListeners = new Set<AccessListener>();
  const tellAccess = (subject: string | undefined) => {
    for (const listener of accessListeners) listener(subject);
  };
  let listening: Awaited<ReturnType<Listen>> | undefined;

  return {
    roomEntries,
    auditEvents,
    onAccessChange(listener) {
      accessListeners.add(listener);
      return () => void accessListeners.delete(listener);
    },
    async start() {
      listening ??= await options.listen('gatehouse_access', {
        onPayload: tellAccess,
        onGap: () => tellAccess(undefined),
      });
      await Promise.all([roomEntries.start(), auditEvents.start()]);
    },
    async stop() {
      await Promise.all([listening?.stop(), roomEntries.stop(), auditEvents.stop()]);
    },
  };
}
