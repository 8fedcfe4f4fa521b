/** A `fetch` whose answers a test counts and loses. */
export interface ClientFetch {
  readonly fetch: typeof fetch;
  /** The operations that were sent, by the first words of their text. */
  readonly sent: readonly string[];
  /** Loses the answers to the next operations whose text has `part`: the server has run them. */
  loseAnswers(part: string, count: number): void;
  /** How many answers are still to be lost. */
  lostCount(): number;
}

/** Creates the `fetch` of one browser: it keeps cookies, and names the page's origin, as browsers do. */
export function createClientFetch(origin: string): ClientFetch {
  const cookies = new Map<string, string>();
  const sent: string[] = [];
  let lost = { part: '', count: 0 };

  return {
    sent,
    loseAnswers(part, count) {
      lost = { part, count };
    },
    lostCount: () => lost.count,
    async fetch(url, init) {
      const headers = new Headers(init?.headers);
      headers.set('origin', origin);
      headers.set('sec-fetch-site', 'same-origin');
      if (init?.credentials === 'include' && cookies.size > 0) {
        headers.set('cookie', [...cookies].map((each) => each.join('=')).join('; '));
      }
      const text = String(init?.body);
      sent.push(text);
      const response = await fetch(url, { ...init, headers });
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = '', ...attributes] = cookie.split('; ');
        const [name = '', value = ''] = pair.split('=');
        if (attributes.includes('Max-Age=0')) cookies.delete(name);
        else cookies.set(name, value);
      }
      if (lost.count > 0 && text.includes(lost.part)) {
        lost = { ...lost, count: lost.count - 1 };
        throw new TypeError('fetch failed');
      }
      return response;
    },
  };
}
