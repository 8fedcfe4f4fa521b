import { randomBytes } from 'node:crypto';
import { type RawData, WebSocket } from 'ws';
import { closeCodes, cutReason } from './close-codes.ts';
import {
  createTokenBucket,
  keepAliveMs,
  maxUnreadBytes,
  messageBurst,
  messagesPerSecond,
} from './socket-limits.ts';

/** The server's end of the protocol for one socket; see `Server.opened` of graphql-ws. */
export interface ProtocolSocket {
  readonly protocol: string;
  send(text: string): Promise<void>;
  close(code?: number, reason?: string): void;
  onMessage(receive: (text: string) => Promise<void>): void;
}

export interface OpenSocketOptions {
  readonly webSocket: WebSocket;
  /** Starts the protocol. The returned function is called once, when the socket closes or is about to. */
  readonly open: (socket: ProtocolSocket) => (code: number, reason: string) => Promise<void>;
  /** Called for messages that violate the protocol, and for broken connections. */
  readonly onProblem: (error: unknown) => void;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

export interface OpenSocket {
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  /** Closes the socket. Nothing is sent afterwards. */
  close(code: number, reason: string): void;
}

/**
 * Joins a WebSocket to the protocol. Accepts only text messages, at a limited rate, and closes a socket whose client
 * does not answer pings.
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
  const protocol = createProtocolEnd(onProblem);

  function close(code: number, reason: string): void {
    const cut = cutReason(reason);
    if (webSocket.readyState === WebSocket.OPEN) webSocket.close(code, cut);
    protocol.end(code, cut);
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

  /** Counts a message, ping or pong, also of a socket that is being closed. */
  function allow(): boolean {
    if (intake.isStopped()) return false; // ws delivers everything that it has already read
    if (mayPass()) return true;
    close(closeCodes.tooMany, 'TOO_MANY_MESSAGES');
    intake.stop(); // does not read the rest of a flood, so that the client can read the reason
    return false;
  }

  webSocket.on('message', take);
  webSocket.on('ping', allow);
  webSocket.on('error', onProblem); // an invalid frame or a broken connection: ws closes it
  const closed = new Promise<void>((resolve) => {
    webSocket.once('close', (code, reason) => {
      protocol.end(code, String(reason));
      resolve();
    });
  });
  keepAlive(webSocket, { onUnasked: allow });
  const end = options.open({
    protocol: webSocket.protocol,
    send: (text) => send(webSocket, intake, text),
    close: (code = closeCodes.internalError, reason = '') => close(code, reason),
    onMessage: (take) => {
      receive = take;
    },
  });
  protocol.begun(end);
  return { closed, close };
}

type EndProtocol = ReturnType<OpenSocketOptions['open']>;

/** Ends the protocol of a socket once, also if the socket was closed while the protocol was starting. */
function createProtocolEnd(onProblem: OpenSocketOptions['onProblem']) {
  let ended: Parameters<EndProtocol> | undefined;
  let endProtocol: EndProtocol | undefined;

  function endOnce(): void {
    if (ended === undefined || endProtocol === undefined) return;
    endProtocol(...ended).catch(onProblem);
    endProtocol = undefined;
  }

  return {
    begun(end: EndProtocol): void {
      endProtocol = end;
      endOnce();
    },
    end(...how: Parameters<EndProtocol>): void {
      ended ??= how;
      endOnce();
    },
  };
}

/** Resolves when the client has read the message or has disconnected, so a slow client slows down its events. */
const send = (webSocket: WebSocket, intake: Intake, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (webSocket.readyState !== WebSocket.OPEN) return resolve();
    webSocket.send(text, () => {
      intake.resumeOnceRead();
      resolve();
    });
    intake.pauseWhileUnread();
  });

type Intake = ReturnType<typeof createIntake>;

/** Creates the reading from a client. */
function createIntake(webSocket: WebSocket) {
  let isStopped = false;
  return {
    /**
     * Pauses reading while the client does not read its answers: they would fill the memory. Such a client does not
     * answer pings either, and is closed.
     */
    pauseWhileUnread(): void {
      if (webSocket.bufferedAmount > maxUnreadBytes) webSocket.pause();
    },
    resumeOnceRead(): void {
      const isRead = webSocket.bufferedAmount <= maxUnreadBytes;
      if (webSocket.isPaused && isRead && !isStopped) webSocket.resume();
    },
    /** Stops reading for good. */
    stop(): void {
      isStopped = true;
      webSocket.pause();
    },
    isStopped: () => isStopped,
  };
}

/**
 * Sends pings, and closes a connection that has not answered the last one. `onUnasked` is called for pongs without a
 * ping, which clients may send (RFC 6455, 5.5.3).
 */
function keepAlive(webSocket: WebSocket, { onUnasked }: { onUnasked: () => void }): void {
  let isAlive = true;
  let asked: Buffer | undefined;
  webSocket.on('pong', (answer) => {
    // A client that sends pongs without pings may not read at all.
    if (asked === undefined || !answer.equals(asked)) return onUnasked();
    isAlive = true;
    asked = undefined; // a second pong for the same ping was not requested
  });
  const timer = setInterval(() => {
    if (!isAlive) return webSocket.terminate();
    isAlive = false;
    asked = randomBytes(8);
    webSocket.ping(asked);
  }, keepAliveMs).unref();
  webSocket.once('close', () => clearInterval(timer));
}
