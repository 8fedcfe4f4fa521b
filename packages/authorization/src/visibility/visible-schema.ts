import type { GraphQLSchema } from 'graphql';
import { parseViewer, type Viewer } from '../decision/viewer.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';
import { buildVisibleSchema } from './build-visible-schema.ts';
import { createHiddenCoordinates } from './hidden-coordinates.ts';
import { createVisibleInterfaces } from './visible-interfaces.ts';

export interface VisibleSchemasOptions {
  /** The maximum number of cached schemas. The least recently used one is removed first. Default: 64. */
  readonly maxCached?: number;
}

/** Returns the part of a schema that a viewer can reach. */
export type VisibleSchemas = (viewer: Viewer) => GraphQLSchema;

const defaultMaxCached = 64;

/**
 * Creates the function that returns the part of the guarded `schema` that a viewer can reach.
 *
 * Elements that the viewer's groups do not admit are removed, with all elements that depend on them. A field that a
 * policy can admit is kept for every authenticated viewer. `@auth`, `@public` and enums that only they use are not
 * shown.
 *
 * The result depends only on the set of groups, those held in any place included, and is cached by it.
 */
export function createVisibleSchemas(
  schema: GraphQLSchema,
  requirements: Requirements,
  { maxCached = defaultMaxCached }: VisibleSchemasOptions = {},
): VisibleSchemas {
  const { groups: knownGroups } = parseVocabulary(schema);
  const keyOf = createKeyOf(knownGroups, requirements);
  const cached = new Map<string, GraphQLSchema>();
  let build: VisibleSchemas | undefined;

  return (value) => {
    const viewer = parseViewer(value);
    const key = keyOf(viewer);
    const known = cached.get(key);
    if (known !== undefined) {
      cached.delete(key);
      cached.set(key, known);
      return known;
    }
    build ??= createBuild(schema, requirements);
    const made = build(viewer);
    cached.set(key, made);
    const [oldest] = cached.keys();
    if (cached.size > maxCached && oldest !== undefined) cached.delete(oldest);
    return made;
  };
}

function createBuild(schema: GraphQLSchema, requirements: Requirements): VisibleSchemas {
  const hiddenFrom = createHiddenCoordinates(schema, requirements);
  const interfacesWithout = createVisibleInterfaces(schema);
  return (viewer) => {
    const hidden = hiddenFrom(viewer);
    return buildVisibleSchema(schema, { hidden, ...interfacesWithout(hidden) });
  };
}

function createKeyOf(knownGroups: ReadonlySet<string>, { places }: Requirements) {
  const placed = [...knownGroups].filter((group) => places.typeOf(group) !== undefined);
  return (viewer: Viewer): string => {
    if (!viewer.isAuthenticated) return 'anonymous';
    const { groups, placesOf } = viewer;
    const held = placed.filter((group) => (placesOf?.(group).size ?? 0) > 0);
    // The leading space separates these keys from `anonymous`. Names of groups contain neither spaces nor `@`.
    const global = [...groups].filter((group) => knownGroups.has(group)).sort();
    return ` ${[...global, ...held.map((group) => `@${group}`)].join(' ')}`;
  };
}
