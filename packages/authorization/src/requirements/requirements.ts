import type {
  GraphQLEnumType,
  GraphQLField,
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
  TypeNameMetaFieldDef,
} from 'graphql';
import { type Audited, parseAudited } from './audited.ts';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { parseDeclarations } from './declarations.ts';
import { SchemaAuthorizationError } from './offence.ts';
import type { KnownPolicies } from './policy-capabilities.ts';
import { parseReferences, type ReadableTypes, type References } from './references.ts';
import {
  type Clause,
  createRequirementPool,
  demandsProof,
  implies,
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
import { findRevealingFields } from './ruled-root-fields.ts';

/** The requirements of all coordinates of one schema. Compiled once, at start. */
export interface Requirements {
  /** Returns the requirement of a coordinate, inherited clauses included, or `noRequirement`. */
  at(coordinate: string): Requirement;
  /** Returns the requirement of what a field returns: of an enum value, without its clauses with `readable`. */
  returnedAt(coordinate: string): Requirement;
  /**
   * Returns the coordinate and the requirement of a field of `parent`. `__typename` has the requirement of its
   * parent.
   */
  atField(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): GuardedCoordinate;
  /** Whether a value of this input type can hold guarded input, at any depth. */
  isGuardedInput(typeName: string): boolean;
  /** Whether a value of this enum is guarded where a field returns it. */
  guardsReturned(enumName: string): boolean;
  /** Returns the clauses with `rows` that stand on a field itself, or on the same field of an interface. */
  rowsAt(coordinate: string): readonly NarrowingClause[];
  /** Returns the clauses with `rows` of a type, those of its interfaces included: the rule for its values. */
  ruleOf(typeName: string): readonly NarrowingClause[];
  /** Whether a clause of the schema asks for a proof of identity: `maxAge` or `factors`. */
  readonly demandProof: boolean;
  /** The ids in arguments and input fields that name rows. */
  readonly references: References;
  /** The coordinates whose reads are recorded. */
  readonly audited: Audited;
}

/** A schema coordinate and its requirement. */
interface GuardedCoordinate {
  readonly coordinate: string;
  readonly requirement: Requirement;
}

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/**
 * Compiles the guards of a schema to one requirement for each coordinate. Clauses are inherited from types, from
 * interfaces and from named return types.
 *
 * @param readable the types whose rows can be read by ids.
 * @throws {SchemaAuthorizationError} with every offence by coordinate, when the schema breaks a rule.
 */
export function compileRequirements(
  schema: GraphQLSchema,
  policies: KnownPolicies,
  readable?: ReadableTypes,
): Requirements {
  const { references, offences } = parseReferences(schema, policies, readable);
  const { audited, offences: ofAudited } = parseAudited(schema);
  const declared = parseDeclarations(schema, policies, [...offences, ...ofAudited]);
  const join = createRequirementPool();
  const requirements = new Map<string, Requirement>();
  const returned = new Map<string, Requirement>();
  const rows = new Map<string, readonly NarrowingClause[]>();
  const own = (coordinate: string): Requirement => declared.get(coordinate) ?? noRequirement;
  const ofType = createOfType(own, join);
  const ruleOfRows = createRuleOfRows(schema, ofType, join);
  const set = (coordinate: string, parts: readonly Requirement[]): void => {
    const requirement = join(...parts);
    if (requirement.length > 0) requirements.set(coordinate, requirement);
  };

  function compileComposite(type: Composite): void {
    const interfaces = type.getInterfaces();
    // The rule of a type is asked where a value is delivered, and not again at its fields.
    const ofParent = withoutRows(ofType(type));
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      const inherited = interfaces.flatMap((each) => fieldOf(each, field.name) ?? []);
      // An implementation can narrow the type of a field. The guards of the wider type still apply.
      const returned = [field, ...inherited.map((each) => each.field)];
      const declared = join(own(coordinate), ...inherited.map((each) => own(each.coordinate)));
      const narrowing = declared.filter(narrows);
      if (narrowing.length > 0) rows.set(coordinate, narrowing);
      set(coordinate, [
        declared,
        ofParent,
        ...returned.map((each) => ofType(getNamedType(each.type))),
        ...returned.map(ruleOfRows),
      ]);
      for (const { name, type: argumentType } of field.args) {
        set(argumentCoordinate(coordinate, name), [
          own(argumentCoordinate(coordinate, name)),
          ...inherited.map((each) => own(argumentCoordinate(each.coordinate, name))),
          ofType(getNamedType(argumentType)),
        ]);
      }
    }
  }

  function compileInput(type: GraphQLInputObjectType): void {
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      set(coordinate, [own(coordinate), ofType(type), ofType(getNamedType(field.type))]);
    }
  }

  function compileEnum(type: GraphQLEnumType): void {
    for (const { name } of type.getValues()) {
      const coordinate = memberCoordinate(type.name, name);
      set(coordinate, [own(coordinate)]);
      const left = whereReturned(own(coordinate));
      if (left !== own(coordinate)) returned.set(coordinate, join(left));
    }
  }

  for (const type of Object.values(schema.getTypeMap()).filter(
    (each) => !isIntrospectionType(each),
  )) {
    set(type.name, [ofType(type)]);
    if (isObjectType(type) || isInterfaceType(type)) compileComposite(type);
    else if (isInputObjectType(type)) compileInput(type);
    else if (isEnumType(type)) compileEnum(type);
  }
  const ruleOf = createRuleLookUp(schema, ofType);
  const rowsAt = (coordinate: string) => rows.get(coordinate) ?? noRows;
  const revealing = findRevealingFields(schema, { references, ruleOf });
  if (revealing.length > 0) throw new SchemaAuthorizationError(revealing);
  const demandProof = [...declared.values()].flat().some(demandsProof);
  const compiled = createRequirements(schema, { requirements, returned });
  return { ...compiled, rowsAt, ruleOf, demandProof, references, audited };
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

