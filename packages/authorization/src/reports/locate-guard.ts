import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { directiveNodes } from '../requirements/applied-directives.ts';
import { argumentCoordinate, memberCoordinate, typeNameOf } from '../requirements/coordinate.ts';
import { createGuardParser } from '../requirements/directive.ts';
import { fileOf, placeAt } from '../requirements/offence.ts';
import type { Clause } from '../requirements/requirement.ts';
import { type SchemaElement, schemaElements } from '../requirements/schema-elements.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';
import { printRequirement } from './print-requirement.ts';

/** Returns the SDL of a clause that holds at a coordinate, as `file:line`. Undefined: it is not known. */
export type LocateGuard = (coordinate: string, clause: Clause) => string | undefined;

/**
 * Creates the search for the `@auth` that a clause comes from: of the coordinate itself, or of an element that it inherits
 * from. Where it has no place in SDL, such as a guard that the configuration replaces, the element with it is returned.
 */
export function createLocateGuard(schema: GraphQLSchema): LocateGuard {
  const elements = new Map(schemaElements(schema).map((each) => [each.coordinate, each]));
  const parse = createGuardParser(schema, parseVocabulary(schema));

  function placeIn(found: SchemaElement, text: string): string | undefined {
    const { element } = found;
    const { clauses } = parse(element);
    const nodes = directiveNodes(element).filter(({ name }) => name.value === 'auth');
    // Guards outside SDL come first.
    const outside = clauses.length - nodes.length;
    const at = clauses.findIndex((each) => printRequirement([each]) === text);
    if (at === -1) return undefined;
    return toText(placeAt(nodes[at - outside]?.loc)) ?? placeOf(found);
  }

  return (coordinate, clause) => {
    const own = elements.get(coordinate);
    if (own === undefined) return undefined;
    const text = printRequirement([clause]);
    const inherited = inheritedFrom(schema, own).flatMap((each) => elements.get(each) ?? []);
    for (const each of [own, ...inherited]) {
      const place = placeIn(each, text);
      if (place !== undefined) return place;
    }
    return placeOf(own);
  };
}

const placeOf = ({ element }: SchemaElement): string | undefined => toText(fileOf(element));

const toText = ({ file, line }: ReturnType<typeof placeAt>): string | undefined =>
  file === undefined ? undefined : `${file}:${line}`;

/** Returns the coordinates whose clauses hold at an element too, nearest first. */
function inheritedFrom(schema: GraphQLSchema, { coordinate, typeName, returns }: SchemaElement) {
  const parent = schema.getType(typeName);
  const member = coordinate.slice(typeName.length + 1);
  const interfaces = interfacesOf(parent);
  return [
    ...(member === '' ? [] : interfaces.map((name) => memberCoordinate(name, member))),
    ...withInterfaces(schema, returns && getNamedType(returns).name),
    ...withInterfaces(schema, inputTypeOf(schema, coordinate)),
    ...(coordinate.endsWith(':)') ? [] : [typeName, ...interfaces]),
  ];
}

const withInterfaces = (schema: GraphQLSchema, name: string | undefined): readonly string[] =>
  name === undefined ? [] : [name, ...interfacesOf(schema.getType(name))];

const interfacesOf = (type: GraphQLNamedType | undefined): readonly string[] =>
  isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map(({ name }) => name) : [];

/** Returns the type of an argument or input field. */
function inputTypeOf(schema: GraphQLSchema, coordinate: string): string | undefined {
  const type = schema.getType(typeNameOf(coordinate));
  if (isInputObjectType(type)) {
    const field = type.getFields()[coordinate.slice(type.name.length + 1)];
    return field && getNamedType(field.type).name;
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  for (const field of Object.values(type.getFields())) {
    const at = memberCoordinate(type.name, field.name);
    const found = field.args.find(({ name }) => argumentCoordinate(at, name) === coordinate);
    if (found !== undefined) return getNamedType(found.type).name;
  }
  return undefined;
}
