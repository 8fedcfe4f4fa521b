import { type GraphQLInputType, getNamedType, isInputObjectType, Kind } from 'graphql';
import { defaultOf } from '../graphql-js/defaults.ts';
import type { SelectedField } from '../plan/operation-walk.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { Reference } from '../requirements/references.ts';
import { possibleTypes } from '../requirements/row-fields.ts';
import type { GuardedSchema } from './compile-rules.ts';
import { narrowedViewers, type Touch } from './row-needs.ts';

/** A need, and the variable without which there is no id. Undefined: there is one always. */
export type ReferenceNeed = Touch & { readonly given: string | undefined };

/**
 * Creates the function that returns what depends on the ids that a field gets, as only the server knows which rows exist
 * for a viewer. For those who have all rows of the type, nothing does.
 */
export function createReferenceNeeds({ schema, requirements }: GuardedSchema) {
  const { references, ruleOf } = requirements;

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

  /** The viewers from whom rows that an id names can be hidden. */
  function viewersOf({ typeName, rows }: Reference): readonly (readonly string[])[] {
    if (rows.length > 0) return [[]];
    const types = possibleTypes(schema, schema.getType(typeName));
    return types.flatMap(({ name }) => ruleOf(name)).map(narrowedViewers);
  }

  return ({ coordinate, definition, nodes }: SelectedField): readonly ReferenceNeed[] =>
    definition.args.flatMap((argument) => {
      const { name, type } = argument;
      const value = nodes[0].arguments?.find((each) => each.name.value === name)?.value;
      const hasDefault = (defaultOf(argument) ?? null) !== null;
      const isNone = value === undefined ? !hasDefault : value.kind === Kind.NULL;
      if (isNone) return [];
      const given = value?.kind === Kind.VARIABLE && !hasDefault ? value.name.value : undefined;
      const found = referencesIn(argumentCoordinate(coordinate, name), type).flatMap(viewersOf);
      return found.map((groups) => ({ at: '', maybe: false, viewers: [groups], given }));
    });
}
