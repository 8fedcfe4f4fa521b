import type { AuthenticatedViewer } from '../authentication/viewer.ts';
import type { RequestSource } from '../composition/request-source.ts';
import type { Rights } from './rights.ts';

/** Who does something. */
export interface Actor {
  readonly kind: 'USER' | 'API_CLIENT';
  readonly id: string;
}

/** Who does something, and from where; the system has neither. */
export interface Origin {
  readonly actor: Actor | null;
  readonly ip: string | null;
  /** The rights of the viewer, confirmed in the transaction. Absent: no guard was involved. */
  readonly rights?: Rights;
  /** The channel, such as `command line`, if there is neither actor nor address. Recorded in the audit log. */
  readonly via?: string;
}

/** What a start or a seed does by itself. */
export const system: Origin = { actor: null, ip: null };

/** What a person does at the command line of a server: whoever may run commands there. */
export const commandLine: Origin = { actor: null, ip: null, via: 'command line' };

/** What tells the origin of a request. */
export interface Asking {
  readonly rights: Rights;
  readonly client: RequestSource;
}

/** Where what a resolver does comes from. */
export const originOf = ({ rights, client }: Asking): Origin => ({
  ...originBy(rights),
  ip: client.ip,
});

/** The admitted viewer as the actor. */
export function originBy(rights: Rights): Pick<Origin, 'actor' | 'rights'> {
  const viewer = rights.viewer();
  return { actor: viewer.isAuthenticated ? actorOf(viewer) : null, rights };
}

/** The user who does something; null for a program and for the system. */
export const userIdOf = ({ actor }: Origin): string | null =>
  actor?.kind === 'USER' ? actor.id : null;

/**
 * Returns the key of an actor in the queue of password hashes. Each actor has its own, so one that requests many hashes
 * does not delay the others. It never equals a network address, the key of anonymous requests.
 */
export const turnKeyOf = ({ actor }: Pick<Origin, 'actor'>): string =>
  actor === null ? 'SYSTEM' : `${actor.kind} ${actor.id}`;

/** A viewer as the audit log names it. */
export const actorOf = (viewer: AuthenticatedViewer): Actor =>
  viewer.kind === 'user'
    ? { kind: 'USER', id: viewer.userId }
    : { kind: 'API_CLIENT', id: viewer.clientId };
