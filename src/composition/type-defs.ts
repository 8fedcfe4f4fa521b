import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  Kind,
  parse,
  Source,
  visit,
} from 'graphql';
import { globSync } from 'tinyglobby';
import type { Domain } from './domain.ts';

/** What is wrong with a project's domains. Lists every problem, so that one start tells them all. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The schema cannot be composed:\n${problems.map((each) => `  ${each}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the type definitions of one domain.
 *
 * @param directory the folder that paths and globs start from.
 * @throws {CompositionError} when a path or glob names no file. @throws {GraphQLError} for a syntax error.
 */
export const readTypeDefs = (
  { name, typeDefs }: Pick<Domain, 'name' | 'typeDefs'>,
  directory: string,
): readonly DocumentNode[] =>
  [typeDefs].flat().flatMap((each) => {
    if (typeof each !== 'string') return [each];
    if (isSdl(each)) return [parse(new Source(each, `SDL of the domain ${name}`))];
    const files = globSync(each, {
      cwd: directory,
      absolute: true,
      expandDirectories: false,
    }).sort();
    if (files.length === 0)
      throw new CompositionError([`${resolve(directory, each)}: no such file`]);
    return files.map((file) =>
      parse(new Source(readFileSync(file, 'utf8'), relative(directory, file))),
    );
  });

/** No path has a line break or a brace with a space behind it. */
const isSdl = (text: string): boolean => /[\n{]\s/.test(text) || /\}\s*$/.test(text);

/** The values of an enum in all documents, in their order: those of its definition and of its extensions. */
export const enumValues = (documents: readonly DocumentNode[], name: string): readonly string[] =>
  documents
    .flatMap(({ definitions }) => definitions)
    .flatMap((node) => (isEnumNamed(node, name) ? (node.values ?? []) : []))
    .map((value) => value.name.value);

const isEnumNamed = (
  node: DefinitionNode,
  name: string,
): node is EnumTypeDefinitionNode | EnumTypeExtensionNode =>
  (node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_EXTENSION) &&
  node.name.value === name;

/** Replaces `requires` of the `@auth` at each coordinate. */
export type Guards = Readonly<Record<string, readonly string[]>>;

/** Documents with replaced guards, and what is wrong with the replacements. */
export interface ReplacedGuards {
  readonly documents: readonly DocumentNode[];
  /** A line for each coordinate that is no field of Gatehouse, and for each unknown group. */
  readonly problems: readonly string[];
}

/** Replaces guards of Gatehouse's own fields. */
export function replaceGuards(
  documents: readonly DocumentNode[],
  guards: Guards,
  groups: readonly string[],
): ReplacedGuards {
  const missing = new Set(Object.keys(guards));
  const replaced = documents.map((document): DocumentNode => {
    let typeName = '';
    return visit(document, {
      ObjectTypeDefinition: ({ name }) => {
        typeName = name.value;
      },
      ObjectTypeExtension: ({ name }) => {
        typeName = name.value;
      },
      FieldDefinition: (field) => {
        const coordinate = `${typeName}.${field.name.value}`;
        const requires = guards[coordinate];
        if (requires === undefined) return undefined;
        missing.delete(coordinate);
        if (!requires.every((name) => groups.includes(name))) return undefined;
        return {
          ...field,
          directives: field.directives?.map((each) => withGroups(each, requires)) ?? [],
        };
      },
    });
  });
  const unknown = Object.entries(guards).flatMap(([coordinate, names]) =>
    names
      .filter((name) => !groups.includes(name))
      .map((name) => `${coordinate}: guards: ${name} is not in the enum Group`),
  );
  const problems = [
    ...[...missing].map((coordinate) => `${coordinate}: guards: Gatehouse has no such field`),
    ...unknown,
  ];
  return { documents: replaced, problems };
}

function withGroups(directive: ConstDirectiveNode, groups: readonly string[]): ConstDirectiveNode {
  if (directive.name.value !== 'auth') return directive;
  const { loc: _replaced, ...kept } = directive;
  const others = (directive.arguments ?? []).filter(({ name }) => name.value !== 'requires');
  const requires: ConstArgumentNode = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'requires' },
    value: { kind: Kind.LIST, values: groups.map((value) => ({ kind: Kind.ENUM, value })) },
  };
  return { ...kept, arguments: [requires, ...others] };
}
