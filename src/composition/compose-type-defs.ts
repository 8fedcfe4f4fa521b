import type { DocumentNode } from 'graphql';
import type { Domain } from './domain.ts';
import { externalTypeDefs } from './external-schema.ts';
import { findDoubleTypes } from './find-problems.ts';
import { createGroups, type Groups } from './groups.ts';
import type { Project } from './project.ts';
import { sdlFile } from './sdl-file.ts';
import { CompositionError, enumValues, readTypeDefs, replaceGuards } from './type-defs.ts';

/** The type definitions of all domains, before they are one schema. */
export interface ComposedTypeDefs {
  readonly documents: readonly DocumentNode[];
  readonly groups: Groups;
  /** A line for each mistake that was found so far. Composing the schema throws them, together with its own. */
  readonly problems: readonly string[];
}

/**
 * Joins the type definitions of Gatehouse's own domains and of the project's.
 *
 * @throws {CompositionError} for files that are missing, and for types that are defined more than once.
 */
export function composeTypeDefs(own: readonly Domain[], project: Project): ComposedTypeDefs {
  const { directory, config } = project;
  const ofGatehouse = [
    sdlFile(new URL('base.graphql', import.meta.url)),
    ...own.flatMap((domain) => readTypeDefs(domain, directory)),
  ];
  const ofProject = (config.domains ?? []).flatMap((domain) => readTypeDefs(domain, directory));
  const doubles = findDoubleTypes([...ofGatehouse, ...ofProject]);
  if (doubles.length > 0) throw new CompositionError(doubles);
  const ofDomains = [...ofGatehouse, ...ofProject];
  if (config.schema !== undefined) ofProject.push(externalTypeDefs(config.schema, ofDomains));
  const groups = createGroups(enumValues([...ofGatehouse, ...ofProject], 'Group'));
  const { documents, problems } = replaceGuards(ofGatehouse, config.guards ?? {}, groups.names);
  const unknown = (config.newUserGroups ?? [])
    .filter((name) => !groups.has(name))
    .map((name) => `newUserGroups: ${name} is not in the enum Group`);
  return { documents: [...documents, ...ofProject], groups, problems: [...problems, ...unknown] };
}
