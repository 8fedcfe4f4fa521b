import { membersOf } from '../requirements/references.ts';
import { objectTypesOf, rowTypesOf } from '../requirements/row-fields.ts';
import { objectFieldsOf } from '../requirements/schema-types.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';
import type { GuardedSchema } from './compile-rules.ts';

/** Where a schema names a policy, those places included that object types inherit from interfaces. */
export interface PolicyPlaces {
  /** The coordinates of the fields of object types that ask it by `or`. */
  readonly fields: ReadonlySet<string>;
  /** The object types about whose rows it decides by `rows`. */
  readonly types: ReadonlySet<string>;
}

/** Returns the places of each policy that a schema declares, in its order. */
export function findPolicyPlaces(guarded: GuardedSchema): ReadonlyMap<string, PolicyPlaces> {
  const { schema, requirements } = guarded;
  const places = new Map(
    [...parseVocabulary(schema).policies].map((policy) => [
      policy,
      { fields: new Set<string>(), types: new Set<string>() },
    ]),
  );
  const addTypes = (policies: readonly string[] = [], types: Iterable<string>): void => {
    for (const policy of policies) for (const type of types) places.get(policy)?.types.add(type);
  };

  for (const { type, field, coordinate } of objectFieldsOf(schema)) {
    for (const { rows } of requirements.ruleOf(type.name)) addTypes(rows, [type.name]);
    for (const { rows } of requirements.rowsAt(coordinate)) {
      addTypes(rows, rowTypesOf(schema, field.type));
    }
    for (const { or } of requirements.at(coordinate)) {
      for (const policy of or) places.get(policy)?.fields.add(coordinate);
    }
  }
  for (const { coordinate, member } of membersOf(schema)) {
    const reference = requirements.references.at(coordinate, member.type);
    addTypes(reference?.rows, objectTypesOf(schema, reference?.typeName ?? ''));
  }
  return places;
}
