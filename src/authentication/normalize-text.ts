/**
 * The longest text that is normalized or searched, in UTF-16 code units. Putting combining marks into order takes
 * time that grows with the square of their number: a quarter of a millisecond for 1,000, seconds for 90,000.
 */
export const maxTextLength = 1_000;

/**
 * Normalizes a text (UAX 15). Returns a text longer than `maxTextLength` as it is.
 *
 * That hides no text from a rule: every bound of a normalized text is so low that a longer text breaks it in
 * any form. Composition makes one code point of at most four.
 */
export const normalizeText = (text: string, form: 'NFC' | 'NFKC'): string =>
  text.length > maxTextLength ? text : text.normalize(form);
