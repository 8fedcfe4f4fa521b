/** The preference for an answer in spite of denials, also sent as its acknowledgement (RFC 7240, 3). */
export const lenientHandling = 'handling=lenient';

/** Matches one preference, up to the next comma outside quotes (RFC 9110, 5.6.1 and 5.6.4). */
const preferencePattern = /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g;

/** Matches the name and the value of a preference, before its parameters (RFC 7240, 2). */
const handlingPattern = /^\s*handling(?:\s*=\s*(?:"([^"]*)"|([^\s;"]*)))?\s*(?:;|$)/i;

/** In characters. A longer header is ignored, as RFC 7240, 2 allows: parsing it would take too long. */
const maxLength = 1_000;

/** Whether the header `Prefer` asks for lenient handling (RFC 7240, 2 and 4.4). */
export function prefersLenient(header: string | null | undefined): boolean {
  const text = header === null || header === undefined || header.length > maxLength ? '' : header;
  for (const preference of text.match(preferencePattern) ?? []) {
    const handling = handlingPattern.exec(preference);
    // Of several preferences with the same name, the first one counts (RFC 7240, 2).
    if (handling !== null) return (handling[1] ?? handling[2])?.toLowerCase() === 'lenient';
  }
  return false;
}
