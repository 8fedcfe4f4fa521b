import type { GraphQLArgument, GraphQLInputField, GraphQLSchema, ValueNode } from 'graphql';
import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isNonNullType,
  isScalarType,
  Kind,
} from 'graphql';
import { defaultOf } from '../graphql-js/defaults.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { Reference } from '../requirements/references.ts';
import type { Clause } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { possibleTypes } from '../requirements/row-fields.ts';
import type { SelectedField } from './operation-walk.ts';

/** An id that a field can get, and which rows it can name. */
export interface FieldReference {
  /** The rules of the types that it names: they decide which rows exist for a viewer. */
  readonly rules: readonly Clause[];
  /** Those of `rules` that hold for all rows that it can name. What they ask is asked before any is read. */
  readonly rule: readonly Clause[];
  /** Whether there is an id in every value of the field's arguments. */
  readonly isSure: boolean;
  /** The type whose rows it names. */
  readonly typeName: string;
  /** Whether policies narrow which rows may be named here, for every viewer. */
  readonly isNarrowed: boolean;
  /** Whether the document or a default has the id: without its row, the operation is refused to every viewer. */
  readonly isFixed: boolean;
  /** The variable without which there is no id. Undefined: there is one always. */
  readonly variable: string | undefined;
}

/** An argument or input field, and its value in the document. Undefined: it has none. */
interface Supplied {
  readonly coordinate: string;
  readonly member: GraphQLArgument | GraphQLInputField;
  readonly value: ValueNode | undefined;
  /** Where the value comes from. Only what is in the document is known. */
  readonly from: 'document' | 'default' | 'variable';
}

/** A `@references`, and whether the document or a default has the id. */
type FoundReference = readonly [reference: Reference, isFixed: boolean];

/** Creates the function that returns the ids that a field can get by its document, whatever its variables are. */
export function createFieldReferences(
  schema: GraphQLSchema,
  { references, ruleOf }: Pick<Requirements, 'references' | 'ruleOf'>,
) {
  function referencesIn(
    supplied: Supplied,
    seen: readonly string[] = [],
  ): readonly FoundReference[] {
    const { coordinate, member, value, from } = supplied;
    if (from === 'document' && isNone(member, value)) return [];
    const own = references.at(coordinate, member.type);
    if (own !== undefined) return [[own, itemsOf(value).some((item) => isFixed(item, from))]];
    const named = getNamedType(member.type);
    if (!isInputObjectType(named) || !references.isHeldBy(named.name)) return [];
    if (seen.includes(named.name)) return [];
    return itemsOf(value).flatMap((item) =>
      Object.values(named.getFields()).flatMap((field) => {
        const inside = {
          coordinate: memberCoordinate(named.name, field.name),
          member: field,
          value: fieldValue(item, field.name),
          from: from === 'document' ? sourceInside(item) : from,
        };
        return referencesIn(inside, item?.kind === Kind.OBJECT ? [] : [...seen, named.name]);
      }),
    );
  }

  const rulesOf = ({ typeName }: Reference): readonly Clause[] =>
    possibleTypes(schema, schema.getType(typeName)).flatMap(({ name }) => ruleOf(name));

  return ({
    coordinate,
    definition,
    nodes,
  }: Pick<SelectedField, 'coordinate' | 'definition' | 'nodes'>): readonly FieldReference[] =>
    definition.args.flatMap((member) => {
      const { name, type } = member;
      const value = nodes[0].arguments?.find((each) => each.name.value === name)?.value;
      const variable =
        value?.kind === Kind.VARIABLE && !hasDefault(member) ? value.name.value : undefined;
      const at = argumentCoordinate(coordinate, name);
      return referencesIn({ coordinate: at, member, value, from: 'document' }).map(
        ([reference, isFixedId]) => ({
          typeName: reference.typeName,
          rule: ruleOf(reference.typeName),
          isSure: isScalarType(getNullableType(type)) && (isFixedId || isNonNullType(type)),
          rules: rulesOf(reference),
          isNarrowed: reference.rows.length > 0,
          isFixed: isFixedId,
          variable,
        }),
      );
    });
}

const hasDefault = (member: Supplied['member']): boolean => (defaultOf(member) ?? null) !== null;

/** Whether a member has no value: it is left out and has no default, or it is null. */
const isNone = (member: Supplied['member'], value: ValueNode | undefined): boolean =>
  value === undefined ? !hasDefault(member) : value.kind === Kind.NULL;

const itemsOf = (value: ValueNode | undefined): readonly (ValueNode | undefined)[] =>
  value?.kind === Kind.LIST ? value.values.flatMap(itemsOf) : [value];

/** Where the fields of an input object come from. A value that is left out is the default. */
const sourceInside = (item: ValueNode | undefined): Supplied['from'] => {
  if (item === undefined) return 'default';
  return item.kind === Kind.VARIABLE ? 'variable' : 'document';
};

const isFixed = (item: ValueNode | undefined, from: Supplied['from']): boolean =>
  from !== 'variable' && item?.kind !== Kind.VARIABLE && item?.kind !== Kind.NULL;

const fieldValue = (value: ValueNode | undefined, name: string): ValueNode | undefined =>
  value?.kind === Kind.OBJECT
    ? value.fields.find((each) => each.name.value === name)?.value
    : undefined;
