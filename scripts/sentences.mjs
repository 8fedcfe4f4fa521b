// The parts of a module of TypeScript that people read: its sentences.
import { parseSync, Visitor } from 'vite';

/** At least two words, the first of which is no code, or one word that begins as a label does. */
const sentence = /[a-zA-Z]{2,}[,:;.]? [a-zA-Z(`]|^[A-Z][a-z-]+$/;
/** A statement of SQL or GraphQL, or a part of one. */
const statement =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|AS|WHERE|UNION|LOCK|CREATE|ALTER|SET) |::|^[\s{]*(?:query|mutation|subscription|fragment|extend|viewer)\b.*\{/;
const code = /`[^`\n]+`/g;

/** Replaces a part of a text by spaces, so that all others keep their places. */
export const blank = (text) => text.replaceAll(/[^\n]/g, ' ');

/**
 * Returns the text of a module without all that is no sentence: code, statements, words that are no label. What is left
 * keeps its place.
 *
 * @throws {Error} for what is no TypeScript
 */
export function sentencesOf(text, path) {
  const { program, errors } = parseSync(path, text, { astType: 'ts' });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const kept = [];
  const keep = ({ start, end }, value) => {
    if (sentence.test(value) && !statement.test(value)) kept.push({ start, end });
  };
  new Visitor({
    Literal: (node) => typeof node.value === 'string' && keep(node, node.value),
    TemplateLiteral({ quasis }) {
      const text = quasis.map(({ value }) => value.raw).join('x');
      // Without what begins and ends each part: two backticks are no code.
      for (const { start, end } of quasis) keep({ start: start + 1, end: end - 1 }, text);
    },
    // A single word can be the label of a button.
    JSXText: ({ start, end }) => kept.push({ start, end }),
  }).visit(program);
  let end = 0;
  // A sentence can be in an expression of another.
  const parts = kept
    .sort((one, other) => one.start - other.start)
    .map((part) => {
      const before = blank(text.slice(end, part.start));
      end = part.end;
      return before + text.slice(part.start, part.end).replaceAll(code, blank);
    });
  return parts.join('') + blank(text.slice(end));
}
