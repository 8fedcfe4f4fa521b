import type {
  GraphQLArgument,
  GraphQLInputObjectType,
  GraphQLInputType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';
import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { parseViewer, type Viewer } from '../decision/viewer.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { createAdmits } from './hidden-coordinates.ts';

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
  const admits = createAdmits(parseViewer(viewer));
  const mayReach: MayReach = (coordinate) => admits(requirements.at(coordinate));
  const inputs = suppliableInputs(schema, mayReach);
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    .filter((root) => root !== null && root !== undefined)
    .flatMap((root) => callableFields(root, { mayReach, inputs }));
}

type MayReach = (coordinate: string) => boolean;

/** The input that a viewer may supply. */
interface Supply {
  readonly mayReach: MayReach;
  /** The input object types for which the viewer may supply a value. */
  readonly inputs: ReadonlySet<GraphQLInputObjectType>;
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

/** Whether a viewer may supply a value that is not null. For lists this is the empty list. */
function hasSuppliable(given: GraphQLInputType, { mayReach, inputs }: Supply): boolean {
  const type = getNullableType(given);
  if (isEnumType(type)) {
    return type.getValues().some(({ name }) => mayReach(memberCoordinate(type.name, name)));
  }
  return !isInputObjectType(type) || inputs.has(type);
}

/** Grows the set until it is stable: a type that requires itself, directly or in a cycle, has no value. */
function suppliableInputs(
  schema: GraphQLSchema,
  mayReach: MayReach,
): ReadonlySet<GraphQLInputObjectType> {
  const types = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const inputs = new Set<GraphQLInputObjectType>();
  let size: number;
  do {
    size = inputs.size;
    for (const type of types) {
      if (!inputs.has(type) && hasMembers(type, { mayReach, inputs })) inputs.add(type);
    }
  } while (inputs.size > size);
  return inputs;
}

/** Whether a viewer may supply the required fields of an input object, or one field of a `@oneOf` type. */
function hasMembers(type: GraphQLInputObjectType, supply: Supply): boolean {
  const fields = Object.values(type.getFields());
  const isSuppliable = (field: (typeof fields)[number]): boolean =>
    supply.mayReach(memberCoordinate(type.name, field.name)) && hasSuppliable(field.type, supply);
  return type.isOneOf
    ? fields.some(isSuppliable)
    : fields.filter(isRequiredInputField).every(isSuppliable);
}
