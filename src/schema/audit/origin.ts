import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../context.ts';

/** Who does something. */
export interface Actor {
  readonly kind: 'USER' | 'API_CLIENT';
  readonly id: string;
}

/** Who does something, and from where; the system has neither. */
export interface Origin {
  readonly actor: Actor | null;
  readonly ip: string | null;
}

/** What a start or a command does by itself. */
export const system: Origin = { actor: null, ip: null };

/** Where what a resolver does comes from. */
export const originOf = ({ viewer, client }: Pick<Context, 'viewer' | 'client'>): Origin => ({
  actor: actorOf(viewer),
  ip: client.ip,
});

/** The user who does something; null for a program and for the system. */
export const userIdOf = ({ actor }: Origin): string | null =>
  actor?.kind === 'USER' ? actor.id : null;

function actorOf(viewer: Viewer): Actor | null {
  if (!viewer.isAuthenticated) return null;
  return viewer.kind === 'user'
    ? { kind: 'USER', id: viewer.userId }
    : { kind: 'API_CLIENT', id: viewer.clientId };
}
