/** Numbers that follow from a seed, so that a run can be had again. */
export interface Random {
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  bytes(length: number): Buffer;
}

/** Mulberry32, a generator of 32 bits: good enough to vary what is sent, and for nothing secret. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound: number) => next() % bound;
  return {
    below,
    once: (times) => below(times) === 0,
    pick(items) {
      const [first] = items;
      if (first === undefined) throw new Error('There is nothing to pick from.');
      return items[below(items.length)] ?? first;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

/** Texts that break what does not expect them. */
export const nastyTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\ufeff',
  '\u202e',
  '\r\n',
  '"',
  "'",
  '\\',
  '%',
  '{}',
  '[]',
  'null',
  '-1',
  '1e999',
  '../../etc/passwd',
  "' OR '1'='1",
  '__proto__',
  'constructor',
  'x'.repeat(300),
  '💥',
  '01900000-0000-7000-8000-000000000000',
];

/** Values of JSON that fit no type, or the wrong one. */
export const nastyValues: readonly unknown[] = [
  ...nastyTexts,
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  [],
  [[]],
  [null],
  {},
  { $ne: null },
  { a: { b: { c: [1] } } },
  { toString: 1 },
];

/** Changes some bytes of a text: put in, taken out, doubled, swapped or replaced. */
export function mutate(random: Random, text: string): string {
  let changed = Buffer.from(text, 'latin1');
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(changed.length + 1);
    const length = random.below(8);
    const [head, cut, tail] = [
      changed.subarray(0, at),
      changed.subarray(at, at + length),
      changed.subarray(at + length),
    ];
    changed = Buffer.concat(
      random.pick([
        [head, tail],
        [head, random.bytes(1 + length), cut, tail],
        [head, random.bytes(length), tail],
        [head, cut, cut, tail],
        [tail, cut, head],
      ]),
    );
  }
  return changed.toString('latin1');
}
