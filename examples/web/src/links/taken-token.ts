declare global {
  interface Window {
    /** Returns the token of the link, once. Defined by take-token.js, which has removed it from the address. */
    takeToken?: () => string | undefined;
  }
}

/** The token of the link that has opened this page. It is kept in memory alone. */
export const takenToken: string | undefined = window.takeToken?.();
