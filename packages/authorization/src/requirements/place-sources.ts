import type { GraphQLArgument, GraphQLInputField, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { defaultOf } from '../graphql-js/defaults.ts';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { fileOf, type Offence, type Problem } from './offence.ts';
import type { Places } from './places.ts';
import type { References } from './references.ts';
import {
  type Clause,
  isPlaced,
  narrows,
  type PlacedClause,
  type Requirement,
} from './requirement.ts';
import { possibleTypes } from './row-fields.ts';
import { objectFieldsOf, rootTypesOf } from './schema-types.ts';

/** An id in the arguments of a field that can name a row in a place. */
interface PlacedId {
  /** Where it is, such as `input.into`. */
  readonly argument: string;
  readonly coordinate: string;
  readonly member: GraphQLArgument | GraphQLInputField;
  /** Whether it, or an argument or input field that holds it, has a default. */
  readonly hasDefault: boolean;
}

/** A field, as far as it has places. */
interface PlacedField {
  readonly parentName: string;
  readonly coordinate: string;
  readonly args: readonly PlacedId['member'][];
}

/** Where the clauses of fields get places from. */
export interface PlaceSources {
  /** Whether rows of a type can be in places of these types. Of an interface or union: those of one of its types. */
  areIn(typeName: string, placeTypes: readonly string[]): boolean;
  /** Returns the ids in the arguments of a field that can name rows in places of these types. */
  idsOf(field: PlacedField, placeTypes: readonly string[]): readonly PlacedId[];
}

/** Returns the types of the places that can meet a clause. */
export const placeTypesOf = ({ within }: PlacedClause): readonly string[] =>
  within.map(({ type }) => type);

export function createPlaceSources(
  schema: GraphQLSchema,
  { references, places }: { readonly references: References; readonly places: Places },
): PlaceSources {
  const areIn: PlaceSources['areIn'] = (typeName, placeTypes) =>
    [{ name: typeName }, ...possibleTypes(schema, schema.getType(typeName))].some(({ name }) =>
      places.ofType(name).some(({ place }) => placeTypes.includes(place)),
    );

  function idsIn(
    id: PlacedId,
    placeTypes: readonly string[],
    seen: readonly string[] = [],
  ): readonly PlacedId[] {
    const { member, argument, coordinate } = id;
    const reference = references.at(coordinate, member.type);
    if (reference !== undefined) return areIn(reference.typeName, placeTypes) ? [id] : [];
    const named = getNamedType(member.type);
    if (!isInputObjectType(named) || !references.isHeldBy(named.name)) return [];
    if (seen.includes(named.name)) return [];
    return Object.values(named.getFields()).flatMap((field) => {
      const inside = {
        argument: `${argument}.${field.name}`,
        coordinate: memberCoordinate(named.name, field.name),
        member: field,
        hasDefault: id.hasDefault || hasDefault(field),
      };
      return idsIn(inside, placeTypes, [...seen, named.name]);
    });
  }

  return {
    areIn,
    idsOf: ({ coordinate, args }, placeTypes) =>
      args.flatMap((member) => {
        const at = argumentCoordinate(coordinate, member.name);
        const id = {
          argument: member.name,
          coordinate: at,
          member,
          hasDefault: hasDefault(member),
        };
        return idsIn(id, placeTypes);
      }),
  };
}

const hasDefault = (member: PlacedId['member']): boolean => (defaultOf(member) ?? null) !== null;

/** A compiled schema with groups that are held in places. */
interface CompiledPlaces {
  readonly requirements: ReadonlyMap<string, Requirement>;
  /** The clauses that stand on each coordinate itself. */
  readonly declared: ReadonlyMap<string, Requirement>;
  readonly places: Places;
  readonly placeSources: PlaceSources;
}

/**
 * Finds the clauses with groups that are held in places which can get no place: on elements that are in none, at fields
 * without a parent or an id in one, and where the id has a default.
 */
export function findUnplaced(schema: GraphQLSchema, compiled: CompiledPlaces): readonly Offence[] {
  const { places, declared } = compiled;
  if (!places.exist) return [];
  return [
    ...[...declared].flatMap(([coordinate, clauses]) =>
      clauses
        .filter(isPlaced)
        .flatMap((clause) => misplacedClause(schema, compiled, { coordinate, clause })),
    ),
    ...objectFieldsOf(schema).flatMap(({ type, field, coordinate }) =>
      unplacedField(schema, compiled, { parentName: type.name, coordinate, args: field.args }),
    ),
  ];
}

/** A clause that stands on a coordinate. */
interface DeclaredClause {
  readonly coordinate: string;
  readonly clause: PlacedClause;
}

const groupsOf = (clause: PlacedClause, places: Places): string =>
  clause.requires.filter((group) => places.typeOf(group) !== undefined).join(' or ');

/** Finds what is wrong with a clause by the element on which it stands. */
function misplacedClause(
  schema: GraphQLSchema,
  { places }: CompiledPlaces,
  { coordinate, clause }: DeclaredClause,
): readonly Offence[] {
  const [typeName = '', member] = coordinate.split('.');
  const type = schema.getType(typeName);
  const groups = groupsOf(clause, places);
  const offence = (problem: string): readonly Offence[] => [
    { coordinate, name: 'group-without-place', problem, ...fileOf(type) },
  ];
  const isComposite = isObjectType(type) || isInterfaceType(type);
  if (member === undefined) {
    const isRoot = rootTypesOf(schema).some(({ name }) => name === typeName);
    if (!isComposite || isRoot) return offence(`${groups} is held within rows, and it has none`);
    const left = possibleTypes(schema, type).filter(
      ({ name }) => !places.ofType(name).some(({ place }) => placeTypesOf(clause).includes(place)),
    );
    return left.flatMap(({ name }) => {
      const wanted = placeTypesOf(clause).map((each) => `@within(type: "${each}", by: ...)`);
      return offence(`rows of ${name} are in no place of ${groups}: add ${wanted.join(' or ')}`);
    });
  }
  if (isComposite && !member.includes('(') && narrows(clause)) {
    return offence(
      `${groups} is held within rows, and \`rows\` stands beside it: put it on the type`,
    );
  }
  return isComposite || isInputObjectType(type)
    ? []
    : offence(`${groups} is held within rows, and a value of an enum has none`);
}

/** Finds the clauses of a field and of its inputs that can get no place, and ids of places with a default. */
function unplacedField(
  schema: GraphQLSchema,
  { requirements, placeSources, places }: CompiledPlaces,
  field: PlacedField,
): readonly Offence[] {
  const { coordinate, args, parentName } = field;
  const at = (each: string): readonly PlacedClause[] =>
    (requirements.get(each) ?? []).filter(isPlaced).filter((clause: Clause) => !narrows(clause));
  const inputs = inputsOf(field);
  const clauses = [
    ...at(coordinate).map((clause) => ({ coordinate, clause })),
    ...inputs.flatMap((each) => at(each).map((clause) => ({ coordinate: each, clause }))),
  ];
  return clauses.flatMap((declared) => {
    const placeTypes = placeTypesOf(declared.clause);
    const ids = placeSources.idsOf(field, placeTypes);
    const counted = ids.filter((id) => id.coordinate === declared.coordinate);
    const offend = (each: string, problem: string): Offence => {
      const element = schema.getType(each.split('.', 1).join());
      const problems: Problem = { name: 'group-without-place', problem };
      return {
        coordinate: each,
        ...problems,
        ...fileOf(args.find(isAt(each, coordinate)) ?? element),
      };
    };
    const withDefault = (counted.length > 0 ? counted : ids).filter((id) => id.hasDefault);
    const defaults = withDefault.map((id) =>
      offend(id.coordinate, 'it names a place, which must not have a default: remove it'),
    );
    if (ids.length > 0 || placeSources.areIn(parentName, placeTypes)) return defaults;
    const wanted = placeTypes.map((each) => `"${each}"`).join(' or ');
    const where = declared.coordinate === coordinate ? '' : ` at ${coordinate}`;
    const problem =
      `${groupsOf(declared.clause, places)} is held in places, and nothing names one${where}: ` +
      `add @references to an argument with an id of a row within ${wanted}`;
    return [offend(declared.coordinate, problem)];
  });
}

/** Returns the coordinates of the arguments of a field, and of the input fields that they can hold. */
export function inputsOf({ args, coordinate }: Omit<PlacedField, 'parentName'>): readonly string[] {
  const found = args.map(({ name }) => argumentCoordinate(coordinate, name));
  const types = new Set(args.map(({ type }) => getNamedType(type)));
  // A set also iterates over what is added meanwhile.
  for (const type of types) {
    if (!isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      found.push(memberCoordinate(type.name, field.name));
      types.add(getNamedType(field.type));
    }
  }
  return found;
}

const isAt =
  (coordinate: string, field: string) =>
  ({ name }: PlacedId['member']): boolean =>
    argumentCoordinate(field, name) === coordinate;
