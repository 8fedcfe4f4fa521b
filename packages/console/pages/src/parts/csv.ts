/** What a program for tables would take for a formula. */
const formulaStart = /^[=+\-@\t\r]/;

/** Writes a text as a field of CSV (RFC 4180). One that looks like a formula is marked as text: names of people can. */
function toField(text: string): string {
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Writes a line of CSV. Pure. */
export const toCsvLine = (fields: readonly string[]): string =>
  `${fields.map(toField).join(',')}\r\n`;
