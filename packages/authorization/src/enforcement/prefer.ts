/** The preference that asks for an answer in spite of denials, and its acknowledgement (RFC 7240, 3). */
export const lenientHandling = 'handling=lenient';

/** One preference, up to the next comma that stands in no quotes (RFC 9110, 5.6.1 and 5.6.4). */
const preferencePattern = /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g;

/** The name and the value of a preference, before its parameters (RFC 7240, 2). */
const handlingPattern = /^\s*handling(?:\s*=\s*(?:"([^"]*)"|([^\s;"]*)))?\s*(?:;|$)/i;

/** In characters. A preference may be ignored (RFC 7240, 2), and a long one would take long to read. */
const maxLength = 1_000;

/** Whether the header `Prefer` asks for lenient handling (RFC 7240, 2 and 4.4). */
export function prefersLenient(header: string | null | undefined): boolean {
  const text = header === null || header === undefined || header.length > maxLength ? '' : header;
  for (const preference of text.match(preferencePattern) ?? []) {
    const handling = handlingPattern.exec(preference);
    // The first of several preferences of one name counts, whatever it says.
    if (handling !== null) return (handling[1] ?? handling[2])?.toLowerCase() === 'lenient';
  }
  return false;
}
