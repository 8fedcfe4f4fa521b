import type { GraphQLDirective, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';
import { createMayPass } from '../decision/decision.ts';
import type { Viewer } from '../decision/viewer.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { createFindEndless } from './suppliable-inputs.ts';

/** One element of a schema, and the elements that depend on it. */
interface Part {
  readonly coordinate: string;
  readonly requirement: Requirement;
  /** Hidden together with this element. */
  readonly dependents: Part[];
  /** Hidden together with the last of their members. */
  readonly owners: Part[];
  memberCount: number;
}

/** Returns the coordinates that a viewer cannot reach. Members of a hidden type are not listed. */
export type HiddenCoordinates = (viewer: Viewer) => ReadonlySet<string>;

/**
 * Creates the function that finds the elements that a viewer's groups do not admit, and all elements that depend on
 * them: fields and arguments with a hidden type, elements with a hidden required part, and types whose members are
 * all hidden, or of which no value ends. Elements that a policy can admit are not hidden, and neither are enum values that the viewer may read and
 * not supply; arguments and input fields for which it can supply no value are.
 *
 * Dependencies are collected once. The time for a viewer is proportional to the number of hidden elements.
 */
export function createHiddenCoordinates(
  schema: GraphQLSchema,
  requirements: Requirements,
): HiddenCoordinates {
  const parts = collectParts(schema, requirements);
  const findEndless = createFindEndless(schema);
  const guarded = [...parts.values()].filter(({ requirement }) => requirement.length > 0);

  return (viewer) => {
    const admits = createMayPass(viewer);
    const hidden = new Set<string>();
    const membersLeft = new Map<Part, number>();
    let waiting = guarded.filter(({ requirement }) => !admits(requirement));
    while (waiting.length > 0) {
      for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
        if (hidden.has(part.coordinate)) continue;
        hidden.add(part.coordinate);
        waiting.push(...part.dependents);
        for (const owner of part.owners) {
          const left = (membersLeft.get(owner) ?? owner.memberCount) - 1;
          membersLeft.set(owner, left);
          if (left === 0) waiting.push(owner);
        }
      }
      waiting = findEndless(hidden).flatMap((name) => parts.get(name) ?? []);
    }
    return hidden;
  };
}

function collectParts(
  schema: GraphQLSchema,
  requirements: Requirements,
): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const partAt = (coordinate: string): Part => {
    const known = parts.get(coordinate);
    if (known !== undefined) return known;
    const isSupply = coordinate.endsWith(supplied);
    const requirement = isSupply
      ? requirements.at(coordinate.slice(0, -supplied.length))
      : requirements.returnedAt(coordinate);
    const part = { coordinate, requirement, dependents: [], owners: [], memberCount: 0 };
    parts.set(coordinate, part);
    return part;
  };
  const link: Link = {
    needs: (dependent, needed) => {
      partAt(needed).dependents.push(partAt(dependent));
    },
    has: (owner, member) => {
      partAt(owner).memberCount += 1;
      partAt(member).owners.push(partAt(owner));
    },
    input: (type) => (isSuppliedApart(requirements, type) ? `${type.name}${supplied}` : type.name),
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isIntrospectionType(type)) linkType(type, link);
  }
  for (const directive of schema.getDirectives()) {
    linkArguments(directiveCoordinate(directive), directive, link);
  }
  return parts;
}

/** Ends the name of the part for what a client supplies of an enum with `readable` values, and of such a value. */
const supplied = ' supplied';

const isSuppliedApart = (requirements: Requirements, type: GraphQLNamedType): boolean =>
  isEnumType(type) &&
  type.getValues().some(({ name }) => {
    const coordinate = memberCoordinate(type.name, name);
    return requirements.returnedAt(coordinate) !== requirements.at(coordinate);
  });

interface Link {
  needs(dependent: string, needed: string): void;
  has(owner: string, member: string): void;
  /** Returns the part of a type that is needed to supply a value of it. */
  input(type: GraphQLNamedType): string;
}

function linkType(type: GraphQLNamedType, link: Link): void {
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      link.has(type.name, coordinate);
      link.needs(coordinate, getNamedType(field.type).name);
      linkArguments(coordinate, field, link);
    }
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      link.has(type.name, coordinate);
      link.needs(coordinate, link.input(getNamedType(field.type)));
      if (isRequiredInputField(field)) link.needs(type.name, coordinate);
    }
  } else if (isEnumType(type)) {
    const input = link.input(type);
    for (const { name } of type.getValues()) {
      link.has(type.name, memberCoordinate(type.name, name));
      if (input !== type.name) link.has(input, `${memberCoordinate(type.name, name)}${supplied}`);
    }
    if (input !== type.name) link.needs(input, type.name);
  } else if (isUnionType(type)) {
    for (const { name } of type.getTypes()) link.has(type.name, name);
  }
}

function linkArguments(
  owner: string,
  { args }: Pick<GraphQLDirective, 'args'>,
  { needs, input }: Link,
): void {
  for (const arg of args) {
    const coordinate = argumentCoordinate(owner, arg.name);
    needs(coordinate, input(getNamedType(arg.type)));
    if (isRequiredArgument(arg)) needs(owner, coordinate);
  }
}

/** Returns the coordinate of a directive, such as `@cached`. */
export const directiveCoordinate = ({ name }: Pick<GraphQLDirective, 'name'>): string => `@${name}`;
