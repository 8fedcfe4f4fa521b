import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ESTree, parseSync } from 'vite';
import { readPage } from './documents.ts';
import { repository } from './process.ts';

/** The public doors: the modules that can be imported, and their files. */
export function publicDoors(): ReadonlyMap<string, string> {
  const { paths }: { readonly paths: Readonly<Record<string, readonly [string]>> } = JSON.parse(
    readFileSync(join(repository, 'tsconfig.json'), 'utf8'),
  ).compilerOptions;
  return new Map(Object.entries(paths).map(([door, [file]]) => [door, file]));
}

/** The names that a module exports, types included. @throws {Error} for an export whose names are not in the file. */
export const exportsOf = (file: string): readonly string[] =>
  parseSync(file, readPage(file)).program.body.flatMap((statement) => {
    if (statement.type === 'ExportNamedDeclaration') return exportedBy(statement);
    if (statement.type.startsWith('Export')) throw new Error(`${file} has a ${statement.type}.`);
    return [];
  });

const exportedBy = ({
  specifiers,
  declaration,
}: ESTree.ExportNamedDeclaration): readonly string[] => [
  ...specifiers.map(({ exported }) => nameOf(exported)),
  ...(declaration === null ? [] : declaredBy(declaration)),
];

function declaredBy(declaration: ESTree.Declaration): readonly string[] {
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.map(({ id }) => nameOf(id));
  }
  return 'id' in declaration && declaration.id !== null ? [nameOf(declaration.id)] : [];
}

/** The properties and methods of an interface, except for those that are for internal use. */
export function membersOf(file: string, name: string): readonly string[] {
  const text = readPage(file);
  const { program, comments } = parseSync(file, text);
  const found = program.body
    .map((statement) => ('declaration' in statement ? statement.declaration : statement))
    .find((each) => each?.type === 'TSInterfaceDeclaration' && nameOf(each.id) === name);
  if (found?.type !== 'TSInterfaceDeclaration') throw new Error(`${file} has no ${name}.`);
  const internal = comments.filter(({ value }) => value.includes('For internal use'));
  const isInternal = ({ start }: ESTree.Node) =>
    internal.some(({ end }) => end < start && /^\s*$/.test(text.slice(end, start)));
  const members = found.body.body.filter((member) => !isInternal(member));
  return [...new Set(members.flatMap((member) => ('key' in member ? [nameOf(member.key)] : [])))];
}

function nameOf(node: ESTree.Node): string {
  if (node.type === 'Identifier') return node.name;
  throw new Error(`A name was expected, not a ${node.type}.`);
}
