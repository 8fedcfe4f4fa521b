import type { Matrix } from './matrix-rows.ts';

/** What a program for tables would take for a formula. */
const formulaStart = /^[=+\-@\t\r]/;

/** Writes a text as a field of CSV (RFC 4180). One that looks like a formula is marked as text. */
function toField(text: string): string {
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const linesOf = ({ columns, rows }: Matrix): readonly (readonly string[])[] => [
  ['coordinate', 'requirement', ...columns],
  ...rows.map(({ coordinate, requirement, cells }) => [coordinate, requirement, ...cells]),
];

/** Writes a matrix as CSV. Pure. */
export const toCsv = (matrix: Matrix): string =>
  linesOf(matrix)
    .map((fields) => `${fields.map(toField).join(',')}\r\n`)
    .join('');

const escapeCell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r?\n/g, ' ');

/** Writes a matrix as Markdown with a title. Pure. */
export function toMarkdown(matrix: Matrix, title: string): string {
  const [head = [], ...lines] = linesOf(matrix).map(
    (cells) => `| ${cells.map(escapeCell).join(' | ')} |`,
  );
  const rule = `| ${['coordinate', 'requirement', ...matrix.columns].map(() => '---').join(' | ')} |`;
  return `# ${title}\n\n${[head, rule, ...lines].join('\n')}\n`;
}
