import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { isEnumType, TypeNameMetaFieldDef } from 'graphql';
import { type Audited, parseAudited } from './audited.ts';
import { type CompiledCoordinates, compileCoordinates } from './compile-coordinates.ts';
import { memberCoordinate } from './coordinate.ts';
import { parseDeclarations, readImplications } from './declarations.ts';
import { createGuardParser } from './directive.ts';
import { SchemaAuthorizationError } from './offence.ts';
import { type PlacedTypes, placeOffences } from './place-offences.ts';
import { createPlaceSources, findUnplaced, type PlaceSources } from './place-sources.ts';
import { type PlacePolicy, type Places, readPlaces } from './places.ts';
import type { KnownPolicies } from './policy-capabilities.ts';
import { parseReferences, type ReadableTypes, type References } from './references.ts';
import {
  demandsProof,
  type NarrowingClause,
  narrows,
  noRequirement,
  type Requirement,
} from './requirement.ts';
import { findRevealingFields } from './ruled-root-fields.ts';
import { withHolders } from './schema-types.ts';
import { parseVocabulary } from './vocabulary.ts';

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
  /** Which groups are held within types, and to which places rows belong. */
  readonly places: Places;
  /** The policies for the places of rows, by name. */
  readonly placePolicies: ReadonlyMap<string, PlacePolicy>;
  /** Where the clauses of fields get places from. */
  readonly placeSources: PlaceSources;
}

/** A schema coordinate and its requirement. */
interface GuardedCoordinate {
  readonly coordinate: string;
  readonly requirement: Requirement;
}

/**
 * Compiles the guards of a schema to one requirement for each coordinate. Clauses are inherited from types, from
 * interfaces and from named return types.
 *
 * @param readable the types whose rows can be read by ids.
 * @param placed the types that say by an option to which places their rows belong.
 * @throws {SchemaAuthorizationError} with every offence by coordinate, when the schema breaks a rule.
 */
export function compileRequirements(
  schema: GraphQLSchema,
  policies: KnownPolicies,
  readable?: ReadableTypes,
  placed?: PlacedTypes,
): Requirements {
  const vocabulary = parseVocabulary(schema);
  const parse = createGuardParser(schema, vocabulary);
  const implications = readImplications(schema, parse);
  const places = readPlaces(schema, parse);
  const parsed = { schema, vocabulary, parse, implications, places };
  const { references, offences } = parseReferences(schema, policies, readable);
  const { audited, offences: ofAudited } = parseAudited(schema);
  const ofPlaces = placeOffences(parsed, { readable, placed });
  const others = [...offences, ...ofAudited, ...ofPlaces];
  const declared = parseDeclarations(parsed, policies, others);
  const coordinates = compileCoordinates(schema, declared, places);
  const { requirements, returned, rows, ofType, placePolicies } = coordinates;
  const ruleOf = createRuleLookUp(schema, ofType);
  const rowsAt = (coordinate: string) => rows.get(coordinate) ?? noRows;
  const placeSources = createPlaceSources(schema, { references, places });
  const unfit = [
    ...findRevealingFields(schema, { references, ruleOf }),
    ...findUnplaced(schema, { requirements, declared, places, placeSources }),
  ];
  if (unfit.length > 0) throw new SchemaAuthorizationError(unfit);
  const demandProof = [...declared.values()].flat().some(demandsProof);
  const compiled = createRequirements(schema, { requirements, returned });
  const ofRows = { rowsAt, ruleOf, references, places, placePolicies, placeSources };
  return { ...compiled, ...ofRows, demandProof, audited };
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

function createRequirements(
  schema: GraphQLSchema,
  { requirements, returned }: Pick<CompiledCoordinates, 'requirements' | 'returned'>,
): Pick<Requirements, 'at' | 'returnedAt' | 'atField' | 'isGuardedInput' | 'guardsReturned'> {
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
  const guardedInputs = withHolders(schema, enumsGuardedBy(at), (coordinate) =>
    requirements.has(coordinate),
  );
  return {
    at,
    returnedAt,
    atField: createFieldLookUp(at),
    isGuardedInput: (typeName) => guardedInputs.has(typeName),
    guardsReturned: (enumName) => guardedReturned.has(enumName),
  };
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
