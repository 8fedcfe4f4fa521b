/**
 * The maximum length of a text that is normalized or searched, in UTF-16 code units. Sorting combining marks takes
 * quadratic time: a quarter of a millisecond for 1,000, seconds for 90,000.
 */
export const maxTextLength = 1_000;

/**
 * Normalizes a text (UAX 15). Returns a text longer than `maxTextLength` unchanged.
 *
 * Every rule still rejects such a text: all maximum lengths are so low that it exceeds them in any form. Composition
 * makes one code point of at most four.
 */
export const normalizeText = (text: string, form: 'NFC' | 'NFKC'): string =>
  text.length > maxTextLength ? text : text.normalize(form);
