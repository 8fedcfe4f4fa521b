import { posix } from 'node:path';

const relativeLink = /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\((?![a-z]+:|#)([^)\s]+)\)/g;

export interface LinkPlaces {
  /** The path of the document in the repository. */
  readonly path: string;
  /** Whether a path of the repository is in the same archive. */
  readonly isPacked: (path: string) => boolean;
  /** The public address of a path of the repository. Undefined: it has none. */
  readonly addressOf: (path: string) => string | undefined;
}

/**
 * The text of a document for an archive: a link to a file that the archive does not have leads to the file's address, or
 * is only text where it has no address. Blocks of code stay as they are.
 */
export function rewriteLinks(markdown: string, { path, isPacked, addressOf }: LinkPlaces): string {
  return markdown
    .split(/^(```[\s\S]*?^```)/m)
    .map((part) => (part.startsWith('```') ? part : part.replace(relativeLink, rewrite)))
    .join('');

  function rewrite(link: string, image: string, text: string, target: string): string {
    const [file = '', ...anchor] = target.split('#');
    const linked = posix.join(posix.dirname(path), file);
    if (isPacked(linked)) return link;
    const address = addressOf(linked);
    return address === undefined ? text : `${image}[${text}](${[address, ...anchor].join('#')})`;
  }
}
