/** Comments, strings and quoted names of SQL. A nested comment is read as one that ends early. */
const quoted =
  /--.*|\/\*[\s\S]*?\*\/|\bE'(?:\\[\s\S]|[^'\\])*'|'[^']*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$/gi;

/** Replaces comments, strings and quoted names by spaces. */
export const withoutQuoted = (script: string): string => script.replaceAll(quoted, ' ');

/** Replaces comments and strings by spaces. */
export const withoutComments = (script: string): string =>
  script.replaceAll(quoted, (text) => (text.startsWith('"') ? text : ' '));
