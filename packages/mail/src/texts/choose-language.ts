/** A language such as `de` or `pt-br`. */
const form = /^([a-z]{2,3})(?:-[a-z0-9]{1,8}){0,3}$/;

/** The language that has all texts. */
const lastLanguage = 'en';

/**
 * Returns the languages in which a mail may be written, best first: the locale, its primary language, and the default. A
 * malformed locale is left out. Only a language that has texts may be used.
 */
export function languagesFor(locale: string | null, defaultLocale: string): readonly string[] {
  const chosen = [locale, defaultLocale].flatMap(
    (each) => form.exec(each?.toLowerCase() ?? '') ?? [],
  );
  return [...new Set([...chosen, lastLanguage])];
}
