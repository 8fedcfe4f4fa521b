import type { Authorization } from '@graphql-gatehouse/authorization';
import type { AuthenticatedViewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';

type GroupUses = ReturnType<Authorization<Context>['groupUses']>;

/** Counts that an operation of a viewer ran, by the groups that it used. */
export type OnUses = (viewer: AuthenticatedViewer, uses: GroupUses) => void;

/** Finds the groups that an operation uses, for the viewer that it has now. Returns the function that counts them. */
export type CountUses = (
  request: Parameters<Authorization<Context>['groupUses']>[0],
) => CountUse | undefined;

/** Counts one run of an operation. */
export type CountUse = () => void;

/** Creates the function that counts operations that ran. Without `onUses` it does nothing. */
export const createCountUses =
  ({ groupUses }: Pick<Authorization<Context>, 'groupUses'>, onUses?: OnUses): CountUses =>
  (request) => {
    const { viewer } = request.contextValue;
    if (onUses === undefined || !viewer.isAuthenticated) return undefined;
    const uses = groupUses(Object.assign({ held: viewer.granted }, request));
    return uses.groups.length === 0 ? undefined : () => onUses(viewer, uses);
  };
