import { describeOffence, fileOf } from '@graphql-gatehouse/authorization/reports';
import { getRootTypes, type IResolvers } from '@graphql-tools/utils';
import {
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { type Mistake, named } from '../../error-pages.ts';
import { didYouMean } from '../../values/nearest-name.ts';
import { findStrayConstraints } from '../constraint-arguments.ts';
import type { AnyDomain } from '../domain.ts';
import type { CommandWords } from '../domain-command.ts';
import { findErrorProblems } from '../domain-errors.ts';
import { findSharedKeys } from '../shared-keys.ts';
import { findCommandMistakes, findGroupMistakes } from './command-problems.ts';
import { CompositionError } from './composition-error.ts';

/** Finds mistakes in the domains that do not depend on the schema. */
export const findDomainProblems = (
  domains: readonly AnyDomain[],
  packages: readonly CommandOwner[],
): readonly Mistake[] => [
  ...named('part-defined-twice', findDoubles(domains, partsOf)),
  ...findCommandProblems(domains, packages),
  ...named('invalid-error-code', domains.flatMap(findErrorProblems)),
  ...named('invalid-event-table', domains.flatMap(findBadTables)),
  ...named('event-without-read', findUnreadEvents(domains)),
];

/**
 * Finds costs, policies and resolvers of the domains for which the schema has no field, type or policy, and root fields
 * that no domain resolves. Returns one line for each, by coordinate.
 */
export const findSchemaProblems = (
  schema: GraphQLSchema,
  domains: readonly AnyDomain[],
  others: readonly IResolvers[],
): readonly Mistake[] => [
  ...domains.flatMap((domain) => [
    ...named(
      'unknown-coordinate',
      findStrays(
        domain.costs,
        fieldCoordinates(schema),
        `costs of the domain ${domain.name}: there is no such field`,
      ),
    ),
    ...named(
      'policy-undeclared',
      findStrays(
        domain.policies,
        policyNames(schema),
        `policies of the domain ${domain.name}: it is not in the enum Policy`,
      ),
    ),
    ...named('unknown-coordinate', [
      ...findStrayTypes(schema, domain),
      ...findStrayConstraints(schema, domain),
      ...findStrayResolvers(schema, domain),
    ]),
  ]),
  ...named(
    'unresolved-root-field',
    findUnresolved(schema, [...others, ...domains.map(({ resolvers = {} }) => resolvers)]),
  ),
];

/** A domain or a package. */
interface CommandOwner {
  readonly name: string;
  readonly commands?: Readonly<Record<string, CommandWords>>;
  readonly schemaCommands?: Readonly<Record<string, CommandWords>>;
}

const commandsOf = ({ commands = {}, schemaCommands = {} }: CommandOwner) => [
  ...Object.entries(commands),
  ...Object.entries(schemaCommands),
];

/** Checks only the commands, without a schema. @throws {CompositionError} */
export function requireSoundCommands(
  domains: readonly CommandOwner[],
  packages: readonly CommandOwner[],
): void {
  const problems = findCommandProblems(domains, packages);
  if (problems.length > 0) throw new CompositionError(problems);
}

const findCommandProblems = (
  domains: readonly CommandOwner[],
  packages: readonly CommandOwner[],
): readonly Mistake[] => [
  ...named(
    'part-defined-twice',
    findDoubles([...domains, ...packages], (owner) =>
      commandsOf(owner).map(([name]) => `commands: ${name}`),
    ),
  ),
  ...named('invalid-command', [
    ...findGroupMistakes(
      [...domains, ...packages].flatMap((owner) => commandsOf(owner).map(([name]) => name)),
    ).map((mistake) => `commands: ${mistake}`),
    ...domains.flatMap((owner) => findBadCommands(owner, 'domain')),
    ...packages.flatMap((owner) => findBadCommands(owner, 'package')),
  ]),
];

const findBadCommands = (owner: CommandOwner, kind: 'domain' | 'package'): readonly string[] =>
  commandsOf(owner).flatMap(([name, command]) =>
    findCommandMistakes(name, command).map(
      (mistake) => `${name}: commands of the ${kind} ${owner.name}: ${mistake}`,
    ),
  );

/** As the table of events requires: with another name, each insert would fail in the trigger. */
const tableForm = /^[a-z0-9_.]{1,130}$/;

const findBadTables = ({ name, events = {} }: AnyDomain): readonly string[] =>
  Object.entries(events)
    .filter(([, { table }]) => !tableForm.test(table))
    .map(
      ([field]) =>
        `${field}: events of the domain ${name}: a table has at most 130 characters of a to z, 0 to 9, \`_\` and \`.\`: name it in lower case`,
    );

function findUnreadEvents(domains: readonly AnyDomain[]): readonly string[] {
  const types = new Set(domains.flatMap((domain) => Object.keys(domain.types ?? {})));
  return domains.flatMap(({ name, events = {} }) =>
    Object.entries(events)
      .filter(([, { read, type = '' }]) => read === undefined && !types.has(type))
      .map(
        ([field]) =>
          `${field}: events of the domain ${name}: add \`read\`, or a \`type\` that is in \`types\` of a domain`,
      ),
  );
}

const partsOf = ({
  types = {},
  policies = {},
  loaders = {},
  events = {},
  errors = {},
  constraints = {},
}: AnyDomain): readonly string[] => [
  ...Object.keys(types).map((key) => `types: ${key}`),
  ...Object.keys(policies).map((key) => `policies: ${key}`),
  ...Object.keys(loaders).map((key) => `loaders: ${key}`),
  ...Object.keys(events).map((key) => `events: ${key}`),
  ...Object.keys(errors).map((key) => `errors: ${key}`),
  ...Object.keys(constraints).map((key) => `constraints: ${key}`),
];

/** Finds parts with the same name in several domains: the later one would replace the earlier one. */
const findDoubles = <Owner extends { readonly name: string }>(
  owners: readonly Owner[],
  keysOf: (owner: Owner) => readonly string[],
): readonly string[] =>
  findSharedKeys(owners, keysOf).map(
    ({ key, names }) => `${key}: more than one domain has it (${names.join(', ')})`,
  );

/** Finds the keys of a part of a domain that the schema does not know. */
const findStrays = (
  part: object = {},
  known: ReadonlySet<string>,
  problem: string,
): readonly string[] =>
  Object.keys(part)
    .filter((key) => !known.has(key))
    .map((key) => `${key}: ${problem}${didYouMean(key, known)}`);

const findStrayTypes = (
  schema: GraphQLSchema,
  { name, types = {} }: AnyDomain,
): readonly string[] =>
  Object.keys(types)
    .filter((type) => !isCompositeType(schema.getType(type)))
    .map((type) => `${type}: types of the domain ${name}: there is no such type`);

const policyNames = (schema: GraphQLSchema): ReadonlySet<string> => {
  const type = schema.getType('Policy');
  return new Set(isEnumType(type) ? type.getValues().map((value) => value.name) : []);
};

function findStrayResolvers(
  schema: GraphQLSchema,
  { name, resolvers = {} }: AnyDomain,
): readonly string[] {
  return Object.entries(resolvers).flatMap(([typeName, ofType]) => {
    const type = schema.getType(typeName);
    const where = `resolvers of the domain ${name}`;
    if (type === undefined) return [`${typeName}: ${where}: there is no such type`];
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.keys(ofType)
      .filter((field) => !field.startsWith('__') && type.getFields()[field] === undefined)
      .map((field) => `${typeName}.${field}: ${where}: there is no such field`);
  });
}

/** Finds root fields without a resolver, which would always return null. */
function findUnresolved(
  schema: GraphQLSchema,
  resolvers: readonly IResolvers[],
): readonly string[] {
  const resolved = new Set(
    resolvers.flatMap((each) =>
      Object.entries(each).flatMap(([typeName, ofType]) =>
        Object.keys(ofType).map((field) => `${typeName}.${field}`),
      ),
    ),
  );
  const problem = 'no domain resolves this root field';
  return [...getRootTypes(schema)].flatMap((root) =>
    Object.values(root.getFields()).flatMap((field) => {
      const coordinate = `${root.name}.${field.name}`;
      return resolved.has(coordinate)
        ? []
        : [describeOffence({ coordinate, problem, ...fileOf(field) })];
    }),
  );
}

const fieldCoordinates = (schema: GraphQLSchema): ReadonlySet<string> =>
  new Set(
    Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) || isInterfaceType(type)
        ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
        : [],
    ),
  );
