import type { GraphQLField, GraphQLInputType } from 'graphql';
import { isEnumType, isRequiredArgument, isRequiredInputField } from 'graphql';
import { decideByGroups } from '../../decision/decision.ts';
import type { Viewer } from '../../decision/viewer.ts';
import { isNegative } from '../../enforcement/operation/decide-used-coordinate.ts';
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { leastOf } from '../operations/variable-ranges.ts';
import type { Way } from './find-ways.ts';
import { type Member, type SchemaGraph, typeOf } from './schema-graph.ts';

/**
 * Returns a shortest way to each field, argument, input field and enum value that a viewer's groups do not keep it from,
 * by coordinate. Policies and rules of rows may still refuse or hide what is there. Pure.
 */
export function reachOf(
  graph: SchemaGraph,
  requirements: Requirements,
  viewer: Viewer,
): ReadonlyMap<string, Way> {
  const passes = (coordinate: string): boolean =>
    !isNegative(decideByGroups(requirements.at(coordinate), viewer));
  const mayPass = createMayPass(graph, passes);
  const ways = new Map<string, Way>();
  const toTypes = new Map<string, readonly Member[]>(graph.rootNames.map((name) => [name, []]));
  const add = (coordinate: string, way: Way): void => {
    if (!ways.has(coordinate)) ways.set(coordinate, way);
  };

  // A map also iterates over what is added meanwhile.
  for (const [typeName, before] of toTypes) {
    for (const member of graph.from(typeName)) {
      if (!mayPass(member)) continue;
      const members = [...before, member];
      add(member.coordinate, { members });
      for (const each of valuesOf(requirements, member, viewer)) {
        add(memberCoordinate(each.endType.name, each.enumValue), { members, ...each });
      }
      for (const below of graph.below(member)) {
        if (!toTypes.has(below) && passes(below)) toTypes.set(below, members);
      }
    }
  }
  return ways;
}

/** Creates the check whether a viewer may select or supply a member, with what must be supplied together with it. */
function createMayPass(graph: SchemaGraph, passes: (coordinate: string) => boolean) {
  const canSupply = (coordinate: string, type: GraphQLInputType): boolean =>
    passes(coordinate) && (leastOf(type, passes)?.every(passes) ?? false);
  const canCall = (coordinate: string, { args }: GraphQLField<unknown, unknown>): boolean =>
    passes(coordinate) &&
    args
      .filter(isRequiredArgument)
      .every((each) => canSupply(argumentCoordinate(coordinate, each.name), each.type));
  // A list can be empty, but not on the way to a field of its elements.
  const canSupplyBeside = (owner: string): boolean =>
    graph
      .from(owner)
      .every(
        (each) =>
          each.kind !== 'input field' ||
          !isRequiredInputField(each.input) ||
          canSupply(each.coordinate, each.input.type),
      );

  return (member: Member): boolean => {
    if (member.kind !== 'field' && !canSupply(member.coordinate, member.input.type)) return false;
    return member.kind === 'input field'
      ? canSupplyBeside(member.owner)
      : canCall(memberCoordinate(member.owner, member.field.name), member.field);
  };
}

/** Returns the enum values that a viewer may supply, or is given. */
function valuesOf({ at, returnedAt }: Requirements, member: Member, viewer: Viewer) {
  const endType = typeOf(member);
  if (!isEnumType(endType)) return [];
  const requirementAt = member.kind === 'field' ? returnedAt : at;
  return endType
    .getValues()
    .map(({ name }) => ({ endType, enumValue: name }))
    .filter(
      ({ enumValue }) =>
        !isNegative(
          decideByGroups(requirementAt(memberCoordinate(endType.name, enumValue)), viewer),
        ),
    );
}
