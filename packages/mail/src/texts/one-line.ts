/** Control characters and separators of lines, which would begin a header or a line of their own. */
const breaks = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** What readers cannot see, such as bidi marks and zero-width characters, and halves of surrogate pairs. */
const invisible = /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]+/gu;

/** Makes a value one line without characters that are invisible or that reorder the text around it. */
export const toOneLine = (text: string): string =>
  text.replaceAll(invisible, '').replaceAll(breaks, ' ').trim();
