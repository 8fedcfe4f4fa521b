import type { Viewer } from '../authentication/viewer.ts';

/**
 * The viewer's rights, or the data of a policy, changed after the guards decided. Nothing was done: the catcher lets the
 * guards decide again with `viewer`, the current one.
 *
 * Not for clients: see `decideAnewWhenChanged`.
 */
export class OutdatedDecisionError extends Error {
  override readonly name = 'OutdatedDecisionError';
  readonly viewer: Viewer;

  constructor(viewer: Viewer) {
    super('The rights of the viewer, or the data of a policy, changed after the guards decided.');
    this.viewer = viewer;
  }
}
