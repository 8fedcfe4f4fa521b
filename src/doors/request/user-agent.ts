/** The maximum length of a stored User-Agent, in UTF-16 code units. */
const maxLength = 256;

/**
 * Converts a User-Agent for people to read: control characters, invisible ones and those that change the writing
 * direction become spaces. Terminals would obey some of them (ECMA-48, 5.3: Node decodes headers as Latin-1, so a
 * byte from 0x80 to 0x9f is a C1 control). Returns undefined when nothing is left.
 */
export function toUserAgent(header: string | undefined): string | undefined {
  const text = header
    ?.slice(0, maxLength)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .trim();
  return text === '' ? undefined : text;
}
