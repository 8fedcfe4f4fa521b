import type { AuthenticatedViewer } from '../authentication/viewer.ts';
import type { AccountNotice } from '../values/proof.ts';
import type { RequestSource } from '../values/request-source.ts';
import type { Rights } from './rights.ts';

export interface Actor {
  readonly kind: 'USER' | 'API_CLIENT';
  readonly id: string;
}

/** The actor of a change and its network address. The system has neither. */
export interface Origin {
  readonly actor: Actor | null;
  readonly ip: string | null;
  /** The rights of the viewer, which the transaction checks again. Absent when no guard was involved. */
  readonly rights?: Rights;
  /** The channel, such as `command line`, if there is neither actor nor address. Recorded in the audit log. */
  readonly via?: string;
}

/** The origin of changes by a start or a seed. */
export const system: Origin = { actor: null, ip: null };

/** The origin of changes by commands, which are authorized by the operating system. */
export const commandLine: Origin = { actor: null, ip: null, via: 'command line' };

/** The part of a context that determines the origin of a request. */
export interface Asking {
  readonly rights: Rights;
  readonly client: RequestSource;
}

export const originOf = ({ rights, client }: Asking): Origin => ({
  ...originBy(rights),
  ip: client.ip ?? null,
});

export function originBy(rights: Rights): Pick<Origin, 'actor' | 'rights'> {
  const viewer = rights.viewer();
  return { actor: viewer.isAuthenticated ? actorOf(viewer) : null, rights };
}

/** Returns what a notice says of the origin of a change. */
export function noticedFrom({
  actor,
  rights,
}: Pick<Origin, 'actor' | 'rights'>): Pick<AccountNotice, 'actor' | 'actorId' | 'authenticatedAt'> {
  const viewer = rights?.viewer();
  const times = viewer?.kind === 'user' ? (viewer.formerlyAt ?? viewer.authenticatedAt) : undefined;
  return {
    actor: actor?.kind ?? (rights === undefined ? 'SYSTEM' : 'LINK'),
    actorId: actor?.id ?? null,
    ...(times && { authenticatedAt: times }),
  };
}

/** Returns the id of the user who makes a change, or null for an API client and for the system. */
export const userIdOf = ({ actor }: Origin): string | null =>
  actor?.kind === 'USER' ? actor.id : null;

/**
 * Returns the key of an actor in the queue of password hashes. Each actor has its own, so one that requests many hashes
 * does not delay the others. It never equals a network address, the key of anonymous requests.
 */
export const hashQueueKeyOf = ({ actor }: Pick<Origin, 'actor'>): string =>
  actor === null ? 'SYSTEM' : `${actor.kind} ${actor.id}`;

export const actorOf = (viewer: AuthenticatedViewer): Actor =>
  viewer.kind === 'user'
    ? { kind: 'USER', id: viewer.userId }
    : { kind: 'API_CLIENT', id: viewer.clientId };
