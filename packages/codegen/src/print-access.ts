import {
  compileGuards,
  compileRules,
  coordinatesOf,
  schemaHash,
} from '@graphql-gatehouse/authorization/rules';
import type { GraphQLSchema } from 'graphql';

export interface AccessConfig {
  /**
   * Whether the adapters of `@graphql-gatehouse/client` know the coordinates too, such as `useCan`. By default true; false in
   * a project with several schemas.
   */
  readonly register?: boolean;
}

/**
 * Prints the module `access.ts`: the schema's coordinates as a type, its rules and its hash.
 *
 * @throws {SchemaAuthorizationError} when the schema breaks a rule, such as a root field without a guard.
 */
export function printAccess(schema: GraphQLSchema, { register = true }: AccessConfig = {}): string {
  const { requirements, types } = compileRules(compileGuards(schema));
  const coordinates = coordinatesOf(schema).map((coordinate) => `\n  | '${coordinate}'`);
  return [
    "import type { Rules } from '@graphql-gatehouse/client';",
    '',
    '/** The coordinates of the schema. */',
    `export type Coordinate =${coordinates.join('')};`,
    '',
    '/** What each coordinate requires. */',
    'export const rules: Rules<Coordinate> = {',
    `  requirements: ${printEntries(
      '[]',
      requirements.map((each) => JSON.stringify(each)),
    )},`,
    `  types: ${printEntries(
      '{}',
      Object.entries(types).map(([name, members]) => `${name}: '${members}'`),
    )},`,
    '};',
    '',
    '/** Identifies the schema. */',
    `export const schemaHash = '${schemaHash(schema)}';`,
    '',
    ...(register ? registration : []),
  ].join('\n');
}

const registration = [
  "declare module '@graphql-gatehouse/client' {",
  '  interface Register {',
  '    readonly coordinate: Coordinate;',
  '  }',
  '}',
  '',
];

const printEntries = ([open, close]: string, entries: readonly string[]): string =>
  `${open}\n${entries.map((entry) => `    ${entry},\n`).join('')}  ${close}`;
