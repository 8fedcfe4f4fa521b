import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './process.ts';

/** The text of a file of the repository. */
export const readPage = (page: string): string => readFileSync(join(repository, page), 'utf8');

/** The Markdown files in a folder of the repository and in the folders below it. */
export const pagesBelow = (folder: string): readonly string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file))
    .sort();

/** The Markdown files in a folder of the repository. */
export const pagesIn = (folder: string): readonly string[] =>
  readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

/** Pages with code: guides, references, and what packages say of themselves. */
export const pagesWithCode = (): readonly string[] => [
  'README.md',
  ...pagesBelow('docs/guides'),
  ...pagesBelow('docs/reference'),
  ...readdirSync(join(repository, 'packages'))
    .map((name) => `packages/${name}/README.md`)
    .filter((page) => existsSync(join(repository, page))),
];

/** A fenced block of a page. */
export interface Block {
  /** The comment above it, such as `run` or `file: src/note.ts`; undefined without one. */
  readonly mark: string | undefined;
  /** As the fence names it, such as `ts`; empty without one. */
  readonly language: string;
  /** Without the indentation of the fence. */
  readonly text: string;
}

const fence =
  /(?:^ *<!-- (?<mark>[^>]*?) -->\n\n)?^(?<indent> *)```(?<language>\w*)\n(?<text>.*?)^\k<indent>```$/gms;

/** The fenced blocks of a page, in their order. */
export const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(fence)].map(({ groups = {} }) => ({
    mark: groups.mark,
    language: groups.language ?? '',
    text: (groups.text ?? '').replaceAll(new RegExp(`^${groups.indent ?? ''}`, 'gm'), ''),
  }));

/** What a mark names: `file: src/note.ts` names `src/note.ts` with the key `file`. */
export const namedBy = ({ mark = '' }: Block, key: string): string | undefined =>
  mark.startsWith(`${key}: `) ? mark.slice(key.length + 2) : undefined;
