import type { GraphQLArgument, GraphQLInputField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isObjectType, isScalarType } from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';
import { fileOf } from '../../requirements/offence.ts';
import { reachableTypeNames } from '../../requirements/reachable-types.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { ruledTypesOf } from '../../requirements/row-fields.ts';
import { wordsOf } from './field-name-matcher.ts';
import type { Finding } from './finding.ts';

/**
 * Finds unchecked ids in arguments and input fields: without `@references`, anywhere in the input of fields of
 * Mutation and Subscription, and in that of other fields where neither the parent nor what they return has a rule.
 *
 * An id is a value of the type `ID`, or of a scalar with such a name, such as `UUID` or `InvoiceId`. Cursors are
 * none. Finds nothing in a schema that does not define `@references`. Pure. In schema order.
 */
export function findUncheckedIds(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly Finding[] {
  if (!schema.getDirective('references')) return [];
  const findings = new Map<string, Finding>();
  const visited = new Set<GraphQLNamedType>();

  const isReferenced = (coordinate: string, { type }: Pick<GraphQLArgument, 'type'>): boolean =>
    requirements.references.at(coordinate, type) !== undefined;

  function visit(coordinate: string, member: GraphQLArgument | GraphQLInputField): void {
    const type = getNamedType(member.type);
    if (isId(type) && !cursors.has(member.name) && !isReferenced(coordinate, member)) {
      findings.set(coordinate, { coordinate, ...uncheckedId, ...fileOf(member) });
    }
    if (!isInputObjectType(type) || visited.has(type)) return;
    visited.add(type);
    for (const field of Object.values(type.getFields())) {
      visit(memberCoordinate(type.name, field.name), field);
    }
  }

  for (const { coordinate, args } of fieldsWithOpenIds(schema, requirements)) {
    for (const arg of args) visit(argumentCoordinate(coordinate, arg.name), arg);
  }
  return [...findings.values()];
}

const uncheckedId = {
  name: 'unchecked-id',
  problem: 'nothing checks that the row of this id is visible to the viewer',
  advice: 'name the type of the row by @references, or accept it if it names none',
  certainty: 'fails unless accepted',
} as const;

/** Arguments that continue a list after a row, which was delivered before. */
const cursors: ReadonlySet<string> = new Set(['after', 'before', 'cursor']);

const isId = (type: GraphQLNamedType): boolean =>
  isScalarType(type) && idWords.has(wordsOf(type.name).at(-1) ?? '');

const idWords: ReadonlySet<string> = new Set(['id', 'uuid', 'guid', 'ulid']);

interface FieldWithIds {
  readonly coordinate: string;
  readonly args: readonly GraphQLArgument[];
}

/** Returns the fields in whose input no rule decides about the rows of an id. */
function fieldsWithOpenIds(
  schema: GraphQLSchema,
  { ruleOf, rowsAt }: Requirements,
): readonly FieldWithIds[] {
  const reachable = reachableTypeNames(schema);
  const writing = new Set<unknown>([schema.getMutationType(), schema.getSubscriptionType()]);
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter(({ name }) => reachable.has(name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .map((field) => ({ ...field, coordinate: memberCoordinate(type.name, field.name) }))
        .filter(
          (field) =>
            writing.has(type) ||
            (ruleOf(type.name).length === 0 &&
              rowsAt(field.coordinate).length === 0 &&
              ruledTypesOf(schema, field.type, ruleOf).length === 0),
        ),
    );
}
