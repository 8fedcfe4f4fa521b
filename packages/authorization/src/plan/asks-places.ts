import { getNamedType, isAbstractType } from 'graphql';
import { inputsOf } from '../requirements/place-sources.ts';
import type { Requirement } from '../requirements/requirement.ts';
import { scopesOf, type WalkedOperation, walkOperation } from './operation-walk.ts';
import { holdsReferences } from './referenced-ids.ts';

/**
 * Whether the places in which the viewer holds groups can count for an operation, for any variables and any run-time types: a
 * clause names a group within a type, or a policy is asked, or a row is named by its id. True for one that selects too many
 * fields to find out.
 */
export function asksPlaces(walked: Omit<WalkedOperation, 'variableValues'>): boolean {
  const { schema, requirements } = walked;
  const { places, references, at, returnedAt, ruleOf } = requirements;
  if (!places.exist) return false;
  let isFound = false;
  const everything = { variableValues: undefined, includes: () => true };
  const isAsked = (typeName: string): boolean =>
    returnedAt(typeName).some(mayAsk) || ruleOf(typeName).some(mayAsk);
  try {
    walkOperation({ ...walked, ...everything }, (field, { parent, runtimeTypes }) => {
      const { coordinate, definition, nodes } = field;
      const returned = getNamedType(definition.type);
      const possible = isAbstractType(returned) ? schema.getPossibleTypes(returned) : [];
      const inputs = inputsOf({ args: definition.args, coordinate });
      isFound ||=
        [coordinate, ...inputs].some((each) => at(each).some(mayAsk)) ||
        [parent, returned, ...possible].some(({ name }) => isAsked(name)) ||
        holdsReferences(references, definition, coordinate);
      const isLeaf = nodes[0].selectionSet === undefined;
      return isFound || isLeaf ? [] : scopesOf(schema, returned, runtimeTypes);
    });
  } catch {
    return true;
  }
  return isFound;
}

/** Policies get the viewer, and may ask for its places. */
const mayAsk = ({ within, or, rows = [] }: Requirement[number]): boolean =>
  within !== undefined || or.length + rows.length > 0;
