/** The preference for a decision in place of an answer, also sent as its acknowledgement (RFC 7240, 3). */
export const decideOnly = 'decide-only';

/** The preference for an answer in spite of denials, also sent as its acknowledgement (RFC 7240, 3). */
export const lenientHandling = 'handling=lenient';

/** Matches one preference, up to the next comma outside quotes (RFC 9110, 5.6.1 and 5.6.4). */
const preferencePattern = /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g;

/** Matches the name and the value of a preference, before its parameters (RFC 7240, 2). */
const handlingPattern = /^\s*handling(?:\s*=\s*(?:"([^"]*)"|([^\s;"]*)))?\s*(?:;|$)/i;

/** Matches the name of the preference for a decision. */
const decideOnlyPattern = /^\s*decide-only\s*(?:[=;]|$)/i;

/** In characters. A longer header is ignored, as RFC 7240, 2 allows: parsing it would take too long. */
const maxLength = 1_000;

/** Whether the header `Prefer` asks for lenient handling (RFC 7240, 2 and 4.4). */
export function prefersLenient(header: string | null | undefined): boolean {
  for (const preference of preferencesOf(header)) {
    const handling = handlingPattern.exec(preference);
    // Of several preferences with the same name, the first one counts (RFC 7240, 2).
    if (handling !== null) return (handling[1] ?? handling[2])?.toLowerCase() === 'lenient';
  }
  return false;
}

/**
 * Whether the header `Prefer` asks to decide an operation only (RFC 7240, 2). It counts with any value, and in a header
 * that is too long to parse: to run the operation would be the worse mistake.
 */
export function prefersDecision(header: string | null | undefined): boolean {
  if (header === null || header === undefined) return false;
  if (header.length > maxLength) return header.toLowerCase().includes(decideOnly);
  return preferencesOf(header).some((preference) => decideOnlyPattern.test(preference));
}

/** Splits the header into preferences. */
function preferencesOf(header: string | null | undefined): readonly string[] {
  if (header === null || header === undefined || header.length > maxLength) return [];
  return header.match(preferencePattern) ?? [];
}

/**
 * The headers of a decision. It must not be stored, and a cache that ignores this must not answer the same URL with it
 * (RFC 7240, 2; RFC 9111, 5.2.2.5).
 */
export const decisionHeaders = {
  'preference-applied': decideOnly,
  'cache-control': 'no-store',
  vary: 'Prefer',
} as const;
