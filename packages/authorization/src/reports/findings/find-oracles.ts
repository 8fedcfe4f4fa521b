import type {
  GraphQLArgument,
  GraphQLEnumValue,
  GraphQLInputField,
  GraphQLNamedType,
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
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';
import { fileOf } from '../../requirements/offence.ts';
import {
  type Clause,
  implies,
  joinDemands,
  type Requirement,
} from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { listedType } from '../../requirements/row-fields.ts';
import { printRequirement } from '../print-requirement.ts';
import { createFieldNameMatcher } from './field-name-matcher.ts';
import type { Finding } from './finding.ts';
import { createGuardedFields } from './guarded-fields.ts';
import { createVisited } from './visited.ts';

/** The names of types that filter or order a list in a mutation, those of Prisma-like schemas included. */
const filterName = /(Filter|Where(Unique)?|OrderBy(With\w+)?)(Input)?$/;

/** The values that an input filters, orders or writes. */
interface Subject {
  /** The type whose values are filtered or ordered. */
  readonly listed: GraphQLNamedType;
  /** The clauses that a viewer has passed who supplies the input. */
  readonly passed: ReadonlySet<Clause>;
  /** Whether it selects or orders values. In a mutation, other input is written. */
  readonly isFilter: boolean;
}

/** An argument or input field. */
type Input = GraphQLArgument | GraphQLInputField;

/**
 * Finds oracles: arguments, input fields and enum values by which a viewer can select or order values by a field that
 * it may not read, or by rows that are hidden from it, and so find out about them.
 *
 * Input that names a guarded field of the returned type must have clauses as strict as that field's, and so must input
 * that leads through a relation into a type with a rule. In a mutation, only types with names such as `InvoiceFilter`,
 * `InvoiceWhereInput` and `InvoiceOrderBy` select. Pure. One finding for each coordinate, in schema order.
 */
export function findOracles(schema: GraphQLSchema, requirements: Requirements): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const namesField = createFieldNameMatcher();
  const guardedFields = createGuardedFields(schema, requirements);
  for (const { coordinate, member, subject } of selectingMembers(schema, requirements)) {
    if (findings.has(coordinate)) continue;
    const revealed = guardedFields(subject.listed)
      .filter(({ name }) => namesField(member.name, name))
      .map(({ at, requirement, isRelated }) => {
        const passed = isRelated ? byGroups(subject.passed) : subject.passed;
        return { at, missing: missingClauses(requirement, passed) };
      })
      .find(({ missing }) => missing.length > 0);
    if (revealed === undefined) continue;
    const { at, missing } = revealed;
    findings.set(coordinate, { coordinate, ...describeOracle(at, missing), ...fileOf(member) });
  }
  return [...findings.values()];
}

/** An argument, input field or enum value by which values are selected or ordered. */
interface SelectingMember {
  readonly coordinate: string;
  readonly member: Input | GraphQLEnumValue;
  readonly subject: Subject;
}

/** Yields the members of all input, in schema order. A member can be reached several times. */
function* selectingMembers(
  schema: GraphQLSchema,
  requirements: Requirements,
): Generator<SelectingMember> {
  const isVisited = createVisited();
  const supplied = ({ passed, ...subject }: Subject, coordinate: string): Subject => ({
    passed: new Set([...passed, ...requirements.at(coordinate)]),
    ...subject,
  });

  function* visitInput(
    coordinate: string,
    member: Input,
    around: Subject,
  ): Generator<SelectingMember> {
    const subject = supplied(around, coordinate);
    const type = getNamedType(member.type);
    // Whether the row of a reference exists for the viewer is checked.
    if (subject.isFilter && requirements.references.at(coordinate, member.type) === undefined)
      yield { coordinate, member, subject };
    const isFilter = subject.isFilter || filterName.test(type.name);
    yield* visitType(type, below({ ...subject, isFilter }, member.name));
  }

  function* visitType(type: GraphQLNamedType, subject: Subject): Generator<SelectingMember> {
    const { listed, isFilter, passed } = subject;
    if (isVisited([type.name, listed.name, isFilter].join(), passed)) return;
    if (isEnumType(type) && isFilter) {
      for (const value of type.getValues()) {
        const coordinate = memberCoordinate(type.name, value.name);
        yield { coordinate, member: value, subject: supplied(subject, coordinate) };
      }
    }
    if (!isInputObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      yield* visitInput(memberCoordinate(type.name, field.name), field, subject);
    }
  }

  for (const { coordinate, arg, subject } of argumentsOf(schema, requirements)) {
    yield* visitInput(coordinate, arg, subject);
  }
}

interface ListArgument {
  readonly coordinate: string;
  readonly arg: GraphQLArgument;
  readonly subject: Subject;
}

function argumentsOf(schema: GraphQLSchema, requirements: Requirements): readonly ListArgument[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) => {
        const coordinate = memberCoordinate(type.name, field.name);
        const listed = listedType(field.type);
        const clauses = [...requirements.at(coordinate), ...requirements.ruleOf(listed.name)];
        const subject = {
          listed,
          passed: new Set(clauses.flatMap(toItemClause)),
          isFilter: type !== schema.getMutationType(),
        };
        return field.args.map((arg) => ({
          coordinate: argumentCoordinate(coordinate, arg.name),
          arg,
          subject,
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

const byGroups = (passed: ReadonlySet<Clause>): ReadonlySet<Clause> =>
  new Set([...passed].filter(isByGroups));

/**
 * Returns what nested input is about: the type of the field with its name, of which the policies of the rows say
 * nothing, or else what the input around it is about.
 */
function below(subject: Subject, fieldName: string): Subject {
  const { listed, passed } = subject;
  const hasFields = isObjectType(listed) || isInterfaceType(listed);
  const field = hasFields ? listed.getFields()[fieldName] : undefined;
  if (field === undefined) return subject;
  return { ...subject, listed: listedType(field.type), passed: byGroups(passed) };
}

const missingClauses = (requirement: Requirement, passed: ReadonlySet<Clause>): Requirement =>
  requirement.filter((clause) => ![...passed].some((each) => implies(each, clause)));

function describeOracle(field: string, missing: Requirement) {
  const byGroups = missing.flatMap(toInputClause);
  const isByPolicy = byGroups.length < missing.length;
  return {
    name: 'revealing-input',
    problem: `it reveals ${field} to viewers who may not read it`,
    advice: isByPolicy
      ? 'remove it, because a policy cannot guard it'
      : `add ${printRequirement(byGroups)}`,
    certainty: 'fails unless accepted',
  } as const;
}

/** Returns the clause without its policies, which input cannot have, unless it has nothing else. */
const toInputClause = ({ requires, or, rows, ...proof }: Clause): readonly Clause[] =>
  requires.length > 0 || (or.length === 0 && rows === undefined)
    ? [{ requires, or: [], ...joinDemands([proof]) }]
    : [];
