import type { DocumentNode } from 'graphql';
import { named } from '../../error-pages.ts';
import { didYouMean } from '../../values/nearest-name.ts';
import {
  addToGroups,
  type CheckedTypeDefs,
  describeUnknownGroup,
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
