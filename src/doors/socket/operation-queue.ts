import { MessageType, parseMessage } from 'graphql-ws';
import { closeCodes } from './close-codes.ts';
import type { ProtocolSocket } from './socket.ts';
import { maxOperationIdLength } from './socket-limits.ts';

/** The operations of one socket by id. */
export interface OperationQueue {
  /** The number of operations that graphql-ws has to finish, canceled ones included. */
  size(): number;
  /** Marks an operation as answered: its id can be used again. */
  ended(id: string): void;
  /** Returns the signal that aborts when the client completes the operation that has begun, or disconnects. */
  leftOf(id: string): AbortSignal;
  /** Aborts the signals of all operations: the client has disconnected. */
  leave(): void;
  /** A socket that starts an operation only when the previous one with the same id has settled. */
  join(socket: ProtocolSocket): ProtocolSocket;
}

interface Entry {
  /** Whether the client still waits for it. */
  isLive: boolean;
  /** Whether it was passed to graphql-ws. */
  hasBegun: boolean;
  settled: Promise<void>;
  /** Aborted when the client no longer waits for it. */
  readonly left: AbortController;
}

/**
 * Creates the queue of one socket.
 *
 * graphql-ws frees an id at `complete`, while the operation still runs, and would confuse the next operation with the
 * same id with it: test/doors/socket/graphql-ws-ids.test.ts reproduces that. Remove this file when that test
 * fails with a newer version.
 */
export function createOperationQueue(): OperationQueue {
  const last = new Map<string, Entry>();
  let busy = 0;

  async function begin(id: string, receive: () => Promise<void>): Promise<void> {
    const previous = last.get(id)?.settled;
    const entry = createEntry();
    last.set(id, entry);
    busy += 1;
    entry.settled = run(entry, receive, previous);
    try {
      await entry.settled;
    } finally {
      busy -= 1;
      if (last.get(id) === entry) last.delete(id);
    }
  }

  async function take(
    { text, socket }: { readonly text: string; readonly socket: ProtocolSocket },
    receive: (text: string) => Promise<void>,
  ): Promise<void> {
    const message = toMessage(text);
    if (message?.type !== MessageType.Complete && message?.type !== MessageType.Subscribe) {
      return receive(text);
    }
    const { id, type } = message;
    const entry = last.get(id);
    if (type === MessageType.Complete) {
      if (entry?.isLive !== true) return undefined;
      entry.isLive = false;
      entry.left.abort();
      return entry.hasBegun ? receive(text) : undefined;
    }
    if (id.length > maxOperationIdLength) return socket.close(closeCodes.badRequest, 'ID_TOO_LONG');
    if (entry?.isLive === true) {
      return socket.close(closeCodes.idInUse, `Subscriber for ${id} already exists`);
    }
    return begin(id, () => receive(text));
  }

  return {
    size: () => busy,
    ended(id) {
      const entry = last.get(id);
      // An operation that waits for the same id has not started.
      if (entry?.hasBegun === true) entry.isLive = false;
    },
    leftOf: (id) => last.get(id)?.left.signal ?? AbortSignal.abort(),
    leave() {
      for (const entry of last.values()) entry.left.abort();
    },
    join: (socket) => ({
      ...socket,
      onMessage: (receive) => socket.onMessage((text) => take({ text, socket }, receive)),
    }),
  };
}

const createEntry = (): Entry => ({
  isLive: true,
  hasBegun: false,
  settled: Promise.resolve(),
  left: new AbortController(),
});

/** Passes an operation on when the previous one with its id has settled. */
async function run(
  entry: Entry,
  receive: () => Promise<void>,
  previous: Promise<void> | undefined,
): Promise<void> {
  if (previous !== undefined) await previous.catch(() => {});
  if (!entry.isLive) return;
  entry.hasBegun = true;
  await receive();
}

/** Returns undefined for an invalid message, which graphql-ws reports to the client. */
function toMessage(text: string) {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}
