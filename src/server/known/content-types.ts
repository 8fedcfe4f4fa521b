/** Clients have few different headers. When others have filled the memory, Apollo Server goes on choosing. */
const maxAcceptHeaders = 200;
const maxAcceptLength = 1_000;

/** The content types that Apollo Server has chosen for answers, by the header `Accept`. */
export interface ContentTypes {
  learn(accept: string | undefined, contentType: string): void;
  of(accept: string | undefined): string | undefined;
}

/** Creates the memory of content types, so that known documents are answered in the type that Apollo Server chose. */
export function createContentTypes(): ContentTypes {
  const chosen = new Map<string, string>();
  return {
    learn(accept = '', contentType) {
      if (accept.length > maxAcceptLength || chosen.size >= maxAcceptHeaders) return;
      chosen.set(accept, contentType);
    },
    of: (accept = '') => chosen.get(accept),
  };
}
