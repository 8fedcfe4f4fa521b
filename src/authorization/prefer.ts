/** The preference that asks for an answer in spite of denials, and its acknowledgement (RFC 7240, 3). */
export const lenientHandling = 'handling=lenient';

/** Whether the header `Prefer` asks for lenient handling (RFC 7240, 2 and 4.4). */
export function prefersLenient(header: string | null | undefined): boolean {
  const preferences = (header ?? '').split(',').map((preference) => preference.split(';')[0] ?? '');
  // The first of several preferences of one name counts.
  const handling = preferences
    .map((preference) => preference.replace(/[\s"]/g, '').toLowerCase())
    .find((preference) => preference.startsWith('handling='));
  return handling === lenientHandling;
}
