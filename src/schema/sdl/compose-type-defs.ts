import { type DocumentNode, isSchema } from 'graphql';
import { type Mistake, named } from '../../error-pages.ts';
import { createGroups, type Groups } from '../../values/groups.ts';
import type { AnyDomain } from '../domain.ts';
import { packagesOf } from '../packages/packages.ts';
import type { GatehouseConfig, Project } from '../project.ts';
import { CompositionError } from './composition-error.ts';
import { externalTypeDefs } from './external-schema.ts';
import { findDuplicateTypes } from './find-duplicate-types.ts';
import { findDomainProblems } from './find-problems.ts';
import { readImplications, readPlaceTypes, readRunningGroups } from './group-directives.ts';
import { guardGroups } from './group-guards.ts';
import { addImplications } from './implications.ts';
import { openPlaceGrants } from './open-place-grants.ts';
import { replaceGuards } from './replace-guards.ts';
import { sdlFile } from './sdl-file.ts';
import { describeUnknownGroup, enumValues, readTypeDefs } from './type-defs.ts';

/** The type definitions of all domains, not yet joined to one schema. */
export interface ComposedTypeDefs {
  readonly documents: readonly DocumentNode[];
  readonly groups: Groups;
  /** One line for each mistake so far. `composeSchema` throws them together with its own. */
  readonly problems: readonly Mistake[];
}

/** The domains of Gatehouse, of packages and of the project. */
interface Domains {
  readonly own: readonly AnyDomain[];
  /** Gatehouse's own for groups that are held in places: part of schemas with such groups alone. */
  readonly ofPlaces: readonly AnyDomain[];
  readonly ofPackages: readonly AnyDomain[];
  readonly ofProject: readonly AnyDomain[];
}

/**
 * Joins the type definitions of Gatehouse's own domains and of those of packages and of the project.
 *
 * @throws {CompositionError} with every mistake so far, when files or the external schema cannot be read. Otherwise
 *   all references to their types would be reported too. @throws {ProjectConfigError}
 */
export function composeTypeDefs(
  { own, ofPlaces, ofPackages, ofProject: domains }: Domains,
  { directory, config }: Project,
): ComposedTypeDefs {
  const { guards = {}, implies = {} } = config;
  const ofOwn = readTypeDefs(own, directory);
  const base = [sdlFile(new URL('../base.graphql', import.meta.url)), ...ofOwn.documents];
  const packaged = readTypeDefs(ofPackages, directory);
  const ofDomains = readTypeDefs(domains, directory);
  const schema = isSchema(config.schema) ? config.schema : undefined;
  const external =
    schema === undefined
      ? { documents: [], problems: config.schema === undefined ? [] : noSchema }
      : externalTypeDefs(schema, [...base, ...packaged.documents, ...ofDomains.documents]);
  const written = [...ofDomains.documents, ...external.documents];
  const names = enumValues([...base, ...packaged.documents, ...written], 'Group');
  const placeTypes = readPlaceTypes({
    documents: [...packaged.documents, ...written],
    external: schema,
  });
  const ofGatehouse =
    placeTypes.size === 0
      ? base
      : [...openPlaceGrants(base), ...readTypeDefs(ofPlaces, directory).documents];
  const implying = addImplications(ofGatehouse, implies, names);
  const replaceable = [...implying.documents, ...packaged.documents];
  const all = { documents: [...replaceable, ...written], external: schema };
  const groups = createGroups(names, readImplications(all), placeTypes);
  const replaced = replaceGuards(replaceable, guards, names);
  const ownCount = implying.documents.length;
  const ofProject = [...replaced.documents.slice(ownCount), ...written];
  const unnamed = schema === undefined ? 'unknown' : '`schema`';
  const single = findDuplicateTypes({
    own: replaced.documents.slice(0, ownCount),
    project: ofProject,
    unnamed,
  });
  const unreadable = [...packaged.problems, ...ofDomains.problems, ...external.problems];
  const unknown = [
    ...replaced.problems,
    ...implying.problems,
    ...named('group-without-place', placedNewUserGroups(config, groups)),
    ...named('unknown-group', [
      ...unknownGroupsIn('newUserGroups', config.newUserGroups, groups),
      ...unknownGroupsIn('groupSets', config.groupSets?.flat(), groups),
      ...unknownFactorGroups(config, groups),
    ]),
  ];
  const problems = [
    ...unreadable,
    ...single.problems,
    ...findDomainProblems([...own, ...ofPlaces, ...ofPackages, ...domains], packagesOf(config)),
    ...named('group-name-too-long', findLongGroups(names)),
    // An unknown group may be in a file that cannot be read.
    ...(ofDomains.problems.length > 0 ? [] : unknown),
  ];
  if (unreadable.length > 0) throw new CompositionError(problems);
  const fresh = new Set([
    ...packagesOf(config).flatMap(({ groupFactors = {} }) => Object.keys(groupFactors)),
    ...readRunningGroups(all),
  ]);
  return { documents: guardGroups(single.documents, groups, fresh), groups, problems };
}

/** As the table of memberships requires. */
const maxGroupLength = 128;

const findLongGroups = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => name.length > maxGroupLength)
    .map((name) => `Group.${name}: the name of a group has at most ${maxGroupLength} characters`);

const noSchema = named('external-schema', ['schema: it must be a GraphQLSchema of graphql-js']);

const unknownGroupsIn = (
  property: 'newUserGroups' | 'groupSets',
  names: readonly string[] = [],
  groups: Groups,
): readonly string[] =>
  names
    .filter((name) => !groups.has(name))
    .map((name) => `${property}: ${describeUnknownGroup(name, groups.names)}`);

/** A new user is in no place, where such a group would open nothing. */
const placedNewUserGroups = (
  { newUserGroups = [] }: GatehouseConfig,
  groups: Groups,
): readonly string[] =>
  newUserGroups.flatMap((name) => {
    const type = groups.placeTypeOf(name);
    return type === undefined
      ? []
      : [`newUserGroups: ${name} is held within one ${type}: grant it there`];
  });

/** A misspelt group would not be protected. */
const unknownFactorGroups = (config: GatehouseConfig, groups: Groups): readonly string[] =>
  packagesOf(config).flatMap(({ name: owner, groupFactors = {} }) =>
    Object.keys(groupFactors)
      .filter((name) => !groups.has(name))
      .map((name) => `the package ${owner}: ${describeUnknownGroup(name, groups.names)}`),
  );
