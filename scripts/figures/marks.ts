// Marks around what a script writes into a page: `<!-- figure: sigkill.rows -->1,343<!-- / -->`. In blocks of code there are
// none, because code shows comments.

export type MarkKind = 'figure' | 'limit';

const mark = /(?<start><!-- (?<kind>figure|limit): (?<name>\S+) -->)[^\n]*?(?<end><!-- \/ -->)/g;
const parts = /<!-- (?:figure|limit): .*?-->|<!-- \/ -->/g;
const blocks = /^( *```.*?^ *```)/gms;

/** Replaces the text between each pair of marks. */
export const fillMarks = (page: string, textOf: (name: string, kind: MarkKind) => string): string =>
  outsideOfBlocks(page, (text) =>
    text.replaceAll(mark, (_all, start: string, kind: MarkKind, name: string, end: string) =>
      [start, textOf(name, kind), end].join(''),
    ),
  );

/** The names in the marks of a page, each as often as it is there. */
export const namesIn = (page: string, kind: MarkKind): readonly string[] =>
  [...withoutBlocks(page).matchAll(mark)].flatMap(({ groups }) =>
    groups?.name !== undefined && groups.kind === kind ? [groups.name] : [],
  );

/** Removes the marks, and keeps the text between them. */
export const withoutMarks = (page: string): string =>
  outsideOfBlocks(page, (text) => text.replaceAll(parts, ''));

/**
 * Lines whose marks would change the page: halves of a pair, one inside another, and marks at the start of a line, where a
 * comment begins a block of HTML, in which Markdown stays as it is written (CommonMark, 4.6).
 */
export const misplacedMarks = (page: string): readonly string[] =>
  withoutBlocks(page)
    .split('\n')
    .filter(
      (line) =>
        has(line) &&
        (/^[\s>]*([-*+] +|\d+\. +)?<!--/.test(line) ||
          has(line.replaceAll(mark, '')) ||
          [...line.matchAll(mark)].some(([pair]) => (pair.match(parts) ?? []).length !== 2)),
    );

const has = (text: string): boolean => text.match(parts) !== null;

/** Every second part of a page is a block of code. */
const outsideOfBlocks = (page: string, change: (text: string) => string): string =>
  page
    .split(blocks)
    .map((text, index) => (index % 2 === 0 ? change(text) : text))
    .join('');

const withoutBlocks = (page: string): string => page.replaceAll(blocks, '');
