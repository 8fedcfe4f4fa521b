import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { isObjectType } from 'graphql';
import { appliedDirectives, type DirectiveTarget } from './applied-directives.ts';
import { memberCoordinate } from './coordinate.ts';
import { isArguments } from './directive.ts';
import { fileOf, type Offence, type Problem } from './offence.ts';
import { reachableTypeNames } from './reachable-types.ts';
import { type SchemaElement, schemaElements } from './schema-elements.ts';
import { rootTypesOf } from './schema-types.ts';

/** A coordinate whose reads are recorded. */
export interface AuditedCoordinate {
  /** That of a field of an object type, or the name of an object type. */
  readonly coordinate: string;
  readonly reason?: string;
}

/** The coordinates with `@audited` of one schema. */
export interface Audited {
  /** In schema order. Those that fields inherit from interfaces are included. */
  readonly coordinates: readonly AuditedCoordinate[];
  at(coordinate: string): AuditedCoordinate | undefined;
}

/** Reads `@audited` of a schema, and lists every offence. */
export function parseAudited(schema: GraphQLSchema): {
  readonly audited: Audited;
  readonly offences: readonly Offence[];
} {
  const declared = new Map<string, AuditedCoordinate>();
  const offences: Offence[] = [];
  const reachable = reachableTypeNames(schema);
  for (const item of schemaElements(schema)) {
    const args = argumentsOf(schema, item.element);
    // Anything else in its place is reported with the guards of the element.
    if (!isArguments(args)) continue;
    const { coordinate } = item;
    const problems = [...argumentProblems(args), ...misplaced(schema, item, reachable)];
    offences.push(...problems.map((each) => ({ coordinate, ...each, ...fileOf(item.element) })));
    const { reason }: { reason?: unknown } = Object(args);
    declared.set(coordinate, { coordinate, ...(typeof reason === 'string' && { reason }) });
  }
  const coordinates = declared.size === 0 ? [] : ofObjectTypes(schema, declared);
  const known = new Map(coordinates.map((each) => [each.coordinate, each]));
  return { audited: { coordinates, at: (coordinate) => known.get(coordinate) }, offences };
}

/** Returns the arguments of `@audited`. Undefined: the element has none. */
function argumentsOf(schema: GraphQLSchema, element: DirectiveTarget): unknown {
  try {
    const found = appliedDirectives(schema, element).find(({ name }) => name === 'audited');
    return found?.args;
  } catch {
    return undefined; // Reported with the guards of the element.
  }
}

function argumentProblems(args: object): readonly Problem[] {
  return Object.entries(args).flatMap(([name, value]): readonly Problem[] => {
    if (name !== 'reason') {
      return [{ name: 'unknown-argument', problem: `@audited has no argument "${name}"` }];
    }
    const isText = typeof value === 'string' || value === undefined || value === null;
    const problem = '@audited(reason:) must be a string';
    return isText ? [] : [{ name: 'invalid-argument', problem }];
  });
}

function misplaced(
  schema: GraphQLSchema,
  { place, typeName }: SchemaElement,
  reachable: ReadonlySet<string>,
): readonly Problem[] {
  const type = schema.getType(typeName);
  const isField = place === 'field' || place === 'rootField';
  if (!isField && (place !== 'type' || !isObjectType(type))) {
    const problem = '@audited is allowed only on object types and fields';
    return [{ name: 'guard-misplaced', problem }];
  }
  if (place === 'type' && isRootType(schema, typeName)) {
    const problem = '@audited is not allowed on a root type: put it on fields';
    return [{ name: 'guard-misplaced', problem }];
  }
  if (reachable.has(typeName)) return [];
  const problem = 'it is not reachable from any root field, so @audited would have no effect';
  return [{ name: 'guard-without-effect', problem }];
}

const isRootType = (schema: GraphQLSchema, typeName: string): boolean =>
  rootTypesOf(schema).some(({ name }) => name === typeName);

function ofObjectTypes(
  schema: GraphQLSchema,
  declared: ReadonlyMap<string, AuditedCoordinate>,
): readonly AuditedCoordinate[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => [declared.get(type.name) ?? [], ofFields(type, declared)].flat());
}

/** Returns the audited fields of a type, with those that are audited in an interface. */
const ofFields = (
  type: GraphQLObjectType,
  declared: ReadonlyMap<string, AuditedCoordinate>,
): readonly AuditedCoordinate[] =>
  Object.keys(type.getFields()).flatMap((name) => {
    const coordinate = memberCoordinate(type.name, name);
    const found = [type, ...type.getInterfaces()]
      .map((each) => declared.get(memberCoordinate(each.name, name)))
      .find((each) => each !== undefined);
    return found === undefined ? [] : [{ ...found, coordinate }];
  });
