import { type GraphQLSchema, getNamedType } from 'graphql';
import { canNarrow } from '../decision/decision.ts';
import { overlaps, possibleTypes, rowShapeOf, rowTypesOf } from '../requirements/row-fields.ts';
import type { SelectedField } from './operation-walk.ts';

/** Finds the fields with `rows` whose policies have admitted the object that a field is selected on. */
export type FindRowSources = (field: SelectedField) => readonly SelectedField[];

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
export function createRowSources(schema: GraphQLSchema): FindRowSources {
  const known = new Map<SelectedField, Returned>();

  const typesOf = ({ definition: { type }, requirement }: SelectedField): ReadonlySet<string> =>
    canNarrow(requirement)
      ? rowTypesOf(schema, type)
      : new Set(possibleTypes(schema, getNamedType(type)).map(({ name }) => name));

  function find(field: SelectedField): Returned {
    const { connections } = returnedBy(field.above);
    const narrows = canNarrow(field.requirement);
    const types = typesOf(field);
    const above = connections.find((each) => overlaps(typesOf(each), types));
    const sources = [...(narrows ? [field] : []), ...(above === undefined ? [] : [above])];
    if (narrows && rowShapeOf(field.definition.type) === 'connection') {
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

  return ({ above }) => returnedBy(above).sources;
}
