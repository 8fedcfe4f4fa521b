import { LRUCache } from 'lru-cache';

/** More than clients have different headers; a client that sends others only has Apollo Server negotiate again. */
const maxAcceptHeaders = 200;
const maxAcceptLength = 1_000;

/** The content types that Apollo Server has chosen for answers, by the header `Accept`. */
export interface ContentTypes {
  learn(accept: string | undefined, contentType: string): void;
  of(accept: string | undefined): string | undefined;
}

/** Creates the memory of content types, so that known documents are answered in the type that Apollo Server chose. */
export function createContentTypes(): ContentTypes {
  const chosen = new LRUCache<string, string>({ max: maxAcceptHeaders });
  return {
    learn(accept = '', contentType) {
      if (accept.length <= maxAcceptLength) chosen.set(accept, contentType);
    },
    of: (accept = '') => chosen.get(accept),
  };
}