const noRows: readonly NarrowingClause[] = [];

function createRuleLookUp(
  schema: GraphQLSchema,
  ofType: (type: GraphQLNamedType) => Requirement,
): Requirements['ruleOf'] {
  const rules = new Map<string, readonly NarrowingClause[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    const rule = ofType(type).filter(narrows);
    if (rule.length > 0) rules.set(type.name, rule);
  }
  return (typeName) => rules.get(typeName) ?? noRows;
}

/** Creates the function that returns the requirement of a type, with those of its interfaces. */
function createOfType(
  own: (coordinate: string) => Requirement,
  join: (...parts: readonly Requirement[]) => Requirement,
) {
  const known = new Map<GraphQLNamedType, Requirement>();
  return (type: GraphQLNamedType): Requirement => {
    const found = known.get(type);
    if (found !== undefined) return found;
    const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
    const requirement = join(own(type.name), ...interfaces.map(({ name }) => own(name)));
    known.set(type, requirement);
    return requirement;
  };
}

/** Requirements by coordinate. `returned` has those of enum values that are not the same where a field returns them. */
interface Compiled {
  readonly requirements: ReadonlyMap<string, Requirement>;
  readonly returned: ReadonlyMap<string, Requirement>;
}

function createRequirements(
  schema: GraphQLSchema,
  { requirements, returned }: Compiled,
): Omit<Requirements, 'rowsAt' | 'ruleOf' | 'demandProof' | 'references' | 'audited'> {
  const types = Object.values(schema.getTypeMap());
  const at = (coordinate: string): Requirement => requirements.get(coordinate) ?? noRequirement;
  const returnedAt = (coordinate: string): Requirement =>
    returned.get(coordinate) ?? at(coordinate);
  const enumsGuardedBy = (requirementAt: Requirements['at']) =>
    new Set(
      types
        .filter(isEnumType)
        .filter((type) =>
          type
            .getValues()
            .some(({ name }) => requirementAt(memberCoordinate(type.name, name)).length > 0),
        )
        .map(({ name }) => name),
    );
  const guardedReturned = enumsGuardedBy(returnedAt);
  const guardedInputs = guardedInputTypes(
    types.filter(isInputObjectType),
    requirements,
    enumsGuardedBy(at),
  );
  return {
    at,
    returnedAt,
    atField: createFieldLookUp(at),
    isGuardedInput: (typeName) => guardedInputs.has(typeName),
    guardsReturned: (enumName) => guardedReturned.has(enumName),
  };
}

/** Returns the field of an interface from which an implementation inherits, or undefined if it has no such field. */
function fieldOf(type: GraphQLInterfaceType, name: string) {
  const field = type.getFields()[name];
  return field && { field, coordinate: memberCoordinate(type.name, name) };
}

/** Looks fields up by identity, which is faster than by coordinate: an operation selects hundreds. */
function createFieldLookUp(at: Requirements['at']): Requirements['atField'] {
  const known = new WeakMap<GraphQLField<unknown, unknown>, GuardedCoordinate>();
  const guarded = (coordinate: string) => ({ coordinate, requirement: at(coordinate) });
  return (parent, field) => {
    if (field === TypeNameMetaFieldDef) return guarded(parent.name);
    const found = known.get(field);
    if (found !== undefined) return found;
    const made = guarded(memberCoordinate(parent.name, field.name));
    known.set(field, made);
    return made;
  };
}

/** Grows the set until it is stable, because input types can refer to each other in a cycle. */
function guardedInputTypes(
  inputTypes: readonly GraphQLInputObjectType[],
  requirements: ReadonlyMap<string, Requirement>,
  guardedEnums: ReadonlySet<string>,
): ReadonlySet<string> {
  const guarded = new Set(guardedEnums);
  const isGuarded = (type: GraphQLInputObjectType): boolean =>
    Object.values(type.getFields()).some(
      (field) =>
        requirements.has(memberCoordinate(type.name, field.name)) ||
        guarded.has(getNamedType(field.type).name),
    );
  let size: number;
  do {
    size = guarded.size;
    for (const type of inputTypes) if (isGuarded(type)) guarded.add(type.name);
  } while (guarded.size > size);
  return guarded;
}
