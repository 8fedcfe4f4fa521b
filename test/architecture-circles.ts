import { posix } from 'node:path';
import { importsOf } from './architecture-module.ts';

/** The circles of imports among these files, types included: each a list of files that reach each other. */
export const findCircles = (files: ReadonlyMap<string, string>): readonly (readonly string[])[] =>
  findReachingEachOther(readImports(files));

/**
 * The circles of folders among these files, types included: each a list of folders side by side that reach each other.
 * Two folders that import each other are the shortest. A folder may import its own folders, and they may import it.
 */
export function findFolderCircles(
  files: ReadonlyMap<string, string>,
): readonly (readonly string[])[] {
  const imports = new Map<string, Set<string>>();
  for (const [path, targets] of readImports(files)) {
    for (const target of targets) {
      const [from, to] = foldersApart(path, target);
      if (from === undefined || to === undefined) continue;
      imports.set(from, (imports.get(from) ?? new Set()).add(to));
    }
  }
  return findReachingEachOther(imports);
}

/** Returns the folders by which two paths part. Undefined for a file that is itself where they part. */
function foldersApart(path: string, other: string): readonly (string | undefined)[] {
  const [names, otherNames] = [path.split('/'), other.split('/')];
  const depth = names.findIndex((name, index) => name !== otherNames[index]) + 1;
  return [names, otherNames].map((all) =>
    depth < all.length ? all.slice(0, depth).join('/') : undefined,
  );
}

/** Returns the files that each file imports, among these. */
export const readImports = (
  files: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...files].map(([path, text]) => [
      path,
      importedFiles(path, text).filter((to) => files.has(to)),
    ]),
  );

/** Returns the lists of those that reach each other (Tarjan's strongly connected components). */
function findReachingEachOther(
  imports: ReadonlyMap<string, Iterable<string>>,
): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  function visit(path: string): number {
    const place = order.size;
    order.set(path, place);
    open.push(path);
    let low = place;
    for (const to of imports.get(path) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (open.includes(to)) low = Math.min(low, lowest.get(to) ?? order.get(to) ?? low);
    }
    lowest.set(path, low);
    if (low === place) {
      const members = open.splice(open.indexOf(path));
      if (members.length > 1) circles.push(members.sort());
    }
    return low;
  }

  for (const path of imports.keys()) if (!order.has(path)) visit(path);
  return circles;
}

const importedFiles = (path: string, text: string): readonly string[] =>
  importsOf(path, text).flatMap(({ from }) =>
    from?.startsWith('.') === true ? [posix.normalize(posix.join(posix.dirname(path), from))] : [],
  );
