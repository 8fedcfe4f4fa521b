import type { Implications } from '@graphql-gatehouse/authorization/decision';
import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  isEnumType,
  type ValueNode,
} from 'graphql';
import { named } from '../../error-pages.ts';
import { didYouMean } from '../../values/nearest-name.ts';
import {
  addToGroups,
  type CheckedTypeDefs,
  describeUnknownGroup,
  enumValueNodes,
  enumValues,
  parseDirectives,
} from './type-defs.ts';

/**
 * Adds `@implies` to Gatehouse's own groups, which the SDL of a project cannot repeat. Reports groups that are not
 * Gatehouse's own, and unknown implied groups, as problems. The composed schema is checked for circles.
 *
 * @param documents the type definitions of Gatehouse.
 * @param groups the values of the composed enum `Group`.
 */
export function addImplications(
  documents: readonly DocumentNode[],
  implies: Readonly<Record<string, readonly string[]>>,
  groups: readonly string[],
): CheckedTypeDefs {
  const own = enumValues(documents, 'Group');
  const entries = Object.entries(implies);
  const foreign = entries.map(([name]) => name).filter((name) => !own.includes(name));
  const unknown = entries.flatMap(([name, implied]) =>
    implied.filter((each) => !groups.includes(each)).map((each) => [name, each] as const),
  );
  const problems = [
    ...named(
      'group-not-own',
      foreign.map((name) => `implies: ${describeForeignGroup(name, own, groups)}`),
    ),
    ...named(
      'unknown-group',
      unknown.map(([name, each]) => `implies: ${name}: ${describeUnknownGroup(each, groups)}`),
    ),
  ];
  const directives = new Map(
    problems.length > 0
      ? []
      : entries.map(([name, implied]) => [
          name,
          parseDirectives(`@implies(groups: [${implied.join(', ')}])`),
        ]),
  );
  return { documents: addToGroups(documents, (name) => directives.get(name) ?? []), problems };
}

function describeForeignGroup(
  name: string,
  own: readonly string[],
  groups: readonly string[],
): string {
  return groups.includes(name)
    ? `${name} is not one of Gatehouse's own groups: use @implies where it is declared`
    : `${name} is not one of Gatehouse's own groups${didYouMean(name, own)}`;
}

/**
 * Reads the `@implies` of all groups, before the schema is composed. Mistakes are not reported here: the composed schema
 * is checked for them.
 *
 * @param external the external schema of the project, which can have them in `extensions.directives`.
 */
export function readImplications(
  documents: readonly DocumentNode[],
  external: GraphQLSchema | undefined,
): Implications {
  const inSdl = enumValueNodes(documents, 'Group').map(
    ({ name, directives = [] }) => [name.value, directives.flatMap(impliedIn)] as const,
  );
  const found = new Map<string, readonly string[]>();
  for (const [name, implied] of [...inSdl, ...inExtensions(external)]) {
    if (implied.length > 0) found.set(name, [...(found.get(name) ?? []), ...implied]);
  }
  return found;
}

const impliedIn = ({ name, arguments: entries = [] }: DirectiveNode): readonly string[] =>
  name.value === 'implies' ? entries.flatMap(({ value }) => namesIn(value)) : [];

/** A single value in place of a list is its only item. */
function namesIn(value: ValueNode): readonly string[] {
  if (value.kind === 'ListValue') return value.values.flatMap(namesIn);
  return value.kind === 'EnumValue' ? [value.value] : [];
}

function inExtensions(
  external: GraphQLSchema | undefined,
): readonly (readonly [string, readonly string[]])[] {
  const type = external?.getType('Group');
  if (!isEnumType(type)) return [];
  return type.getValues().map(({ name, extensions }) => {
    const directives = propertyOf(extensions, 'directives');
    // An argument, and all arguments of a directive, may be in a list or not.
    const groups = [propertyOf(directives, 'implies')]
      .flat()
      .flatMap((args) => propertyOf(args, 'groups'));
    return [name, groups.filter((each) => typeof each === 'string')] as const;
  });
}

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
