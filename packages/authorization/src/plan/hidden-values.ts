import {
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isNonNullType,
} from 'graphql';
import { typeNameOf } from '../requirements/coordinate.ts';
import { type NarrowingClause, narrows } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import {
  connectionRowsOf,
  narrowedConnectionsOf,
  possibleTypes,
} from '../requirements/row-fields.ts';
import type { SelectedField } from './operation-walk.ts';
import type { UsedCoordinate } from './used-coordinates.ts';

/** Finds which rules can hide what a field returns, and whether that refuses the operation. */
export interface HiddenValues {
  /** Returns the clauses that can hide a value of a field, or rows in it, from a viewer whom they narrow. */
  hiding(used: UsedCoordinate): readonly NarrowingClause[];
  /** Returns the rules of the rows of connections that a field returns. What they ask about proofs is asked of each row. */
  counted(used: UsedCoordinate): readonly NarrowingClause[];
  /**
   * Returns whether a field returns one object that must not be null, on one of the types that an interface stands for:
   * a hidden one refuses the operation. A list of clauses: only for a viewer whom one of them narrows. Rows of a
   * connection do not, but the connection itself can have a rule.
   */
  strictness(field: SelectedField): 'always' | readonly NarrowingClause[];
}

/** Creates the search in one schema. */
export function createHiddenValues(
  schema: GraphQLSchema,
  requirements: Requirements,
): HiddenValues {
  const { at, ruleOf } = requirements;
  function strictnessOf(type: GraphQLOutputType): 'always' | readonly NarrowingClause[] {
    if (!isNonNullType(type) || !isCompositeType(type.ofType)) return [];
    if (connectionRowsOf(schema, type).size === 0) return 'always';
    return possibleTypes(schema, type.ofType).flatMap(({ name }) => ruleOf(name));
  }

  function counted({ coordinate, field }: UsedCoordinate): readonly NarrowingClause[] {
    const { type } = field.definition;
    const isConnection =
      coordinate === field.coordinate &&
      narrowedConnectionsOf(schema, requirements, { coordinate, type }).length > 0;
    return isConnection ? [...connectionRowsOf(schema, type)].flatMap(ruleOf) : [];
  }

  return {
    counted,
    hiding: (used) => [...at(used.coordinate).filter(narrows), ...counted(used)],
    strictness({ coordinate, definition: { name } }) {
      const types = possibleTypes(schema, schema.getType(typeNameOf(coordinate))).flatMap(
        (parent) => parent.getFields()[name]?.type ?? [],
      );
      const found = types.map(strictnessOf);
      return found.includes('always') ? 'always' : found.filter((each) => each !== 'always').flat();
    },
  };
}
