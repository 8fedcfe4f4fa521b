import { isIP } from 'node:net';
import {
  ClientOfflineError,
  type CommandParser,
  createClient,
  defineScript,
  ErrorReply,
} from '@redis/client';

/** The connection to Redis failed, or Redis refused a command. The message has no secret. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

export interface RedisOptions<Name extends string> {
  /** `redis:` or `rediss:`, checked by the settings. */
  readonly url: string;
  /** Lua scripts by their names. */
  readonly scripts: Readonly<Record<Name, string>>;
  /** A command that was not sent within this time is never sent, in milliseconds. */
  readonly timeoutMs: number;
}

export interface Redis<Name extends string> {
  /**
   * Runs a script atomically. Rejects at once while there is no connection.
   *
   * @throws {RedisError}
   */
  run(name: Name, keys: readonly string[], values: readonly number[]): Promise<unknown>;
  /** Sends a command of a few words, and returns the reply. @throws {RedisError} */
  send(...words: readonly string[]): Promise<unknown>;
  /** Resolves with the first connection. @throws {RedisError} when the first attempt fails. */
  connected(): Promise<void>;
  close(): void;
}

const connectTimeoutMs = 2_000;
const reconnectMs = 500;
/** A connection on which nothing arrives and nothing is sent for so long is dead: the client sends a PING each second. */
const silenceMs = 5_000;
const pingIntervalMs = 1_000;

/** Connects to Redis in the background, and again whenever the connection ends. */
export function connectRedis<Name extends string>(options: RedisOptions<Name>): Redis<Name> {
  const { url, scripts, timeoutMs } = options;
  const toRedisError = createToRedisError(url);
  const client = createClient({
    url,
    scripts: toScripts(scripts),
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    pingInterval: pingIntervalMs,
    commandOptions: { timeout: timeoutMs },
    socket: {
      ...serverNameOf(url),
      connectTimeout: connectTimeoutMs,
      socketTimeout: silenceMs,
      reconnectStrategy: reconnectMs,
    },
  });
  let lastError = new RedisError('not connected yet');
  const firstAttempt = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.on('error', (error) => {
      lastError = toRedisError(error);
      reject(lastError);
    });
  });
  firstAttempt.catch(() => {});
  client.connect().catch(() => {});

  const withPlainErrors = async <Reply>(work: Promise<Reply>): Promise<Reply> => {
    try {
      return await work;
    } catch (error) {
      // The reason for which there is no connection.
      throw error instanceof ClientOfflineError ? lastError : toRedisError(error);
    }
  };
  return {
    run: (name, keys, values) => withPlainErrors(Promise.resolve(client[name]?.(keys, values))),
    send: (...words) => withPlainErrors(client.sendCommand(words)),
    connected: () => firstAttempt,
    close: () => client.destroy(),
  };
}

/** The command of each script. The library sends its SHA-1, and its text when Redis does not have it. */
const toScripts = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, defineScript({ ...command, SCRIPT: text })]),
  );

const command = {
  parseCommand(parser: CommandParser, keys: readonly string[], values: readonly number[]) {
    parser.pushKeysLength([...keys]);
    parser.push(...values.map(String));
  },
  transformReply: (reply: unknown) => reply,
};

/** The name for SNI, which the client does not take from the URL. */
function serverNameOf(url: string): { readonly servername?: string } {
  const { protocol, hostname } = new URL(url);
  return protocol === 'rediss:' && isIP(hostname) === 0 && !hostname.startsWith('[')
    ? { servername: hostname }
    : {};
}

/** Creates the function that converts errors of the client to ones without a secret. */
function createToRedisError(url: string) {
  const database = new URL(url).pathname.slice(1);
  return function toRedisError(error: unknown): RedisError {
    if (error instanceof AggregateError) {
      return new RedisError(error.errors.map((each) => toRedisError(each).message).join('; '));
    }
    if (error instanceof ErrorReply) return new RedisError(describeReply(error.message, database));
    return new RedisError(error instanceof Error ? error.message : 'unknown error');
  };
}

/** The kinds of replies that wrong settings cause. */
const refusals: Readonly<Record<string, string>> = {
  WRONGPASS: 'the username or the password is wrong',
  NOAUTH: 'a password is required',
  NOPERM: 'the user may not run this command',
};

/**
 * Describes an error that Redis has replied by its kind, which is its first word (Redis serialization protocol, Simple
 * errors). The rest can quote the refused command: HELLO and AUTH contain the password.
 */
function describeReply(reply: string, database: string): string {
  const [kind = ''] = reply.split(/\s/, 1);
  const isOfDatabase = kind === 'ERR' && !['', '0'].includes(database);
  const found = isOfDatabase ? `the DB index ${database} may be out of range` : refusals[kind];
  return found === undefined ? kind : `${kind} ${found}`;
}
