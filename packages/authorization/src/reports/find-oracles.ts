import type {
  GraphQLArgument,
  GraphQLEnumValue,
  GraphQLInputField,
  GraphQLInputType,
  GraphQLNamedType,
  GraphQLSchema,
} from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { fileOf, type Offence } from '../requirements/offence.ts';
import { type Clause, implies, type Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { listedType } from '../requirements/row-fields.ts';
import { createFieldNameMatcher } from './field-name-matcher.ts';
import { printRequirement } from './print-requirement.ts';

/** The names of types that filter or order a list, those of Prisma-like schemas included. */
const filterName = /(Filter|Where(Unique)?|OrderBy(With\w+)?)(Input)?$/;

/** A position in the arguments of one field. */
interface Position {
  readonly type: GraphQLNamedType;
  /** The type whose values are filtered or ordered here. */
  readonly listed: GraphQLNamedType;
  /** The clauses that a viewer has passed who supplies input here. */
  readonly passed: ReadonlySet<Clause>;
  /** Whether the type, or one around it, filters or orders a list. */
  readonly isFilter: boolean;
}

type Member = GraphQLInputField | GraphQLEnumValue;

/**
 * Finds oracles: input fields and enum values by which a viewer can filter or order a list by a field that it may not
 * read, and so find out its value.
 *
 * Searches the types with names such as `InvoiceFilter`, `InvoiceWhereInput` and `InvoiceOrderBy`. A member of such a
 * type that names a guarded field of the listed type must have clauses as strict as that field's. Pure. One offence
 * for each member, in schema order.
 */
export function findOracles(schema: GraphQLSchema, requirements: Requirements): readonly Offence[] {
  const offences = new Map<string, Offence>();
  const namesField = createFieldNameMatcher();
  const guardedFields = createGuardedFields(schema, requirements);

  function check(member: Member, { type, listed }: Position, passed: Position['passed']): void {
    const coordinate = memberCoordinate(type.name, member.name);
    if (offences.has(coordinate)) return;
    const revealed = guardedFields(listed)
      .filter(({ name }) => namesField(member.name, name))
      .map(({ at, requirement }) => ({ at, missing: missingClauses(requirement, passed) }))
      .find(({ missing }) => missing.length > 0);
    if (revealed === undefined) return;
    const problem = describeOracle(revealed.at, revealed.missing);
    offences.set(coordinate, { coordinate, problem, ...fileOf(member) });
  }

  const isVisited = createVisited();

  function visit(position: Position): void {
    if (isVisited(position)) return;
    const { type, listed, isFilter } = position;
    const passedAt = (name: string) =>
      new Set([...position.passed, ...requirements.at(memberCoordinate(type.name, name))]);
    if (isEnumType(type) && isFilter) {
      for (const value of type.getValues()) check(value, position, passedAt(value.name));
    }
    if (!isInputObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const passed = passedAt(field.name);
      if (isFilter) check(field, position, passed);
      visit(toPosition(field.type, { ...below(listed, field.name, passed), isFilter }));
    }
  }

  for (const { arg, listed, passed } of argumentsOf(schema, requirements)) {
    visit(toPosition(arg.type, { listed, passed: new Set(passed), isFilter: false }));
  }
  return [...offences.values()];
}

const toPosition = (
  type: GraphQLInputType,
  { isFilter, ...around }: Omit<Position, 'type'>,
): Position => {
  const named = getNamedType(type);
  return { type: named, ...around, isFilter: isFilter || filterName.test(named.name) };
};

/**
 * Creates the function that remembers positions. A position after the same clauses as an earlier one, and perhaps
 * more, reveals nothing new: input types refer to each other, and have many ways to the same type.
 */
function createVisited(): (position: Position) => boolean {
  const earlier = new Map<string, ReadonlySet<Clause>[]>();
  return ({ type, listed, passed, isFilter }) => {
    const key = [type.name, listed.name, isFilter].join();
    const known = earlier.get(key) ?? [];
    if (known.some((clauses) => [...clauses].every((clause) => passed.has(clause)))) return true;
    earlier.set(key, [...known, passed]);
    return false;
  };
}

interface ListArgument {
  readonly arg: GraphQLArgument;
  readonly listed: GraphQLNamedType;
  readonly passed: Requirement;
}

function argumentsOf(schema: GraphQLSchema, requirements: Requirements): readonly ListArgument[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) => {
        const coordinate = memberCoordinate(type.name, field.name);
        const ofField = requirements.at(coordinate).flatMap(toItemClause);
        return field.args.map((arg) => ({
          arg,
          listed: listedType(field.type),
          passed: [...ofField, ...requirements.at(argumentCoordinate(coordinate, arg.name))],
        }));
      }),
    );
}

/**
 * Returns what a clause of a list says about each item. The policies in `rows` decide about the item, as those in `or`
 * of its fields do. The policies in `or` of the list decide about another object.
 */
function toItemClause({ rows, ...clause }: Clause): readonly Clause[] {
  if (rows !== undefined) return [{ ...clause, or: rows }];
  return isByGroups(clause) ? [clause] : [];
}

const isByGroups = ({ or }: Clause): boolean => or.length === 0;

interface GuardedField {
  readonly name: string;
  readonly at: string;
  readonly requirement: Requirement;
}

/** Creates the look-up of a type's guarded fields. Those of an abstract type include the fields of its possible types. */
function createGuardedFields(schema: GraphQLSchema, requirements: Requirements) {
  const known = new Map<string, readonly GuardedField[]>();

  function read(listed: GraphQLNamedType): readonly GuardedField[] {
    const types = isAbstractType(listed) ? [listed, ...schema.getPossibleTypes(listed)] : [listed];
    return types
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.keys(type.getFields()).map((name) => [type.name, name] as const))
      .map(([typeName, name]) => ({ name, at: memberCoordinate(typeName, name) }))
      .map((field) => ({ ...field, requirement: requirements.at(field.at) }))
      .filter(({ requirement }) => requirement.length > 0);
  }

  return (listed: GraphQLNamedType): readonly GuardedField[] => {
    const fields = known.get(listed.name) ?? read(listed);
    known.set(listed.name, fields);
    return fields;
  };
}

/**
 * Returns what a nested filter is about: the type of the field with its name, of which the policies of the rows say
 * nothing, or else what the filter around it is about.
 */
function below(
  listed: GraphQLNamedType,
  fieldName: string,
  passed: Position['passed'],
): Pick<Position, 'listed' | 'passed'> {
  const hasFields = isObjectType(listed) || isInterfaceType(listed);
  const field = hasFields ? listed.getFields()[fieldName] : undefined;
  if (field === undefined) return { listed, passed };
  return { listed: listedType(field.type), passed: new Set([...passed].filter(isByGroups)) };
}

const missingClauses = (requirement: Requirement, passed: ReadonlySet<Clause>): Requirement =>
  requirement.filter((clause) => ![...passed].some((each) => implies(each, clause)));

function describeOracle(field: string, missing: Requirement): string {
  const reveals = `it reveals ${field} to viewers who may not read it`;
  const byGroups = missing.flatMap(toInputClause);
  return byGroups.length < missing.length
    ? `${reveals}: remove it, because a policy cannot guard it`
    : `${reveals}: add ${printRequirement(byGroups)}`;
}

/** Returns the clause without its policies, which input cannot have, unless it has nothing else. */
const toInputClause = ({ requires, or, rows }: Clause): readonly Clause[] =>
  requires.length > 0 || (or.length === 0 && rows === undefined) ? [{ requires, or: [] }] : [];
