import type { DirectiveNode, DocumentNode } from 'graphql';
import { visit } from 'graphql';

/** How many directives a document has in all, and how many at most at one place. */
export interface DirectiveCounts {
  readonly inAll: number;
  readonly atOnePlace: number;
}

/** Counts directives wherever they may stand: at operations, variables, fragments, spreads and fields. */
export function countDirectives(document: DocumentNode): DirectiveCounts {
  let inAll = 0;
  let atOnePlace = 0;
  visit(document, {
    enter(node) {
      const here = 'directives' in node ? lengthOf(node.directives) : 0;
      inAll += here;
      atOnePlace = Math.max(atOnePlace, here);
    },
  });
  return { inAll, atOnePlace };
}

const lengthOf = (directives: readonly DirectiveNode[] | undefined): number =>
  directives?.length ?? 0;
