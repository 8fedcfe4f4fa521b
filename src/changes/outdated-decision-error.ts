import type { Viewer } from '../authentication/viewer.ts';

/**
 * What the guards decided by is no longer so: the viewer has lost something, or what a policy looked at
 * has changed. Nothing has been done: whoever catches it lets the guards decide anew, with `viewer` as it
 * is now.
 *
 * Not for clients: see `decideAnewWhenChanged`.
 */
export class OutdatedDecisionError extends Error {
  override readonly name = 'OutdatedDecisionError';
  readonly viewer: Viewer;

  constructor(viewer: Viewer) {
    super('What the guards decided by has changed since.');
    this.viewer = viewer;
  }
}
