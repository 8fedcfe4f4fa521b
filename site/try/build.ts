import {
  type Authorization,
  createAuthorization,
  directiveTypeDefs,
  SchemaAuthorizationError,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import {
  buildASTSchema,
  type DocumentNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  parse,
  Source,
  validateSchema,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { parseVocabulary } from '../../packages/authorization/src/requirements/vocabulary.ts';
import type { PolicyAnswer } from './state.ts';

/** What is wrong with a text, and the line of it, from 1, where that is known. */
export interface Problem {
  readonly text: string;
  readonly line?: number | undefined;
}

/** The viewer of one decision, and what its policies say. */
export interface TryContext {
  readonly viewer: Viewer;
  readonly answerOf: (policy: string) => Exclude<PolicyAnswer, 'depends'>;
}

export interface Built {
  readonly authorization: Authorization<TryContext>;
  readonly groups: readonly string[];
  readonly policies: readonly string[];
}

/** The time at which everything is decided: the same input always gets the same answer. */
export const now = new Date('2026-01-01T00:00:00Z');

const file = 'schema.graphql';

/** The present schema and the one that is kept to compare: while an operation is typed, neither changes. */
const lastBuilt = new Map<string, Built | readonly Problem[]>();
const maxBuilt = 2;

/** Guards a schema, without resolvers and with policies that are answers. Returns what is a startup error otherwise. */
export function build(sdl: string): Built | readonly Problem[] {
  const known = lastBuilt.get(sdl) ?? buildFirst(sdl);
  lastBuilt.delete(sdl);
  lastBuilt.set(sdl, known);
  for (const oldest of lastBuilt.keys()) if (lastBuilt.size > maxBuilt) lastBuilt.delete(oldest);
  return known;
}

function buildFirst(sdl: string): Built | readonly Problem[] {
  try {
    const own = parse(new Source(sdl, file));
    const document = withDirectives(own);
    const errors = validateSDL(document);
    if (errors.length > 0) return errors.map(toProblem);
    const schema = buildASTSchema(document, { assumeValidSDL: true });
    const wrong = validateSchema(schema);
    return wrong.length > 0 ? wrong.map(toProblem) : guard(schema);
  } catch (error) {
    return toProblems(error);
  }
}

/** Adds the directives of the library that the text does not define. */
function withDirectives(own: DocumentNode): DocumentNode {
  const defined = new Set(
    own.definitions.flatMap((each) =>
      each.kind === Kind.DIRECTIVE_DEFINITION || each.kind === Kind.ENUM_TYPE_DEFINITION
        ? [`${each.kind} ${each.name.value}`]
        : [],
    ),
  );
  const hasPolicies = defined.has(`${Kind.ENUM_TYPE_DEFINITION} Policy`);
  const added = parse(directiveTypeDefs(hasPolicies ? {} : { policy: undefined })).definitions;
  const missing = added.filter(
    (each) =>
      each.kind === Kind.DIRECTIVE_DEFINITION && !defined.has(`${each.kind} ${each.name.value}`),
  );
  return { kind: Kind.DOCUMENT, definitions: [...own.definitions, ...missing] };
}

function guard(schema: GraphQLSchema): Built {
  const { groups, policies } = parseVocabulary(schema);
  const authorization = createAuthorization<Viewer, TryContext>(schema, {
    policies: Object.fromEntries(
      [...policies].map((name) => [
        name,
        {
          reads: [],
          admits: (_viewer, _row, { answerOf }) => answerOf(name) === 'allows',
          where: () => ({}),
        },
      ]),
    ),
    types: Object.fromEntries(
      Object.values(schema.getTypeMap())
        .filter(isCompositeType)
        .filter(({ name }) => !name.startsWith('__'))
        .map((type) => [type.name, { byIds: (ids) => ids.map(rowOf(schema, type)) }]),
    ),
    viewerOf: ({ viewer }) => viewer,
    now: () => now,
    onDelivered: () => {},
  });
  return { authorization, groups: [...groups], policies: [...policies] };
}

/** Nothing is read: every id names a row, of an interface or union one of its first type. */
function rowOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
): (id: unknown) => Readonly<Record<string, unknown>> {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type)[0] : undefined;
  return (id) => ({ id, __typename: possible?.name });
}

/** Converts an error of graphql-js. */
export const toProblem = ({ message, locations, source }: GraphQLError): Problem => ({
  text: message,
  // Not in the directives that were added.
  line: source === undefined || source.name === file ? locations?.[0]?.line : undefined,
});

function toProblems(error: unknown): readonly Problem[] {
  if (error instanceof GraphQLError) return [toProblem(error)];
  if (error instanceof SchemaAuthorizationError) {
    return error.offences.map(({ coordinate, problem, line }) => ({
      text: `${coordinate}: ${problem}`,
      line,
    }));
  }
  // The parser calls itself for each level.
  if (error instanceof RangeError) return [{ text: 'The schema is nested too deeply.' }];
  return [{ text: error instanceof Error ? error.message : String(error) }];
}
