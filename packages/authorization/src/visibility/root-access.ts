import type { GraphQLArgument, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { isRequiredArgument } from 'graphql';
import { createMayPass } from '../decision/decision.ts';
import { parseViewer, type Viewer } from '../decision/viewer.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { rootTypesOf } from '../requirements/schema-types.ts';
import {
  hasSuppliable,
  type MayReach,
  type Supply,
  suppliableInputs,
} from './suppliable-inputs.ts';

/**
 * Returns the coordinates of the root fields that a viewer may call, in schema order: queries, mutations,
 * subscriptions. A field that a policy can admit is included for every authenticated viewer. A field with a required
 * argument for which the viewer may supply no value is not included.
 */
export function rootAccess(
  schema: GraphQLSchema,
  requirements: Requirements,
  viewer: Viewer,
): readonly string[] {
  const admits = createMayPass(parseViewer(viewer));
  const mayReach: MayReach = (coordinate) => admits(requirements.at(coordinate));
  const inputs = suppliableInputs(schema, mayReach);
  return rootTypesOf(schema).flatMap((root) => callableFields(root, { mayReach, inputs }));
}

function callableFields(root: GraphQLObjectType, supply: Supply): readonly string[] {
  return Object.values(root.getFields())
    .map(({ name, args }) => ({ coordinate: memberCoordinate(root.name, name), args }))
    .filter(({ coordinate }) => supply.mayReach(coordinate))
    .filter(({ coordinate, args }) => maySupplyRequired(coordinate, args, supply))
    .map(({ coordinate }) => coordinate);
}

const maySupplyRequired = (
  owner: string,
  args: readonly GraphQLArgument[],
  supply: Supply,
): boolean =>
  args
    .filter(isRequiredArgument)
    .every(
      ({ name, type }) =>
        supply.mayReach(argumentCoordinate(owner, name)) && hasSuppliable(type, supply),
    );
