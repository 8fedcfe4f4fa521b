import type {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { type PlacePolicy, type Places, placePolicies } from './places.ts';
import {
  type Clause,
  createRequirementPool,
  implies,
  isPlaced,
  type NarrowingClause,
  narrows,
  noRequirement,
  type Requirement,
  whereReturned,
  withoutProof,
  withoutRows,
} from './requirement.ts';
import {
  connectionRowsOf,
  declaredRowsOf,
  narrowedConnectionsOf,
  possibleTypes,
} from './row-fields.ts';

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** Requirements by coordinate, inherited clauses included. Coordinates without a requirement are left out. */
export interface CompiledCoordinates {
  readonly requirements: ReadonlyMap<string, Requirement>;
  /** Those of enum values that are not the same where a field returns them. */
  readonly returned: ReadonlyMap<string, Requirement>;
  /** The clauses with `rows` of fields themselves. */
  readonly rows: ReadonlyMap<string, readonly NarrowingClause[]>;
  /** Returns the requirement of a type, with those of its interfaces. */
  readonly ofType: (type: GraphQLNamedType) => Requirement;
  /** The policies for the places of rows, by name. */
  readonly placePolicies: ReadonlyMap<string, PlacePolicy>;
}

/**
 * Compiles the declared clauses of a schema to one requirement for each coordinate. A clause with groups that are held in
 * places is met by policies: on a type by one about the row, at a field by one about its parent.
 *
 * @param declared the clauses that stand on each coordinate itself.
 */
export function compileCoordinates(
  schema: GraphQLSchema,
  declared: ReadonlyMap<string, Requirement>,
  places: Places,
): CompiledCoordinates {
  const own = (coordinate: string): Requirement => declared.get(coordinate) ?? noRequirement;
  const join = createRequirementPool();
  const placing = createPlacedClauses(places);
  const ofType = createOfType(own, join, placing.ofRow);
  const ruleOfRows = createRuleOfRows(schema, ofType, join);
  const requirements = new Map<string, Requirement>();
  const rows = new Map<string, readonly NarrowingClause[]>();
  const returned = new Map<string, Requirement>();
  const set = (coordinate: string, parts: readonly Requirement[]): void => {
    const requirement = join(...parts);
    if (requirement.length > 0) requirements.set(coordinate, requirement);
  };
  const compilation = { own, join, ofType, ruleOfRows, set, rows, returned, ...placing };
  for (const type of Object.values(schema.getTypeMap()).filter(
    (each) => !isIntrospectionType(each),
  )) {
    set(type.name, [ofType(type)]);
    if (isObjectType(type) || isInterfaceType(type)) compileComposite(type, compilation);
    else if (isInputObjectType(type)) compileInput(type, compilation);
    else if (isEnumType(type)) compileEnum(type, compilation);
  }
  // Rows that ids name can be of any type.
  if (places.exist) {
    for (const clause of new Set([...declared.values()].flat().filter(isPlaced))) {
      for (const typeName of Object.keys(schema.getTypeMap())) placing.policiesOf(typeName, clause);
    }
  }
  return { requirements, returned, rows, ofType, placePolicies: placing.policies };
}

/** Creates what gives clauses with groups in places the policies that ask for them. */
function createPlacedClauses(places: Places) {
  const policies = new Map<string, PlacePolicy>();

  function policiesOf(typeName: string, clause: Clause): readonly PlacePolicy[] {
    const found = placePolicies(places, typeName, clause);
    for (const policy of found) policies.set(policy.name, policy);
    return found;
  }

  return {
    policies,
    policiesOf,
    /** Returns the clauses of a type for its own rows. Without a place, no row is shown by a group that is held in one. */
    ofRow: (requirement: Requirement, { name }: GraphQLNamedType): Requirement =>
      requirement.map((clause) => {
        if (!isPlaced(clause)) return clause;
        const asked = policiesOf(name, clause).map((policy) => policy.name);
        return Object.assign({}, clause, { rows: [...(clause.rows ?? []), ...asked] });
      }),
    /** Returns the clauses of a field, or of its arguments, that the place of its parent can meet. */
    ofParent: (requirement: Requirement, { name }: GraphQLNamedType): Requirement =>
      requirement.map((clause) => {
        if (!isPlaced(clause)) return clause;
        const asked = policiesOf(name, clause);
        const within = clause.within.map((each) => {
          const row = asked.find(({ belonging }) => belonging.place === each.type)?.name;
          return row === undefined ? each : { type: each.type, groups: each.groups, row };
        });
        return Object.assign({}, clause, { within });
      }),
  };
}

/** What the requirements of coordinates are compiled from, and added to. */
interface Compilation extends Pick<ReturnType<typeof createPlacedClauses>, 'ofParent'> {
  /** Returns the clauses that stand on a coordinate itself. */
  readonly own: (coordinate: string) => Requirement;
  readonly join: ReturnType<typeof createRequirementPool>;
  readonly ofType: (type: GraphQLNamedType) => Requirement;
  readonly ruleOfRows: ReturnType<typeof createRuleOfRows>;
  readonly set: (coordinate: string, parts: readonly Requirement[]) => void;
  readonly rows: Map<string, readonly NarrowingClause[]>;
  readonly returned: Map<string, Requirement>;
}

function compileComposite(type: Composite, compilation: Compilation): void {
  const { own, join, ofType, ofParent, ruleOfRows, set, rows } = compilation;
  const interfaces = type.getInterfaces();
  // The rule of a type is asked where a value is delivered, and not again at its fields.
  const onParent = withoutRows(ofType(type));
  for (const field of Object.values(type.getFields())) {
    const coordinate = memberCoordinate(type.name, field.name);
    const inherited = interfaces.flatMap((each) => fieldOf(each, field.name) ?? []);
    // An implementation can narrow the type of a field. The guards of the wider type still apply.
    const returned = [field, ...inherited.map((each) => each.field)];
    const onField = join(own(coordinate), ...inherited.map((each) => own(each.coordinate)));
    const declared = ofParent(onField, type);
    const narrowing = declared.filter(narrows);
    if (narrowing.length > 0) rows.set(coordinate, narrowing);
    set(coordinate, [
      declared,
      onParent,
      ...returned.map((each) => ofType(getNamedType(each.type))),
      ...returned.map(ruleOfRows),
    ]);
    for (const { name, type: argumentType } of field.args) {
      set(argumentCoordinate(coordinate, name), [
        ofParent(own(argumentCoordinate(coordinate, name)), type),
        ...inherited.map((each) => ofParent(own(argumentCoordinate(each.coordinate, name)), type)),
        ofType(getNamedType(argumentType)),
      ]);
    }
  }
}

function compileInput(type: GraphQLInputObjectType, { own, ofType, set }: Compilation): void {
  for (const field of Object.values(type.getFields())) {
    const coordinate = memberCoordinate(type.name, field.name);
    set(coordinate, [own(coordinate), ofType(type), ofType(getNamedType(field.type))]);
  }
}

function compileEnum(type: GraphQLEnumType, { own, join, set, returned }: Compilation): void {
  for (const { name } of type.getValues()) {
    const coordinate = memberCoordinate(type.name, name);
    set(coordinate, [own(coordinate)]);
    const left = whereReturned(own(coordinate));
    if (left !== own(coordinate)) returned.set(coordinate, join(left));
  }
}

/**
 * Creates the function that returns the rules of the rows of a connection, where all of its types have one: they narrow
 * it. An anonymous viewer, who has no rows, would otherwise get the total of all. What they ask about the proof of identity
 * is left out, unless all rows ask it by their declared type: of several types, only the row shows which one it has.
 */
function createRuleOfRows(
  schema: GraphQLSchema,
  ofType: ReturnType<typeof createOfType>,
  join: ReturnType<typeof createRequirementPool>,
) {
  function ruleOf(name: string): Requirement {
    const rowType = schema.getType(name);
    return rowType === undefined ? noRequirement : ofType(rowType).filter(narrows);
  }
  const narrowing = { ruleOf, rowsAt: () => noRequirement };

  return ({ type }: { readonly type: GraphQLOutputType }): Requirement => {
    const connections = narrowedConnectionsOf(schema, narrowing, { coordinate: '', type });
    const isAlways = connections.length === possibleTypes(schema, getNamedType(type)).length;
    if (connections.length === 0 || !isAlways) return noRequirement;
    const rules = [...connectionRowsOf(schema, type)].map(ruleOf);
    if (rules.some(({ length }) => length === 0)) return noRequirement;
    const declared = declaredRowsOf(connections).map(ruleOf);
    const isDeclared = (clause: Clause) =>
      declared.every((rule) => rule.some((each) => implies(each, clause)));
    return join(rules.flat().map((clause) => (isDeclared(clause) ? clause : withoutProof(clause))));
  };
}

/** Creates the function that returns the requirement of a type, with those of its interfaces. */
function createOfType(
  own: (coordinate: string) => Requirement,
  join: (...parts: readonly Requirement[]) => Requirement,
  ofRow: (requirement: Requirement, type: GraphQLNamedType) => Requirement,
) {
  const known = new Map<GraphQLNamedType, Requirement>();
  return (type: GraphQLNamedType): Requirement => {
    const found = known.get(type);
    if (found !== undefined) return found;
    const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
    const declared = [own(type.name), ...interfaces.map(({ name }) => own(name))];
    const requirement = join(...declared.map((each) => ofRow(each, type)));
    known.set(type, requirement);
    return requirement;
  };
}

/** Returns the field of an interface from which an implementation inherits, or undefined if it has no such field. */
function fieldOf(type: GraphQLInterfaceType, name: string) {
  const field = type.getFields()[name];
  return field && { field, coordinate: memberCoordinate(type.name, name) };
}
