import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
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
  /** Whether policies narrow which rows may be named here, for every viewer. */
  readonly isNarrowed: boolean;
  /** The variable without which there is no id. Undefined: there is one always. */
  readonly given: string | undefined;
}

/** Creates the function that returns the ids that a field can get by its document, whatever its variables are. */
export function createFieldReferences(
  schema: GraphQLSchema,
  { references, ruleOf }: Pick<Requirements, 'references' | 'ruleOf'>,
) {
  function referencesIn(
    coordinate: string,
    type: GraphQLInputType,
    seen: readonly string[] = [],
  ): readonly Reference[] {
    const own = references.at(coordinate, type);
    const named = getNamedType(type);
    if (own !== undefined) return [own];
    if (!isInputObjectType(named) || !references.isHeldBy(named.name)) return [];
    if (seen.includes(named.name)) return [];
    return Object.values(named.getFields()).flatMap((field) =>
      referencesIn(memberCoordinate(named.name, field.name), field.type, [...seen, named.name]),
    );
  }

  const rulesOf = ({ typeName }: Reference): readonly Clause[] =>
    possibleTypes(schema, schema.getType(typeName)).flatMap(({ name }) => ruleOf(name));

  return ({
    coordinate,
    definition,
    nodes,
  }: Pick<SelectedField, 'coordinate' | 'definition' | 'nodes'>): readonly FieldReference[] =>
    definition.args.flatMap((argument) => {
      const { name, type } = argument;
      const value = nodes[0].arguments?.find((each) => each.name.value === name)?.value;
      const hasDefault = (defaultOf(argument) ?? null) !== null;
      const isNone = value === undefined ? !hasDefault : value.kind === Kind.NULL;
      if (isNone) return [];
      const given = value?.kind === Kind.VARIABLE && !hasDefault ? value.name.value : undefined;
      return referencesIn(argumentCoordinate(coordinate, name), type).map((reference) => ({
        rules: rulesOf(reference),
        isNarrowed: reference.rows.length > 0,
        given,
      }));
    });
}
