import { type GraphQLSchema, getNamedType } from 'graphql';
import type { Requirements } from '../requirements/requirements.ts';
import {
  connectionRowsOf,
  narrowedConnectionsOf,
  objectTypesOf,
  overlaps,
} from '../requirements/row-fields.ts';
import type { SelectedField } from './operation-walk.ts';

/** Finds which fields of an operation return rows that are checked. */
export interface RowSources {
  /** Returns the fields with `rows` whose policies have admitted the object that a field is selected on. */
  of(field: SelectedField): readonly SelectedField[];
  /** Whether a field returns rows of a connection, which are read by its filter, and none of another type with a rule. */
  isOfConnection(field: SelectedField): boolean;
}

/** The objects that a field returns, and the fields below it. */
interface Returned {
  /** The fields with `rows` that check these objects. */
  readonly sources: readonly SelectedField[];
  /** The connections that these objects belong to, innermost first. Rows belong to none. */
  readonly connections: readonly SelectedField[];
}

const nothing: Returned = { sources: [], connections: [] };

/**
 * Creates the search in one operation. Rows are those of a list, and of a connection those of the same type at any depth
 * below it, up to the first row: as they are checked where they are delivered.
 */
export function createRowSources(schema: GraphQLSchema, requirements: Requirements): RowSources {
  const { ruleOf, rowsAt } = requirements;
  const isConnection = ({ coordinate, definition: { type } }: SelectedField): boolean =>
    narrowedConnectionsOf(schema, requirements, { coordinate, type }).length > 0;
  const known = new Map<SelectedField, Returned>();

  const typesOf = (field: SelectedField): ReadonlySet<string> =>
    isConnection(field)
      ? connectionRowsOf(schema, field.definition.type)
      : objectTypesOf(schema, getNamedType(field.definition.type).name);

  function connectionOf(field: SelectedField): SelectedField | undefined {
    const types = typesOf(field);
    return returnedBy(field.parentField).connections.find((each) => overlaps(typesOf(each), types));
  }

  function find(field: SelectedField): Returned {
    const { connections } = returnedBy(field.parentField);
    const connection = connectionOf(field);
    const hasConnection = isConnection(field);
    const isNarrowing = hasConnection || rowsAt(field.coordinate).length > 0;
    const sources = [
      ...(isNarrowing ? [field] : []),
      ...(connection === undefined ? [] : [connection]),
    ];
    if (hasConnection) {
      return { sources: [], connections: [field, ...connections] };
    }
    return sources.length > 0 ? { sources, connections: [] } : { sources, connections };
  }

  function returnedBy(field: SelectedField | undefined): Returned {
    if (field === undefined) return nothing;
    const returned = known.get(field) ?? find(field);
    known.set(field, returned);
    return returned;
  }

  return {
    of: ({ parentField }) => returnedBy(parentField).sources,
    isOfConnection(field) {
      const connection = connectionOf(field);
      if (connection === undefined) return false;
      const rows = typesOf(connection);
      return [...typesOf(field)].every((name) => rows.has(name) || ruleOf(name).length === 0);
    },
  };
}
