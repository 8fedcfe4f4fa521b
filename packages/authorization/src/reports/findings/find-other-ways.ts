import type { GraphQLField, GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { getNamedType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import { fileOf } from '../../requirements/offence.ts';
import { type Clause, implies, type NarrowingClause } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { possibleTypes, rowShapeOf, rowTypesOf } from '../../requirements/row-fields.ts';
import { objectFieldsOf, rootTypesOf } from '../../requirements/schema-types.ts';
import { printRequirement } from '../print-requirement.ts';
import type { Finding } from './finding.ts';
import { createVisited } from './visited.ts';

type Field = GraphQLField<unknown, unknown>;

/** A field that narrows the rows of a type. */
interface Narrowing {
  readonly at: string;
  readonly clause: NarrowingClause;
}

/** What a value is in the field that returned it. The rows inside a connection are examined at that field. */
type Role = 'value' | 'connection' | 'edge';

/** A type that a viewer can reach, after passing these clauses. */
interface Reached {
  readonly type: GraphQLObjectType;
  readonly role: Role;
  readonly passed: ReadonlySet<Clause>;
}

/**
 * Finds ways round `rows` of a field: other fields that return the same type, are not narrowed, and can be reached by
 * viewers in none of the groups that get all rows. A type that has a rule itself has no such way.
 *
 * Pure. One finding for each field, those nearest to the root types first.
 */
export function findOtherWays(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly Finding[] {
  const narrowings = narrowingsByType(schema, requirements);
  const narrowing = [...narrowings.values()].flat().map(({ clause }) => clause);
  const findings = new Map<string, Finding>();
  for (const way of narrowing.length === 0 ? [] : waysFrom(schema, requirements, narrowing)) {
    const { coordinate, field, passed } = way;
    if (findings.has(coordinate) || requirements.rowsAt(coordinate).length > 0) continue;
    const [open] = [...rowTypesOf(schema, field.type)]
      .filter((typeName) => requirements.ruleOf(typeName).length === 0)
      .flatMap((typeName) =>
        (narrowings.get(typeName) ?? []).map((each) => ({ typeName, ...each })),
      )
      .filter(({ clause }) => ![...passed].some((each) => implies(each, clause)));
    if (open === undefined) continue;
    findings.set(coordinate, { coordinate, ...describeWay(open), ...fileOf(field) });
  }
  return [...findings.values()];
}

/** A field, and the clauses that a viewer has passed who gets its value. */
interface Way {
  readonly coordinate: string;
  readonly field: Field;
  readonly passed: ReadonlySet<Clause>;
}

/**
 * Yields the fields that viewers can reach, without those that hold the rows of a connection. Of the clauses on the way,
 * those count that admit to all rows.
 */
function* waysFrom(
  schema: GraphQLSchema,
  requirements: Requirements,
  narrowing: readonly Clause[],
): Generator<Way> {
  const isVisited = createVisited();
  const waiting: Reached[] = rootTypesOf(schema).map((type) => ({
    type,
    role: 'value',
    passed: new Set<Clause>(),
  }));
  // The list grows while it is read.
  for (const { type, role, passed: before } of waiting) {
    if (isVisited(`${type.name} ${role}`, before)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      const own = requirements.at(coordinate).filter((each) => admitsToAll(each, narrowing));
      const passed = new Set([...before, ...own]);
      if (!holdsRows(role, field)) yield { coordinate, field, passed };
      const below = possibleTypes(schema, getNamedType(field.type));
      waiting.push(...below.map((each) => ({ type: each, role: roleOf(role, field), passed })));
    }
  }
}

/** Returns the fields that narrow the rows of each type. */
function narrowingsByType(
  schema: GraphQLSchema,
  { rowsAt }: Requirements,
): ReadonlyMap<string, readonly Narrowing[]> {
  const narrowings = new Map<string, Narrowing[]>();
  for (const { field, coordinate: at } of objectFieldsOf(schema)) {
    const own = rowsAt(at).map((clause) => ({ at, clause }));
    for (const name of own.length === 0 ? [] : rowTypesOf(schema, field.type)) {
      narrowings.set(name, [...(narrowings.get(name) ?? []), ...own]);
    }
  }
  return narrowings;
}

/** Whether a viewer who passes `clause` gets all rows of what one of the others narrows. */
const admitsToAll = (clause: Clause, narrowing: readonly Clause[]): boolean =>
  clause.rows === undefined && narrowing.some((each) => implies(clause, each));

/** Whether a field of a connection or edge holds its rows. */
const holdsRows = (role: Role, { name }: Field): boolean =>
  (role === 'connection' && name === 'nodes') || (role === 'edge' && name === 'node');

/** Returns the role of what a field returns. */
function roleOf(role: Role, field: Field): Role {
  if (role === 'connection' && field.name === 'edges') return 'edge';
  return isConnection(field.type) && !holdsRows(role, field) ? 'connection' : 'value';
}

const isConnection = (type: GraphQLOutputType): boolean => rowShapeOf(type) === 'connection';

const describeWay = ({ typeName, at, clause }: Narrowing & { readonly typeName: string }) =>
  ({
    name: 'unfiltered-rows',
    problem: `it returns ${typeName} to viewers for whom ${at} is filtered`,
    advice: `put the rule on the type: type ${typeName} ${printRequirement([clause])}`,
    certainty: 'fails unless accepted',
  }) as const;
