import type { Viewer } from '../../authentication/viewer.ts';

/**
 * The viewer is no longer what it was when the guards let it in. Nothing has been done: whoever
 * catches it lets the guards decide anew, with `viewer` as it is now.
 *
 * Not for clients: see `decideAnewWhenChanged`.
 */
export class ViewerChangedError extends Error {
  override readonly name = 'ViewerChangedError';
  readonly viewer: Viewer;

  constructor(viewer: Viewer) {
    super('The rights of the viewer have changed since it was let in.');
    this.viewer = viewer;
  }
}
