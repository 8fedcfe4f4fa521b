import { describe, it } from 'vitest';
import { engines, guardNodes, type Node, run } from './answer-world.ts';
import { type Choices, createChoices } from './generators.ts';
import { choicesArbitrary, forAll, runs } from './property-run.ts';

const file = 'test/authorization/answer-limits.properties.test.ts';

interface Size {
  readonly values: number;
  readonly characters: number;
}

/** The oracle: the size of a value in an answer, with everything inside. */
function sizeOf(value: unknown): Size {
  if (typeof value === 'string') return { values: 0, characters: value.length };
  if (typeof value !== 'object' || value === null) return { values: 0, characters: 0 };
  const keys = Array.isArray(value) ? '' : Object.keys(value).join('');
  const sizes = Object.values(value).map(sizeOf);
  return {
    values: sizes.length + sizes.reduce((sum, { values }) => sum + values, 0),
    characters: keys.length + sizes.reduce((sum, { characters }) => sum + characters, 0),
  };
}

const texts = ['', 'a', 'some text', 'x'.repeat(40), null] as const;

function drawNode(choices: Choices, depth: number): Node {
  const text = () => choices.oneOf(texts);
  const many = <T>(draw: () => T): T[] => Array.from({ length: choices.upTo(4) }, draw);
  const kids = depth === 0 ? [] : many(() => drawNode(choices, depth - 1));
  return {
    id: `id ${choices.upTo(1_000)}`,
    name: text(),
    secret: text(),
    level: choices.oneOf(['LOW', 'MIDDLE', null]),
    number: choices.upTo(9),
    json: choices.oneOf<unknown>([{ a: ['text', 1, { deep: null }] }, 'text', ['x', 'y'], 7, null]),
    tags: choices.rarely(5) ? null : many(text),
    grid: many(() => many(() => choices.upTo(9))),
    levels: many(() => 'LOW'),
    kids: choices.rarely(6) ? null : kids,
    one: depth === 0 ? null : drawNode(choices, depth - 1),
  };
}

const leaves = [
  'id',
  'name',
  'secret',
  'level',
  'number',
  'json',
  'tags',
  'grid',
  'levels',
  'lateTags',
  '__typename',
] as const;
const objects = ['kids', 'lateKids', 'lateItems', 'one'] as const;

/** Draws what is selected of a node: in fragments too, twice, by aliases, and by variables. */
function drawSelection(choices: Choices, depth: number): string {
  const selected = Array.from({ length: 1 + choices.upTo(4) }, (_, index) => {
    const isLeaf = depth === 0 || choices.upTo(2) === 0;
    const name = isLeaf ? choices.oneOf(leaves) : choices.oneOf(objects);
    const alias = choices.rarely(3) ? `alias${'_'.repeat(choices.upTo(30))}${index}: ` : '';
    const inside = isLeaf ? '' : ` { ${drawSelection(choices, depth - 1)} }`;
    const condition = choices.rarely(5) ? ` @include(if: $${choices.oneOf(['yes', 'no'])})` : '';
    const field = `${alias}${name}${condition}${inside}`;
    return choices.rarely(5) ? `... on Node { ${field} }` : field;
  });
  return ['...Both', ...selected].join(' ');
}

describe('the limits of an answer', () => {
  it('admit exactly the answers within them, however they are executed', async () => {
    const tally = { refused: 0 };
    await forAll({
      file,
      arbitrary: choicesArbitrary(400),
      numRuns: runs,
      async check(numbers) {
        const choices = createChoices(numbers);
        const node = drawNode(choices, 3);
        const text = `query ($yes: Boolean = true, $no: Boolean = false) { root { ${drawSelection(choices, 3)} } }
          fragment Both on Node { id key: id one { number @include(if: $yes) name @skip(if: $yes) } }
          fragment Unused on Node { id @include(if: $no) }`;
        const variables = { yes: true, no: false };
        const root = () => node;
        for (const engine of engines) {
          const { data, errors } = await run(guardNodes({ root }), engine, text, variables);
          if (errors !== undefined) return `${text}\n${errors.join('\n')}`;
          const { values, characters } = sizeOf(JSON.parse(JSON.stringify(data?.root)));
          for (const [limits, isWithin] of [
            [{ maxAnswerValues: values, maxAnswerCharacters: Math.max(1, characters) }, true],
            [{ maxAnswerValues: values - 1 }, false],
            [{ maxAnswerCharacters: characters - 1 }, false],
          ] as const) {
            if (Object.values(limits).includes(0)) continue;
            const limited = await run(guardNodes({ root, ...limits }), engine, text, variables);
            if ((limited.errors === undefined) === isWithin) continue;
            const found = JSON.stringify({ engine, values, characters, limits });
            return `${found}\n${text}\n${JSON.stringify(limited)}`;
          }
          tally.refused += 2;
        }
        return undefined;
      },
      tally,
      isEnough: () => tally.refused > 0,
    });
  }, 300_000);
});
