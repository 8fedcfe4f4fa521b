import type { GraphQLField, GraphQLInputType } from 'graphql';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { decideByGroups } from '../../decision/decision.ts';
import type { Viewer } from '../../decision/viewer.ts';
import { isNegative } from '../../enforcement/before/judge-touched.ts';
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';
import type { Requirements } from '../../requirements/requirements.ts';
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
  const { canSupply, canCall } = createCanSupply(passes);
  const ways = new Map<string, Way>();
  const toTypes = new Map<string, readonly Member[]>(graph.rootNames.map((name) => [name, []]));
  const add = (coordinate: string, way: Way): void => {
    if (!ways.has(coordinate)) ways.set(coordinate, way);
  };

  function mayPass(member: Member): boolean {
    const { kind, coordinate, owner } = member;
    if (!passes(coordinate) || (kind !== 'field' && !canSupply(member.input.type))) return false;
    return (
      kind === 'input field' || canCall(memberCoordinate(owner, member.field.name), member.field)
    );
  }

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

/** Creates the checks whether a field can be called at all, with the input that must be supplied, and such input. */
function createCanSupply(passes: (coordinate: string) => boolean) {
  const seen = new Set<string>();
  const canSupply = (type: GraphQLInputType): boolean => {
    const named = getNamedType(type);
    if (isEnumType(named)) {
      return named.getValues().some(({ name }) => passes(memberCoordinate(named.name, name)));
    }
    if (!isInputObjectType(named) || seen.has(named.name)) return true;
    seen.add(named.name);
    const can = Object.values(named.getFields())
      .filter(isRequiredInputField)
      .every((each) => passes(memberCoordinate(named.name, each.name)) && canSupply(each.type));
    seen.delete(named.name);
    return can;
  };
  const canCall = (coordinate: string, { args }: GraphQLField<unknown, unknown>): boolean =>
    passes(coordinate) &&
    args
      .filter(isRequiredArgument)
      .every((each) => passes(argumentCoordinate(coordinate, each.name)) && canSupply(each.type));
  return { canSupply, canCall };
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
