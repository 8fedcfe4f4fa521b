import type { GraphQLSchema } from 'graphql';
import { type Decision, decide } from '../decision/decision.ts';
import { parseViewer, type Viewer } from '../decision/viewer.ts';
import { assumePolicyCapabilities } from '../requirements/policy-capabilities.ts';
import { compileRequirements, type Requirements } from '../requirements/requirements.ts';
import { schemaElements } from '../requirements/schema-elements.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';

interface Compiled {
  readonly requirements: Requirements;
  readonly coordinates: ReadonlySet<string>;
}

const compiled = new WeakMap<GraphQLSchema, Compiled>();

/**
 * Decides by a viewer's groups and proofs of identity whether it may access a coordinate, such as `Query.users` or
 * `Query.users(search:)`. For tests of a schema's rules without a server. `depends` means that a policy
 * would be asked.
 *
 * @param now the time at which the age of proofs is measured. Default: the present time.
 * @throws {SchemaAuthorizationError} when the schema breaks a rule.
 * @throws {RangeError} when the schema has no such coordinate, for example because it is misspelt.
 */
export function decideCoordinate(
  schema: GraphQLSchema,
  coordinate: string,
  viewer: Viewer,
  now: Date = new Date(),
): Decision {
  const { requirements, coordinates } = compile(schema);
  if (!coordinates.has(coordinate)) throw new RangeError(`The schema has no ${coordinate}.`);
  return decide(requirements.at(coordinate), parseViewer(viewer), now);
}

function compile(schema: GraphQLSchema): Compiled {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = {
    requirements: compileRequirements(
      schema,
      assumePolicyCapabilities(parseVocabulary(schema).policies),
    ),
    coordinates: new Set(schemaElements(schema).map(({ coordinate }) => coordinate)),
  };
  compiled.set(schema, made);
  return made;
}
