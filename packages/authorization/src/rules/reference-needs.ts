import { createFieldReferences, type FieldReference } from '../plan/field-references.ts';
import type { SelectedField } from '../plan/operation-walk.ts';
import { demandsProof, narrows } from '../requirements/requirement.ts';
import { possibleTypes } from '../requirements/row-fields.ts';
import type { GuardedSchema } from './compile-rules.ts';
import { type CoordinateNeed, narrowedViewers } from './row-needs.ts';

/** A need, and the variable without which there is no id. Undefined: there is one always. */
export type ReferenceNeed = CoordinateNeed & { readonly given: string | undefined };

/**
 * Creates the function that returns what depends on the ids that a field gets, as only the server knows which rows exist
 * for a viewer. For those who have all rows of the type, nothing does, except a proof of identity that its rule asks for.
 */
export function createReferenceNeeds({ schema, requirements }: GuardedSchema) {
  const referencesOf = createFieldReferences(schema, requirements);

  /** The viewers from whom rows that an id names can be hidden. */
  const viewersOf = ({ rules, isNarrowed }: FieldReference): readonly (readonly string[])[] =>
    isNarrowed ? [[]] : rules.map(narrowedViewers);

  /** The types of the rows that ask for a proof. With other guards than its rule, the server is asked about a type. */
  const proofsOf = ({ typeName, isSure, variable }: FieldReference): readonly ReferenceNeed[] =>
    possibleTypes(schema, schema.getType(typeName))
      .filter(({ name }) => requirements.ruleOf(name).some(demandsProof))
      .map(({ name }) => ({
        at: requirements.at(name).every(narrows) ? name : '',
        maybe: !isSure || name !== typeName,
        viewers: [['@']],
        given: variable,
      }));

  return (field: SelectedField): readonly ReferenceNeed[] =>
    referencesOf(field).flatMap((reference) => [
      ...proofsOf(reference),
      ...viewersOf(reference).map((groups) => ({
        at: '',
        maybe: false,
        viewers: [groups],
        given: reference.variable,
      })),
    ]);
}
