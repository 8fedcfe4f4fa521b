import { toCsvLine } from '../parts/csv.ts';
import type { Matrix } from './matrix-rows.ts';

const linesOf = ({ columns, rows }: Matrix): readonly (readonly string[])[] => [
  ['coordinate', 'requirement', ...columns],
  ...rows.map(({ coordinate, requirement, cells }) => [coordinate, requirement, ...cells]),
];

/** Writes a matrix as CSV. Pure. */
export const toCsv = (matrix: Matrix): string => linesOf(matrix).map(toCsvLine).join('');

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
