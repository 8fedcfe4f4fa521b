import type { GraphQLArgument, GraphQLInputType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isRequiredArgument, isRequiredInputField } from 'graphql';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { createAdmits } from './hidden-coordinates.ts';
import type { Requirements } from './requirements.ts';
import { parseViewer, type Viewer } from './viewer.ts';

/**
 * The coordinates of the root fields that a viewer may call, in schema order: queries, mutations,
 * subscriptions. A field that waits for a policy counts for every authenticated viewer; one with a
 * required argument that the viewer may not supply does not count.
 */
export function rootAccess(
  schema: GraphQLSchema,
  requirements: Requirements,
  viewer: Viewer,
): readonly string[] {
  const admits = createAdmits(parseViewer(viewer));
  const mayReach: MayReach = (coordinate) => admits(requirements.at(coordinate));
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    .filter((root) => root !== null && root !== undefined)
    .flatMap((root) => callableFields(root, mayReach));
}

type MayReach = (coordinate: string) => boolean;

function callableFields(root: GraphQLObjectType, mayReach: MayReach): readonly string[] {
  return Object.values(root.getFields())
    .map(({ name, args }) => ({ coordinate: memberCoordinate(root.name, name), args }))
    .filter(({ coordinate }) => mayReach(coordinate))
    .filter(({ coordinate, args }) => maySupplyRequired(coordinate, args, mayReach))
    .map(({ coordinate }) => coordinate);
}

const maySupplyRequired = (
  owner: string,
  args: readonly GraphQLArgument[],
  mayReach: MayReach,
): boolean =>
  args
    .filter(isRequiredArgument)
    .every(
      ({ name, type }) =>
        mayReach(argumentCoordinate(owner, name)) && maySupply(type, mayReach, new Set()),
    );

/** Whether a viewer may make a value of this type. Types that require each other in lists are circular. */
function maySupply(
  given: GraphQLInputType,
  mayReach: MayReach,
  visited: Set<GraphQLInputType>,
): boolean {
  const type = getNamedType(given);
  if (!isInputObjectType(type) || visited.has(type)) return true;
  visited.add(type);
  return Object.values(type.getFields())
    .filter(isRequiredInputField)
    .every(
      (field) =>
        mayReach(memberCoordinate(type.name, field.name)) &&
        maySupply(field.type, mayReach, visited),
    );
}
