import type { GraphQLSchema } from 'graphql';
import { parseViewer, type Viewer } from '../decision/viewer.ts';
import { parseVocabulary } from '../requirements/directive.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { buildVisibleSchema } from './build-visible-schema.ts';
import { createHiddenCoordinates } from './hidden-coordinates.ts';
import { createVisibleInterfaces } from './visible-interfaces.ts';

export interface VisibleSchemasOptions {
  /** How many schemas are kept, of those that were asked for last. */
  readonly maxCached?: number;
}

/** The part of a schema that a viewer can ever reach. */
export type VisibleSchemas = (viewer: Viewer) => GraphQLSchema;

const defaultMaxCached = 64;

/**
 * Makes the function that gives each viewer the part of the guarded `schema` that it can ever reach.
 *
 * Whatever the viewer's groups can never pass is absent, and nothing dangles: what cannot be without it
 * has gone too. A field that waits for a policy is there for every authenticated viewer. `@auth` and
 * `@public` are not shown, nor are enums that only they speak of.
 *
 * A schema depends on nothing but the set of groups: it is made once for each, and kept within a bound.
 */
export function createVisibleSchemas(
  schema: GraphQLSchema,
  requirements: Requirements,
  { maxCached = defaultMaxCached }: VisibleSchemasOptions = {},
): VisibleSchemas {
  const { groups: knownGroups } = parseVocabulary(schema);
  const cached = new Map<string, GraphQLSchema>();
  let build: VisibleSchemas | undefined;

  return (given) => {
    const viewer = parseViewer(given);
    const key = keyOf(viewer, knownGroups);
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

function keyOf(viewer: Viewer, knownGroups: ReadonlySet<string>): string {
  if (!viewer.isAuthenticated) return 'anonymous';
  // No group's name has a space, or is what anonymous has.
  return ` ${[...viewer.groups]
    .filter((group) => knownGroups.has(group))
    .sort()
    .join(' ')}`;
}
