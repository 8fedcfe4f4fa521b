import { MessageType, parseMessage } from 'graphql-ws';
import { closeCodes } from './close-codes.ts';
import { maxOperationIdLength } from './limits.ts';
import type { ProtocolSocket } from './socket.ts';

/** The ids of the operations of one socket: the client's, which come again, and own ones, which never do. */
export interface OperationIds {
  /** The own id of an operation that begins; undefined while one of the client's id is live. */
  begin(clientId: string): string | undefined;
  /** The own id of the operation that the client wants no more of; undefined when none is live. */
  complete(clientId: string): string | undefined;
  /**
   * A message of graphql-ws as the client is to get it; undefined when it is about an operation that is
   * no longer live. The last message of an operation makes the client's id free.
   */
  toClient(text: string): string | undefined;
}

export function createOperationIds(): OperationIds {
  const ownIds = new Map<string, string>();
  const clientIds = new Map<string, string>();
  let count = 0;

  return {
    begin(clientId) {
      if (ownIds.has(clientId)) return undefined;
      count += 1;
      const ownId = String(count);
      ownIds.set(clientId, ownId);
      clientIds.set(ownId, clientId);
      return ownId;
    },
    complete(clientId) {
      const ownId = ownIds.get(clientId);
      ownIds.delete(clientId);
      if (ownId !== undefined) clientIds.delete(ownId);
      return ownId;
    },
    toClient(text) {
      const [start, ownId, type] = operationStart.exec(text) ?? [];
      if (start === undefined || ownId === undefined) return text;
      const clientId = clientIds.get(ownId);
      if (clientId === undefined) return undefined;
      if (type !== MessageType.Next) {
        ownIds.delete(clientId);
        clientIds.delete(ownId);
      }
      return `{"id":${JSON.stringify(clientId)},"type":"${type}"${text.slice(start.length)}`;
    },
  };
}

/** How graphql-ws writes what concerns an operation. Events can be large: no more of them is looked at. */
const operationStart = /^\{"id":"(\d+)","type":"(\w+)"/;

/**
 * A socket on which graphql-ws meets each id once. It keeps its books by id, and `complete` makes an id free
 * for the next operation while it is still busy with the one before: it would take each for the other.
 *
 * `unsettled` holds the own ids of all that it is busy with, whether or not the client still waits for it.
 */
export function withOwnIds(socket: ProtocolSocket, unsettled: Set<string>): ProtocolSocket {
  const ids = createOperationIds();

  async function take(text: string, receive: (text: string) => Promise<void>): Promise<void> {
    const message = toMessage(text);
    if (message?.type === MessageType.Complete) {
      const ownId = ids.complete(message.id);
      return ownId === undefined ? undefined : receive(withId(text, ownId));
    }
    if (message?.type !== MessageType.Subscribe) return receive(text);
    const { id } = message;
    if (id.length > maxOperationIdLength) return socket.close(closeCodes.badRequest, 'ID_TOO_LONG');
    const ownId = ids.begin(id);
    if (ownId === undefined) {
      return socket.close(closeCodes.idInUse, `Subscriber for ${id} already exists`);
    }
    unsettled.add(ownId);
    try {
      await receive(withId(text, ownId));
    } finally {
      unsettled.delete(ownId);
    }
  }

  return {
    ...socket,
    async send(text) {
      const told = ids.toClient(text);
      if (told !== undefined) await socket.send(told);
    },
    onMessage: (receive) => socket.onMessage((text) => take(text, receive)),
  };
}

/** Undefined for what is none: graphql-ws says so to the client. */
function toMessage(text: string) {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

/**
 * The message with another id. Of two keys of one name `JSON.parse` takes the last (ECMA-262, 25.5.1), and
 * the message is not written anew, which numbers such as `1e999` would not survive.
 */
const withId = (text: string, id: string): string =>
  `${text.slice(0, text.lastIndexOf('}'))},"id":"${id}"}`;
