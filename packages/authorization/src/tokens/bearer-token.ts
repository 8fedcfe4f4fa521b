/** Matches `Bearer`, in any case, and the `b64token` of RFC 6750, section 2.1. */
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Returns the token of an `Authorization` header, or undefined if it contains none. */
export const parseBearerToken = (header: string): string | undefined => bearer.exec(header)?.[1];
