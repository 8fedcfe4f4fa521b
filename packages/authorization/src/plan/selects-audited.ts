import { getNamedType } from 'graphql';
import { scopesOf, type WalkedOperation, walkOperation } from './operation-walk.ts';

/**
 * Whether an operation can select an audited coordinate, for any variables and any run-time types. True for one that
 * selects too many fields to find out.
 */
export function selectsAudited(walked: Omit<WalkedOperation, 'variableValues'>): boolean {
  const { schema, requirements } = walked;
  const { audited } = requirements;
  if (audited.coordinates.length === 0) return false;
  let isFound = false;
  const everything = { variableValues: undefined, includes: () => true };
  try {
    walkOperation({ ...walked, ...everything }, (field, { parent, runtimeTypes }) => {
      const { coordinate, definition, nodes } = field;
      isFound ||= (audited.at(coordinate) ?? audited.at(parent.name)) !== undefined;
      const isLeaf = nodes[0].selectionSet === undefined;
      return isFound || isLeaf ? [] : scopesOf(schema, getNamedType(definition.type), runtimeTypes);
    });
  } catch {
    return true;
  }
  return isFound;
}
