/** Comments, strings and quoted names of SQL. A nested comment is read as one that ends early. */
const quoted =
  /--.*|\/\*[\s\S]*?\*\/|\bE'(?:\\[\s\S]|[^'\\])*'|'[^']*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$/gi;

/** A command at the begin of a statement. Savepoints are left out: they keep the transaction. */
const command =
  /(?:^|;)\s*(BEGIN|COMMIT|ABORT|(?:START|PREPARE)\s+TRANSACTION|ROLLBACK(?!(?:\s+(?:WORK|TRANSACTION))?\s+TO\b))\b/i;

/**
 * Returns the first command of a script that begins or ends a transaction, such as `COMMIT`. END is not recognized: it
 * also ends the body of a function in SQL.
 */
export const findTransactionCommand = (script: string): string | undefined =>
  command.exec(script.replaceAll(quoted, ' '))?.[1]?.toUpperCase().replaceAll(/\s+/g, ' ');
