import { readdirSync, readFileSync } from 'node:fs';
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

/** A fenced block of a page. */
export interface Block {
  /** The comment above it, such as `run` or `file: src/note.ts`; undefined without one. */
  readonly mark: string | undefined;
  /** Without the indentation of the fence. */
  readonly text: string;
}

const fence =
  /(?:^ *<!-- (?<mark>[^>]*?) -->\n\n)?^(?<indent> *)```\w*\n(?<text>.*?)^\k<indent>```$/gms;

/** The fenced blocks of a page, in their order. */
export const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(fence)].map(({ groups = {} }) => ({
    mark: groups.mark,
    text: (groups.text ?? '').replaceAll(new RegExp(`^${groups.indent ?? ''}`, 'gm'), ''),
  }));

/** What a mark names: `file: src/note.ts` names `src/note.ts` with the key `file`. */
export const namedBy = ({ mark = '' }: Block, key: string): string | undefined =>
  mark.startsWith(`${key}: `) ? mark.slice(key.length + 2) : undefined;
