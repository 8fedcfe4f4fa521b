import { setImmediate } from 'node:timers/promises';
import type { Authorization } from '@graphql-gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { PresentedCredentials } from '../../authentication/authenticate.ts';
import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../context/context.ts';
import type { EventSource } from '../../events/event-source.ts';
import type { RunningOperation } from '../../operation/open-events.ts';
import type { RequestContextOptions } from '../request/request-context.ts';
import { type Ending, endingOf } from './ending.ts';
import { nextCheckAtMs } from './next-check.ts';

/** A socket or a stream whose viewer is watched. */
export interface Watched {
  /** Its id in the log. */
  readonly requestId: string;
  running(): readonly RunningOperation[];
  /** Creates the context in which its operations are authorized for a viewer. */
  contextOf(viewer: Viewer): Context;
  /** Ends it, because the right to it has ended. */
  end(ending: Ending): void;
  /** Ends it, because the server stops. */
  stop(): void;
}

export interface AccessWatchOptions extends Pick<RequestContextOptions, 'authenticate'> {
  /** Reads the current memberships of a user. Reads of many sockets at the same time are batched. */
  readonly membershipsOf: (
    userId: string,
  ) => Promise<readonly { readonly group: string; readonly expiresAt: Date | null }[]>;
  readonly authorization: Pick<Authorization<Context>, 'authorizeOperation'>;
  /** Returns when the token in these values of the Authorization header expires. Undefined: never. */
  readonly tokenEndsAt: (authorization: readonly string[]) => Date | undefined;
  readonly events: Pick<EventSource, 'onAccessChange'>;
  readonly now: () => Date;
  readonly logger: Pick<FastifyBaseLogger, 'warn'>;
}

/** The viewer of one socket or stream. */
export interface Access {
  /**
   * Reads the current viewer at each call. The socket or stream belongs to the first authenticated one.
   *
   * @throws the error of the read.
   */
  viewer(): Promise<Viewer>;
  /** The user or API client that it belongs to, once known: `user:<id>` or `client:<id>`. */
  principal(): string | undefined;
  /** Checks again now, and ends the socket or stream when its viewer lost access. */
  recheck(): void;
  /** Stops watching. */
  end(): void;
}

/** Watches a socket or a stream whose client has sent these credentials. */
export type WatchAccess = (watched: Watched, credentials: PresentedCredentials) => Access;

export interface AccessWatch {
  readonly watch: WatchAccess;
  /** Returns how many watched sockets and streams belong to a principal. */
  countOf(principal: string): number;
  /** Stops all watched sockets and streams, also those that are watched later. */
  stop(): void;
}

/** The maximum time between two checks. They also find expired rights and missed notifications. */
const longestWaitMs = 60_000;
/** The clock of the process and the clock of its timers differ slightly. */
const shortestWaitMs = 20;
const retryAfterMs = 250;
/** Verifying a token takes processor time: other work runs in between. */
const rechecksPerTurn = 100;

/**
 * Watches open sockets and streams: ends them when the session, the user or the API client has ended, when the token
 * has expired, or when a running subscription would now be refused.
 *
 * It checks after every notification, all of them where a place has ended, when the token or a membership expires, and regularly, in case a notification
 * was missed. Each check reads the database; the content of a notification is not used.
 */
export function createAccessWatch(options: AccessWatchOptions): AccessWatch {
  const bySubject = new Map<string, Set<Access>>();
  const all = new Map<Access, Watched>();
  let isStopped = false;

  async function recheckAll(): Promise<void> {
    let count = 0;
    for (const access of [...all.keys()]) {
      access.recheck();
      count += 1;
      if (count % rechecksPerTurn === 0) await setImmediate();
    }
  }

  const stopListening = options.events.onAccessChange((subject) => {
    if (subject === undefined || subject.startsWith('place:')) void recheckAll();
    else for (const access of [...(bySubject.get(subject) ?? [])]) access.recheck();
  });

  function register(access: Access, subjects: readonly string[]): () => void {
    for (const subject of subjects) {
      bySubject.set(subject, (bySubject.get(subject) ?? new Set()).add(access));
    }
    return () => {
      for (const subject of subjects) {
        const others = bySubject.get(subject);
        others?.delete(access);
        if (others?.size === 0) bySubject.delete(subject);
      }
    };
  }

  return {
    stop() {
      isStopped = true;
      stopListening();
      for (const watched of [...all.values()]) watched.stop();
    },
    countOf: (principal) => bySubject.get(principal)?.size ?? 0,
    watch(watched, credentials) {
      const access = createAccess({ ...options, watched, credentials, register });
      all.set(access, watched);
      if (isStopped) watched.stop();
      return {
        ...access,
        end() {
          all.delete(access);
          access.end();
        },
      };
    },
  };
}

