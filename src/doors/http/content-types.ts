/** Clients have few different headers. A forgotten one is learned again with the next request. */
const maxAcceptHeaders = 200;
const maxAcceptLength = 1_000;

/** The content types that Apollo Server has chosen for answers, by the header `Accept`. */
export interface ContentTypes {
  learn(accept: string | undefined, contentType: string): void;
  of(accept: string | undefined): string | undefined;
}

/** Creates the memory of content types, so that answers without Apollo Server have the type that it chose before. */
export function createContentTypes(): ContentTypes {
  const chosen = new Map<string, string>();
  return {
    learn(accept = '', contentType) {
      if (accept.length > maxAcceptLength) return;
      chosen.set(accept, contentType);
      const [oldest] = chosen.keys();
      if (chosen.size > maxAcceptHeaders && oldest !== undefined) chosen.delete(oldest);
    },
    of: (accept = '') => chosen.get(accept),
  };
}
