const maxEdits = 2;
/** The maximum distance, as a share of the longer name. Short names are similar to each other by chance. */
const maxChangedShare = 0.5;
/** For names that begin with the same word: BCRYPT_ROUNDS is near to BCRYPT_COST. */
const maxChangedShareAlike = 0.4;

/** Finds the known name that a misspelt one was probably meant as. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const [nearest] = [...known]
    .map((each) => ({ each, edits: editsBetween(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, edits }) => isNear(name, each, edits))
    .sort((a, b) => a.edits - b.edits || lengthsApart(name, a.each) - lengthsApart(name, b.each));
  return nearest?.each;
}

/** Names it in brackets, behind a message: ` (did you mean USER?)`; empty when no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}

function isNear(name: string, known: string, edits: number): boolean {
  const changedShare = edits / Math.max(name.length, known.length);
  return (
    (edits <= maxEdits && changedShare <= maxChangedShare) ||
    (firstWord(name) === firstWord(known) && changedShare <= maxChangedShareAlike)
  );
}

/** Exchanged letters are two edits, as is a name of another length: usres is users, rather than user. */
const lengthsApart = (name: string, known: string): number => Math.abs(name.length - known.length);

const firstWord = (name: string): string | undefined => name.split('_')[0];

/** Longer names are no misspelt ones, and each letter costs time for each letter of the other name. */
const maxLength = 200;

/** Returns the least number of letters to insert, remove and replace (Levenshtein's distance), or infinity for names that are not near. */
function editsBetween(left: string, right: string): number {
  const longest = Math.max(left.length, right.length);
  const isFar = lengthsApart(left, right) > longest * maxChangedShare;
  if (longest > maxLength || isFar) return Number.POSITIVE_INFINITY;
  const others = [...right];
  let row = [0, ...others.keys()].map((_, index) => index);
  for (const letter of left) {
    const next = [(row[0] ?? 0) + 1];
    for (const [at, other] of others.entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
