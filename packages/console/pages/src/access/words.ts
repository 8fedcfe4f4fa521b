/** What a cell of the matrix or a verdict says to people. */
export interface Words {
  /** Fits in a cell. */
  readonly short: string;
  /** The whole of it, as a sentence without its point. */
  readonly full: string;
}

interface Kind {
  readonly is: RegExp;
  readonly short: (found: string) => string;
  readonly full: (found: string) => string;
}

const always = (text: string) => (): string => text;

/** The parts of cells and verdicts, as the API has them. What is of no kind here names policies. */
const kinds: readonly Kind[] = [
  { is: /^(?:yes|allowed)$/, short: always('yes'), full: always('open') },
  { is: /^all$/, short: always('all rows'), full: always('open, with every row') },
  { is: /^no$/, short: always('no'), full: always('closed') },
  {
    is: /^refused: (.+)$/,
    short: always('no'),
    full: (coordinate) => `denied at ${coordinate}`,
  },
  {
    is: /^readable$/,
    short: always('read only'),
    full: always('fields return it, and clients must not supply it'),
  },
  {
    is: /^rows: (.+)$/,
    short: always('some rows'),
    full: (policies) => `only rows that ${policies} allows`,
  },
  { is: /^narrowed$/, short: always('some rows'), full: always('only rows that rules allow') },
  {
    is: /^exists: (.+)$/,
    short: always('some'),
    full: (types) => `only values that the rules of ${types} leave`,
  },
  {
    is: /^(?:factors )?(\d+)(?: factors?)?$/,
    short: (count) => toFactors(count),
    full: (count) => `with ${toFactors(count)} confirmed`,
  },
  {
    is: /^(?:maxAge )?(\d+)(?: s)?$/,
    short: (seconds) => `≤ ${toDuration(Number(seconds))}`,
    full: (seconds) => `after a login of the last ${toDuration(Number(seconds))}`,
  },
  {
    is: /^depends: (.+ with \$.+)$/,
    short: always('depends'),
    full: (variables) => `depends on the values of variables: ${variables}`,
  },
  {
    is: /^depends: (.+)$/,
    short: always('depends'),
    full: (found) =>
      found
        .split(' and ')
        .map((each) => questions.get(each) ?? each)
        .join(' and '),
  },
];

/** What an operation is asked beside groups. */
const questions: ReadonlyMap<string, string> = new Map([
  ['policy', 'only if a policy allows the viewer'],
  ['type', 'only for some types of what is found'],
  ['id', 'only for ids of rows that are visible to the viewer'],
]);

const ofPolicies: Kind = {
  is: /^(.+)$/,
  short: (policies) => policies,
  full: (policies) => `only if ${policies} allows the viewer`,
};

const known = new Map<string, Words>();

/** Says what a cell or a verdict means. Of what is open on conditions, the conditions alone. Thousands of cells have few texts. */
export function toWords(text: string): Words {
  const words = known.get(text) ?? find(text);
  known.set(text, words);
  return words;
}

function find(text: string): Words {
  const parts = text.split(/, (?=rows: |exists: |depends: |narrowed|maxAge |factors |\d)/);
  const conditions = parts.filter((part) => !/^(?:yes|allowed)$/.test(part));
  const found = (conditions.length === 0 ? parts : conditions).map(partToWords);
  return {
    short: found.map(({ short }) => short).join(', '),
    full: found.map(({ full }) => full).join('; '),
  };
}

function partToWords(part: string): Words {
  const { is, short, full } = kinds.find((kind) => kind.is.test(part)) ?? ofPolicies;
  const [whole = '', found = whole] = is.exec(part) ?? [part];
  return { short: short(found), full: full(found) };
}

function toDuration(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

const toFactors = (count: string): string => `${count} ${count === '1' ? 'factor' : 'factors'}`;
