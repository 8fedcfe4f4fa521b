import { randomBytes } from 'node:crypto';
import { type RawData, WebSocket } from 'ws';
import { closeCodes, cutReason } from './close-codes.ts';
import {
  createTokenBucket,
  keepAliveMs,
  maxUnreadBytes,
  messageBurst,
  messagesPerSecond,
} from './limits.ts';

/** The server's end of the protocol, of one socket; see `Server.opened` of graphql-ws. */
export interface ProtocolSocket {
  readonly protocol: string;
  send(text: string): Promise<void>;
  close(code?: number, reason?: string): void;
  onMessage(receive: (text: string) => Promise<void>): void;
}

export interface OpenSocketOptions {
  readonly webSocket: WebSocket;
  /** Begins the protocol. What it gives is called once, as soon as the socket is as good as closed. */
  readonly open: (socket: ProtocolSocket) => (code: number, reason: string) => Promise<void>;
  /** Told of messages that are none of the protocol, and of sockets that break. */
  readonly onProblem: (error: unknown) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
}

export interface OpenSocket {
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  /** Ends it; nothing is sent from then on. */
  close(code: number, reason: string): void;
}

/**
 * Joins a WebSocket to the protocol: texts alone, not too many of them, and only as long as the client
 * gives a sign of life.
 */
export function openSocket(options: OpenSocketOptions): OpenSocket {
  const { webSocket, onProblem, elapsedMs } = options;
  const mayPass = createTokenBucket({
    capacity: messageBurst,
    perSecond: messagesPerSecond,
    elapsedMs,
  });
  const intake = createIntake(webSocket);
  let receive = async (_text: string): Promise<void> => {};
  let ended: { readonly code: number; readonly reason: string } | undefined;
  let end: ((code: number, reason: string) => Promise<void>) | undefined;

  function endProtocol(code: number, reason: string): void {
    ended ??= { code, reason };
    if (end === undefined) return;
    end(ended.code, ended.reason).catch(onProblem);
    end = undefined;
  }

  function close(code: number, reason: string): void {
    const cut = cutReason(reason);
    if (webSocket.readyState === WebSocket.OPEN) webSocket.close(code, cut);
    endProtocol(code, cut);
  }

  function take(data: RawData, isBinary: boolean): void {
    if (!allow() || webSocket.readyState !== WebSocket.OPEN) return;
    if (isBinary) {
      close(closeCodes.unsupportedData, 'TEXT_EXPECTED');
      return;
    }
    receive(String(data)).catch((error) => {
      onProblem(error);
      close(closeCodes.badRequest, 'BAD_REQUEST');
    });
    intake.pauseWhileUnread();
  }

  /** Counts one more message, ping or pong, even of a client that has been told of the end. */
  function allow(): boolean {
    if (intake.isStopped()) return false; // what ws has read at once it tells to the end
    if (mayPass()) return true;
    close(closeCodes.tooMany, 'TOO_MANY_MESSAGES');
    intake.stop(); // the rest of a flood is not read; the client can still read why
    return false;
  }

  webSocket.on('message', take);
  webSocket.on('ping', allow);
  webSocket.on('error', onProblem); // an invalid frame or a broken connection: ws closes it
  const closed = new Promise<void>((resolve) => {
    webSocket.once('close', (code, reason) => {
      endProtocol(code, String(reason));
      resolve();
    });
  });
  keepAlive(webSocket, { onUnasked: allow });
  end = options.open({
    protocol: webSocket.protocol,
    send: (text) => send(webSocket, intake, text),
    close: (code = closeCodes.internalError, reason = '') => close(code, reason),
    onMessage: (take) => {
      receive = take;
    },
  });
  if (ended !== undefined) endProtocol(ended.code, ended.reason);
  return { closed, close };
}

/** Resolves when the client has taken it, or never will: a slow client slows its events down. */
const send = (webSocket: WebSocket, intake: Intake, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (webSocket.readyState !== WebSocket.OPEN) return resolve();
    webSocket.send(text, () => {
      intake.resumeOnceRead();
      resolve();
    });
    intake.pauseWhileUnread();
  });

/** What is read of a client. */
interface Intake {
  /**
   * Reads nothing more of a client that does not read its answers, until it does: they would fill the
   * memory. One that goes on like that gives no sign of life either.
   */
  pauseWhileUnread(): void;
  resumeOnceRead(): void;
  /** Reads nothing more, whatever the client does. */
  stop(): void;
  isStopped(): boolean;
}

function createIntake(webSocket: WebSocket): Intake {
  let isStopped = false;
  return {
    pauseWhileUnread() {
      if (webSocket.bufferedAmount > maxUnreadBytes) webSocket.pause();
    },
    resumeOnceRead() {
      const isRead = webSocket.bufferedAmount <= maxUnreadBytes;
      if (webSocket.isPaused && isRead && !isStopped) webSocket.resume();
    },
    stop() {
      isStopped = true;
      webSocket.pause();
    },
    isStopped: () => isStopped,
  };
}

/**
 * Asks for a sign of life from time to time, and ends a connection that has given none since.
 * `onUnasked` is told of answers to no question, which clients may give as well (RFC 6455, 5.5.3).
 */
function keepAlive(webSocket: WebSocket, { onUnasked }: { onUnasked: () => void }): void {
  let isAlive = true;
  let asked: Buffer | undefined;
  webSocket.on('pong', (answer) => {
    // One that answers without having been asked may not read at all.
    if (asked === undefined || !answer.equals(asked)) return onUnasked();
    isAlive = true;
    asked = undefined; // the same answer again is one to no question
  });
  const timer = setInterval(() => {
    if (!isAlive) return webSocket.terminate();
    isAlive = false;
    asked = randomBytes(8);
    webSocket.ping(asked);
  }, keepAliveMs).unref();
  webSocket.once('close', () => clearInterval(timer));
}
