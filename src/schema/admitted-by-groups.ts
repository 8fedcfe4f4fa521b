import type { Authorization } from '@graphql-gatehouse/authorization';
import type { AuthenticatedViewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';

/** Whether the global groups of a viewer alone admit it to a coordinate: no policy has to be asked. */
export const isAdmittedByGroups = (
  { requirements }: Pick<Authorization<Context>, 'requirements'>,
  coordinate: string,
  { groups }: AuthenticatedViewer,
): boolean =>
  requirements
    .at(coordinate)
    .every(({ requires, satisfiedBy = requires }) => satisfiedBy.some((each) => groups.has(each)));
