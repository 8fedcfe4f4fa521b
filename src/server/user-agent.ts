/** How much of a User-Agent is kept, in UTF-16 code units. */
const maxLength = 256;

/**
 * A User-Agent as it is kept, for people to read: control characters, and those that turn the direction of
 * writing or are not seen, become spaces. A terminal would obey some of them (ECMA-48, 5.3: Node decodes
 * headers as Latin-1, so that a byte from 0x80 to 0x9f is a C1 control). Undefined when nothing is left.
 */
export function toUserAgent(header: string | undefined): string | undefined {
  const text = header
    ?.slice(0, maxLength)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .trim();
  return text === '' ? undefined : text;
}
