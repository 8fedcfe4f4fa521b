import type { DocumentNode } from 'graphql';
import type { Domain } from './domain.ts';
import { externalTypeDefs } from './external-schema.ts';
import { createGroups, type Groups } from './groups.ts';
import type { Project } from './project.ts';
import { sdlFile } from './sdl-file.ts';
import { CompositionError, enumValues, readTypeDefs, replaceGuards } from './type-defs.ts';

/** The type definitions of all domains, before they are one schema. */
export interface ComposedTypeDefs {
  readonly documents: readonly DocumentNode[];
  readonly groups: Groups;
}

/**
 * Joins the type definitions of Gatehouse's own domains and of the project's.
 *
 * @throws {CompositionError} for files that are missing, guards that replace nothing, types of one name, and
 *   unknown groups of new users.
 */
export function composeTypeDefs(own: readonly Domain[], project: Project): ComposedTypeDefs {
  const { directory, config } = project;
  const ofGatehouse = [
    sdlFile(new URL('base.graphql', import.meta.url)),
    ...own.flatMap(({ typeDefs }) => readTypeDefs(typeDefs, directory)),
  ];
  const ofProject = (config.domains ?? []).flatMap(({ typeDefs }) =>
    readTypeDefs(typeDefs, directory),
  );
  const ofDomains = [...ofGatehouse, ...ofProject];
  if (config.schema !== undefined) ofProject.push(externalTypeDefs(config.schema, ofDomains));
  const groups = createGroups(enumValues([...ofGatehouse, ...ofProject], 'Group'));
  const unknown = (config.newUserGroups ?? []).filter((name) => !groups.has(name));
  if (unknown.length > 0) {
    throw new CompositionError(
      unknown.map((name) => `newUserGroups: ${name} is not in the enum Group`),
    );
  }
  return {
    documents: [...replaceGuards(ofGatehouse, config.guards ?? {}, groups.names), ...ofProject],
    groups,
  };
}
