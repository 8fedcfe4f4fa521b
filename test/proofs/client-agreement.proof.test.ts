import { gzipSync } from 'node:zlib';
import { transformWithOxc } from 'vite';
import { expect, it } from 'vitest';
import { printAccess } from '../../packages/codegen/src/print-access.ts';
import { recordFigure } from '../../scripts/figures/figures.ts';
import {
  type Choices,
  createChoices,
  generateOperation,
  generateSchema,
} from '../authorization/generators.ts';
import { createWorld } from '../authorization/world.ts';
import { createAgreement, onlyOperation, unknownGroup } from '../support/client-agreement.ts';

const { SCHEMAS = '500', TYPES = '300', SEED = String(Date.now() % 1_000_000_000) } = process.env;

/** Numbers that look random and depend on the seed alone (mulberry32). */
function createNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const next = createNumbers(Number(SEED));
const choices = (length: number): Choices =>
  createChoices(Array.from({ length }, () => next() % 5040));

/** A generated schema with `count` more types of ten fields each, and with five groups. */
function generateLargeSchema(count: number): string {
  const all = choices(count * 100);
  const groups = ['G1', 'G2', 'G3', 'G4', 'G5'];
  const aGroup = () => groups[all.upTo(groups.length)];
  const guard = (oneIn: number) =>
    all.rarely(oneIn)
      ? ` @auth(requires: [${aGroup()}, ${aGroup()}]${all.rarely(3) ? ', or: [YES]' : ''})`
      : '';
  const typeOf = () =>
    all.oneOf(['Int', 'String', 'E0', `L${all.upTo(count)}`, `[L${all.upTo(count)}]`]);
  const field = (_: unknown, index: number) =>
    `  field${index}${all.rarely(4) ? '(x: I0, y: [I1], z: E1)' : ''}: ${typeOf()}${guard(3)}`;
  const types = Array.from({ length: count }, (_, index) => {
    const fields = Array.from({ length: 10 }, field).join('\n');
    return `type L${index} {\n${fields}\n}`;
  });
  const roots = types.map((_, index) => `  l${index}: L${index} ${guard(2) || '@public'}`);
  const sdl = generateSchema(choices(1000)).replace(
    /^enum Group \{ (.*) \}$/m,
    'enum Group { $1 G4 G5 }',
  );
  return `${sdl}\n${types.join('\n')}\nextend type Query {\n${roots.join('\n')}\n}`;
}

async function checkOperations(sdl: string, groups: readonly string[], count: number) {
  const world = createWorld(sdl);
  const agreement = createAgreement(world, groups);
  const found = [...agreement.coordinates()];
  for (let index = 0; index < count; index += 1) {
    const generated = generateOperation(world, choices(500));
    if (generated === undefined) continue;
    const document = onlyOperation(generated.document, generated.operationName);
    const { text, variables } = generated;
    const wrong = await agreement.operation({ document, variables });
    if (wrong.length > 0) found.push(text, JSON.stringify(variables), ...wrong);
  }
  expect(found).toEqual([]);
  return agreement.compared;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const show = (compared: Awaited<ReturnType<typeof checkOperations>>) =>
  `${compared.allowed} allowed, ${compared.narrowed} narrowed, ${compared.denied} denied, ` +
  `${compared.depends} depend: all as on the server`;

type Counts = Pick<
  Awaited<ReturnType<typeof checkOperations>>,
  'allowed' | 'narrowed' | 'denied' | 'depends'
>;
const countOf = ({ allowed, narrowed, denied, depends }: Counts): number =>
  allowed + narrowed + denied + depends;
let decisions = 0;

it('a front end of a large schema decides as its server', async () => {
  const sdl = generateLargeSchema(Number(TYPES));
  const compared = await checkOperations(sdl, ['G1', 'G2', 'G3', 'G4', 'G5'], 200);
  const { code } = await transformWithOxc(printAccess(createWorld(sdl)), 'access.ts');
  const sizes = [code.length, gzipSync(code, { level: 9 }).length] as const;
  print(`${TYPES} types more, seed ${SEED}: ${show(compared)}`);
  print(`access.ts as JavaScript: ${sizes[0]} bytes, ${sizes[1]} with gzip`);
  recordFigure('client-agreement.bytes', sizes[0]);
  recordFigure('client-agreement.gzip-bytes', sizes[1]);
  decisions += countOf(compared);
});

it('front ends of many schemas decide as their servers', async () => {
  const total = { allowed: 0, narrowed: 0, denied: 0, depends: 0, reauthenticate: 0 };
  for (let index = 0; index < Number(SCHEMAS); index += 1) {
    const sdl = generateSchema(choices(1000), { guardsRoots: true, narrowsLists: true });
    const compared = await checkOperations(sdl, ['G1', 'G2', 'G3', unknownGroup], 6);
    for (const outcome of ['allowed', 'narrowed', 'denied', 'depends'] as const) {
      total[outcome] += compared[outcome];
    }
  }
  print(`${SCHEMAS} schemas, seed ${SEED}: ${show(total)}`);
  recordFigure('client-agreement.decisions', decisions + countOf(total));
});
