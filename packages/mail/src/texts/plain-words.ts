/** Control characters and separators of lines, which would begin a header or a line of their own. */
const breaks = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** What readers cannot see, such as bidi marks and zero-width characters, and halves of surrogate pairs. */
const invisible = /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]+/gu;

/** Makes a value one line without characters that are invisible or that reorder the text around it. */
export const toOneLine = (text: string): string =>
  text.replaceAll(invisible, '').replaceAll(breaks, ' ').trim();

const maxCharacters = 64;
/** A factor for what is removed, so that a long text costs no time. */
const readCharacters = 4 * maxCharacters;
/** Fewer than in any telephone number that mail programs link. */
const maxDigits = 4;

/** All but letters, their marks, digits, spaces and signs of names. */
const unwanted = /[^\p{L}\p{M}\p{Nd} .,'’()&-]+/gu;

/**
 * Makes a text of a stranger harmless: at most 64 characters, of which mail programs make no link. A dot stands only before
 * a space or at the end, so that there is no host; `@`, `:` and `/` are gone; long numbers are cut.
 */
export function toPlainWords(text: string): string {
  // NFKC: mail programs take a full-width dot for a dot.
  const folded = toOneLine(text.slice(0, readCharacters).normalize('NFKC'));
  const words = folded.replaceAll(unwanted, ' ').replaceAll(/\.(?=\S)/g, ' ');
  const cut = [...shortenNumbers(words).replaceAll(/ {2,}/g, ' ').trim()].slice(0, maxCharacters);
  return cut.join('').trim();
}

/** Between two letters, keeps the first digits alone, and no hyphens between them. */
const shortenNumbers = (text: string): string =>
  text.replaceAll(/[^\p{L}]*\p{Nd}[^\p{L}]*/gu, (run) => {
    let digits = 0;
    return run.replaceAll('-', ' ').replaceAll(/\p{Nd}/gu, (digit) => {
      digits += 1;
      return digits > maxDigits ? '' : digit;
    });
  });
