/** What a link is for: the purposes of `MAIL_LINKS`. */
export type Purpose = (typeof purposes)[number];

const purposes = ['invitation', 'sign-up', 'reset', 'verification', 'address', 'undo'] as const;

/** Reads the purpose from the query of the address, such as `?reset`. */
export function parsePurpose(search: string): Purpose | undefined {
  const names = new URLSearchParams(search);
  return purposes.find((purpose) => names.has(purpose));
}
