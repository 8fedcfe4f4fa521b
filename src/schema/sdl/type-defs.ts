import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  type EnumValueDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  Source,
  visit,
} from 'graphql';
import { globSync } from 'tinyglobby';
import type { Mistake } from '../../error-pages.ts';
import { didYouMean } from '../../values/nearest-name.ts';
import type { AnyDomain } from '../domain.ts';

/** Type definitions, and a line for each mistake in them. */
export interface CheckedTypeDefs {
  readonly documents: readonly DocumentNode[];
  readonly problems: readonly Mistake[];
}

/**
 * Reads the type definitions of domains. Reports paths and globs without a file, and syntax errors, as problems.
 *
 * @param directory the folder that paths and globs are relative to.
 */
export function readTypeDefs(
  domains: readonly Pick<AnyDomain, 'name' | 'typeDefs'>[],
  directory: string,
): CheckedTypeDefs {
  const documents: DocumentNode[] = [];
  const problems: Mistake[] = [];
  const read = (source: Source): void => {
    try {
      documents.push(parse(source));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? [];
      const problem = `${source.name}:${line}:${column}: ${error.message}`;
      problems.push({ name: 'sdl-syntax', problem });
    }
  };
  for (const { name, typeDefs } of domains) {
    for (const each of [typeDefs].flat()) {
      if (typeof each !== 'string') documents.push(each);
      else if (isSdl(each)) read(new Source(each, `SDL of the domain ${name}`));
      else {
        const files = findFiles(each, directory);
        if (files.length === 0) {
          const problem = `${resolve(directory, each)}: no such file`;
          problems.push({ name: 'sdl-file-missing', problem });
        }
        for (const file of files) {
          read(new Source(readFileSync(file, 'utf8'), relative(directory, file)));
        }
      }
    }
  }
  return { documents, problems };
}

const findFiles = (glob: string, cwd: string): readonly string[] =>
  globSync(glob, { cwd, absolute: true, expandDirectories: false }).sort();

/** Whether a text is SDL, with or without a mistake in it. Otherwise it is a path or a glob. */
const isSdl = (text: string): boolean => looksLikeSdl.test(text) || isSound(text);

/** Matches what no path has: a line break, or a brace with a colon in it, or without an end. */
const looksLikeSdl = /[\n\r]|\{[^{}]*(?::|$)/;

function isSound(sdl: string): boolean {
  try {
    parse(sdl);
    return true;
  } catch {
    return false;
  }
}

/** Returns the values of an enum in all documents, in order, from its definition and its extensions. */
export const enumValues = (documents: readonly DocumentNode[], name: string): readonly string[] =>
  enumValueNodes(documents, name).map((value) => value.name.value);

/** Returns the same values as `enumValues`, with their directives. */
export const enumValueNodes = (
  documents: readonly DocumentNode[],
  name: string,
): readonly EnumValueDefinitionNode[] =>
  documents
    .flatMap(({ definitions }) => definitions)
    .flatMap((node) => (isEnumNamed(node, name) ? (node.values ?? []) : []));

const isEnumNamed = (
  node: DefinitionNode,
  name: string,
): node is EnumTypeDefinitionNode | EnumTypeExtensionNode =>
  (node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_EXTENSION) &&
  node.name.value === name;

/** Adds directives to groups. `more` returns those of one group, by its name. */
export function addToGroups(
  documents: readonly DocumentNode[],
  more: (name: string) => readonly ConstDirectiveNode[],
): readonly DocumentNode[] {
  const visitor = <Node extends EnumTypeDefinitionNode | EnumTypeExtensionNode>(
    node: Node,
  ): Node | undefined =>
    node.name.value === 'Group'
      ? {
          ...node,
          values: (node.values ?? []).map((value) => ({
            ...value,
            directives: [...(value.directives ?? []), ...more(value.name.value)],
          })),
        }
      : undefined;
  return documents.map((each) =>
    visit(each, { EnumTypeDefinition: visitor, EnumTypeExtension: visitor }),
  );
}

/** Parses directives, such as `@auth(maxAge: 900)`. */
export function parseDirectives(sdl: string): readonly ConstDirectiveNode[] {
  const [node] = parse(`scalar Any ${sdl}`, { noLocation: true }).definitions;
  return node?.kind === Kind.SCALAR_TYPE_DEFINITION ? (node.directives ?? []) : [];
}

/** Describes a name that is not in the enum `Group`. */
export const describeUnknownGroup = (name: string, groups: readonly string[]): string =>
  `${name} is not in the enum Group${didYouMean(name, groups)}`;
