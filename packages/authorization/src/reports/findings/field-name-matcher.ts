/** Words around a field's name in the names of filters and orders: `totalCents_gte`, `MIN_TOTAL_CENTS`. */
const operators: ReadonlySet<string> = new Set(
  [
    'after asc before between by contains desc ends eq equal equals every exists first from greater gt gte has icontains',
    'ieq ilike in includes insensitive is isnt last less like lt lte max min ne neq nin none not null nulls on or order',
    'overlaps regex search some sort starts than to until with',
  ]
    .join(' ')
    .split(' '),
);

/** Splits a name in camel case or snake case into words in lower case. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');

/**
 * Creates the function that says whether an input field or enum value names a field of an object: by the same words in
 * any notation, with operators before or after them. It splits each name once: a schema compares thousands of pairs.
 */
export function createFieldNameMatcher(): (inputName: string, fieldName: string) => boolean {
  const known = new Map<string, readonly string[]>();
  function split(name: string): readonly string[] {
    const words = known.get(name) ?? wordsOf(name);
    known.set(name, words);
    return words;
  }
  return (inputName, fieldName) => {
    const words = split(inputName);
    const searched = split(fieldName);
    return words.some(
      (_, start) =>
        searched.every((word, index) => words[start + index] === word) &&
        words.slice(0, start).every(isOperator) &&
        words.slice(start + searched.length).every(isOperator),
    );
  };
}

const isOperator = (word: string): boolean => operators.has(word);
