import type { ListedAccount } from './mail-text.ts';

export interface Piece {
  readonly text: string;
  readonly isValue: boolean;
}

export type Line = readonly Piece[];

/** A part of a mail, from which its plain text and its HTML are made. */
export type Block =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'accounts'; readonly accounts: readonly ListedAccount[] };

export interface Shown {
  /** By the name of the placeholder. Undefined or empty: the value is missing. */
  readonly words: ReadonlyMap<string, string | undefined>;
  readonly link: string | undefined;
  readonly accounts: readonly ListedAccount[];
}

/** Reads the paragraphs of a body, with its values. Lines and paragraphs whose values are missing are left out. */
export const readBody = (body: string, shown: Shown): readonly Block[] =>
  paragraphsOf(body).flatMap((paragraph): readonly Block[] => {
    if (paragraph === '{link}') {
      return shown.link === undefined ? [] : [{ kind: 'link', link: shown.link }];
    }
    if (paragraph === '{accounts}') {
      return shown.accounts.length === 0 ? [] : [{ kind: 'accounts', accounts: shown.accounts }];
    }
    const lines = paragraph.split('\n').flatMap((line) => {
      const pieces = fillLine(line.trim(), shown.words);
      return pieces === undefined ? [] : [pieces];
    });
    return lines.length === 0 ? [] : [{ kind: 'lines', lines }];
  });

export const paragraphsOf = (body: string): readonly string[] =>
  body
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '');

export const placeholder = /\{([a-z]+)\}/g;

/** Puts values into a line, once: braces in a value are text. Undefined: a value is missing. */
export function fillLine(line: string, words: Shown['words']): Line | undefined {
  const pieces: Piece[] = [];
  for (const [index, part] of line.split(placeholder).entries()) {
    // Each second part is a name.
    const isValue = index % 2 === 1;
    const text = isValue ? words.get(part) : part;
    if (text) pieces.push({ text, isValue });
    else if (isValue) return undefined;
  }
  return pieces;
}

export const lineText = (line: Line): string => line.map(({ text }) => text).join('');
