import type { Authorization } from '@graphql-gatehouse/authorization';
import type { AuthenticatedViewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';

/** What says which guards a coordinate has. */
export type Guarded = Pick<Authorization<Context>, 'requirements'>;

/** Whether the global groups of a viewer alone admit it to a coordinate: no policy has to be asked. */
export const isAdmittedByGroups = (
  { requirements }: Guarded,
  coordinate: string,
  { groups }: Pick<AuthenticatedViewer, 'groups'>,
): boolean =>
  requirements
    .at(coordinate)
    .every(({ requires, satisfiedBy = requires, or, rows }) =>
      requires.length === 0
        ? or.length === 0 && rows === undefined
        : satisfiedBy.some((each) => groups.has(each)),
    );
