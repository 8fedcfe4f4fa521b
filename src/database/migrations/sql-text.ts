/** Comments, strings and quoted names of SQL. A nested comment is read as one that ends early. */
const quoted =
  /--.*|\/\*[\s\S]*?\*\/|\bE'(?:\\[\s\S]|[^'\\])*'|'[^']*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$/gi;

/** Replaces comments, strings and quoted names by spaces. */
export const withoutQuoted = (script: string): string => script.replaceAll(quoted, ' ');

/** Replaces comments and strings by spaces. */
export const withoutComments = (script: string): string =>
  script.replaceAll(quoted, (text) => (text.startsWith('"') ? text : ' '));

export interface Statement {
  readonly text: string;
  /** The line in which it begins, from 1. */
  readonly line: number;
}

/** Splits a script at its semicolons. The body of a function in SQL after BEGIN ATOMIC is split too. */
export function statementsOf(script: string): readonly Statement[] {
  const blank = script.replaceAll(quoted, (text) =>
    text.startsWith('"') ? text.replaceAll(';', ' ') : text.replaceAll(/[^\n]/g, ' '),
  );
  return [...blank.matchAll(/\s*([^;]*);?/g)].flatMap(({ 0: whole, 1: code = '', index }) => {
    if (code.trim() === '') return [];
    const before = script.slice(0, index + whole.indexOf(code));
    const text = script.slice(index, index + whole.length);
    return [{ text, line: before.split('\n').length }];
  });
}