interface AccessOptions extends AccessWatchOptions {
  readonly watched: Watched;
  readonly credentials: PresentedCredentials;
  readonly register: (access: Access, subjects: readonly string[]) => () => void;
}

function createAccess(options: AccessOptions): Access {
  const { watched, credentials, authenticate, authorization, register, membershipsOf } = options;
  const { requestId } = watched;
  const tokenEndsAt = options.tokenEndsAt(credentials.authorization);
  let subjects: readonly string[] = [];
  let unregister = () => {};
  let isOver = false;
  const looks = createLooks({
    look,
    now: options.now,
    onError: (error) =>
      options.logger.warn({ err: error, requestId }, 'looking up a viewer failed; retrying'),
  });

  async function viewer(): Promise<Viewer> {
    const found = await authenticate(credentials);
    if (!isOver && found.isAuthenticated && subjects.length === 0) {
      subjects = subjectsOf(found);
      unregister = register(access, subjects);
    }
    return found;
  }

  /** Returns the time of the next check, in milliseconds since 1970. Undefined: no further check. */
  async function look(): Promise<number | undefined> {
    const found = await viewer();
    if (!found.isAuthenticated) {
      if (subjects.length > 0) watched.end({ code: 'UNAUTHENTICATED', reason: found.reason });
      return undefined;
    }
    const contextValue = watched.contextOf(found);
    const running = watched.running();
    for (const operation of running) {
      const denials = await authorization.authorizeOperation({ ...operation, contextValue });
      if (denials.length === 0) continue;
      watched.end(endingOf(denials));
      return undefined;
    }
    const hasGroupsToLose = found.kind === 'user' && running.length > 0;
    return nextCheckAtMs({
      tokenEndsAt,
      inEffect: contextValue.groups.inEffect,
      groups: hasGroupsToLose ? found.groups : new Set(),
      memberships: hasGroupsToLose ? await membershipsOf(found.userId) : [],
    });
  }

  const access: Access = {
    viewer,
    principal: () => subjects[0],
    recheck: looks.now,
    end() {
      isOver = true;
      looks.stop();
      unregister();
    },
  };
  return access;
}

interface LooksOptions {
  /** Returns the time of the next check, in milliseconds since 1970, or undefined. */
  readonly look: () => Promise<number | undefined>;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

/** Runs checks one after another: when requested, and at the time that the last check returned. */
function createLooks({ look, now, onError }: LooksOptions) {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let isLooking = false;
  let isToLookAgain = false;

  function wait(waitMs: number): void {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(() => void lookNow(), waitMs).unref();
  }

  async function lookNow(): Promise<void> {
    isToLookAgain = true;
    if (isLooking) return;
    isLooking = true;
    try {
      while (isToLookAgain && !isOver) await lookOnce();
    } finally {
      isLooking = false;
    }
  }

  async function lookOnce(): Promise<void> {
    isToLookAgain = false;
    try {
      const atMs = await look();
      if (atMs === undefined) return;
      const leftMs = Math.max(shortestWaitMs, atMs - now().getTime());
      wait(Math.min(longestWaitMs, leftMs));
    } catch (error) {
      if (isOver) return;
      wait(retryAfterMs);
      onError(error);
    }
  }

  return {
    now: () => void lookNow(),
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** Returns the subjects of the notifications that concern a viewer. The first one is its principal. */
function subjectsOf(viewer: Viewer): readonly string[] {
  if (!viewer.isAuthenticated) return [];
  return viewer.kind === 'user'
    ? [`user:${viewer.userId}`, `session:${viewer.sessionId}`]
    : [`client:${viewer.clientId}`];
}
