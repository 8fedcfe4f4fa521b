import type { FastifyBaseLogger } from 'fastify';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * The log of one request, whose lines have the request's id. It becomes a child of the server's log with the first
 * line: most requests log nothing, and creating a child takes longer than routing.
 */
export class RequestLog implements FastifyBaseLogger {
  readonly #server: FastifyBaseLogger;
  readonly #bindings: Readonly<Record<string, unknown>>;
  #own: FastifyBaseLogger | undefined;

  constructor(server: FastifyBaseLogger, bindings: Readonly<Record<string, unknown>>) {
    this.#server = server;
    this.#bindings = bindings;
  }

  get level() {
    return this.#server.level;
  }

  child(...words: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#child().child(...words);
  }
  silent() {}
  fatal(...words: unknown[]): void {
    this.#log('fatal', words);
  }
  error(...words: unknown[]): void {
    this.#log('error', words);
  }
  warn(...words: unknown[]): void {
    this.#log('warn', words);
  }
  info(...words: unknown[]): void {
    this.#log('info', words);
  }
  debug(...words: unknown[]): void {
    this.#log('debug', words);
  }
  trace(...words: unknown[]): void {
    this.#log('trace', words);
  }

  #log(level: Level, words: readonly unknown[]): void {
    const own = this.#child();
    Reflect.apply(own[level], own, words);
  }

  #child(): FastifyBaseLogger {
    this.#own ??= this.#server.child(this.#bindings);
    return this.#own;
  }
}
