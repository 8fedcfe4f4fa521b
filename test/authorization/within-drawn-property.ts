import {
  type Authorization,
  createAuthorization,
  directiveTypeDefs,
} from '@graphql-gatehouse/authorization';
import { buildSchema } from 'graphql';
import { createChoices } from './generators.ts';
import { choicesArbitrary, forAll } from './property-run.ts';
import { type DrawnWorld, drawPerson, drawPlacedWorld, toPlacedSdl } from './within-drawn.ts';
import { type DrawnOperation, drawPlacedOperation } from './within-drawn-calls.ts';
import { createPlacesOracle, type PlacesOracle } from './within-oracle.ts';
import {
  type Answer,
  type Person,
  policies,
  readRows,
  run,
  viewerFrom,
  type WorldContext,
} from './within-world.ts';

/** Serves a drawn world. Fields other than lists give 7. */
function servePlaced(world: DrawnWorld): Authorization<WorldContext> {
  const { groups, rows } = world;
  const schema = buildSchema(`${directiveTypeDefs()} ${toPlacedSdl(world)}`);
  const listed = (name: string) => (rows[name] ?? []).map((row) => ({ ...row, __typename: name }));
  for (const type of [
    schema.getQueryType(),
    schema.getMutationType(),
    ...Object.keys(rows).map((name) => schema.getType(name)),
  ]) {
    for (const field of Object.values(Object(type).getFields())) {
      const { name }: { name: string } = Object(field);
      const all =
        name === 'listAny'
          ? Object.keys(rows)
          : name.startsWith('list')
            ? [name.slice(4)]
            : undefined;
      if (name === 'id') continue;
      Object.assign(Object(field), {
        resolve: (_source: unknown, _args: unknown, { calls }: WorldContext) => {
          calls.push(`${type}.${name}`);
          return all === undefined ? 7 : all.flatMap(listed);
        },
      });
    }
  }
  const closed = (group: string): readonly string[] => [
    group,
    ...(groups[group]?.implies ?? []).flatMap(closed),
  ];
  const implied = Object.fromEntries(Object.keys(groups).map((name) => [name, closed(name)]));
  return createAuthorization(schema, {
    policies,
    viewerOf: ({ person }: WorldContext) => viewerFrom(person, implied),
    types: Object.fromEntries(
      Object.entries(rows).map(([name, all]) => [name, readRows(name, all)]),
    ),
  });
}

const newTally = () => ({ schemas: 0, operations: 0, done: 0, 401: 0, 403: 0, 404: 0, rows: 0 });

/** Compares drawn operations on drawn schemas with the oracle, on graphql-js and compiled. */
export function comparePlacedWorlds({
  file,
  numRuns,
  operations,
}: {
  readonly file: string;
  readonly numRuns: number;
  readonly operations: number;
}): Promise<void> {
  const tally = newTally();
  return forAll({
    file,
    arbitrary: choicesArbitrary(4000),
    numRuns,
    tally,
    isEnough: () => Object.values(tally).every((counted) => counted >= 10),
    check: async (numbers) => {
      const choices = createChoices(numbers);
      const world = drawPlacedWorld(choices);
      const authorization = servePlaced(world);
      const oracle = createPlacesOracle(world);
      tally.schemas += 1;
      for (let index = 0; index < operations; index += 1) {
        const operation = drawPlacedOperation(choices, world);
        const person = drawPerson(choices, world);
        const problem = await compare({ authorization, oracle, operation, person }, tally);
        tally.operations += 1;
        if (problem === undefined) continue;
        const { text, variables } = operation;
        const { rows } = world;
        return [
          problem,
          toPlacedSdl(world),
          text,
          ...[variables, person, rows].map((each) => JSON.stringify(each)),
        ].join('\n');
      }
      return undefined;
    },
  });
}

interface Compared {
  readonly authorization: Authorization<WorldContext>;
  readonly oracle: PlacesOracle;
  readonly operation: DrawnOperation;
  readonly person: Person | undefined;
}

async function compare(
  { authorization, oracle, operation: { text, variables, asked }, person }: Compared,
  tally: ReturnType<typeof newTally>,
): Promise<string | undefined> {
  const answer = await run(authorization, person, text, { variables });
  const compiled = await run(authorization, person, text, { variables, isKnown: true });
  if (shownBy(answer) !== shownBy(compiled)) {
    return `is ${shownBy(answer)}, and compiled ${shownBy(compiled)}`;
  }
  const expected =
    asked.kind === 'calls'
      ? oracle.decideCalls(person, asked.calls)
      : oracle.decideList(person, asked.list);
  const verdict = typeof expected === 'object' ? 'done' : expected;
  tally[verdict] += 1;
  const status = verdict === 'done' ? 200 : verdict;
  if (answer.status !== status)
    return `is ${JSON.stringify(answer)}, and the contract says ${verdict}`;
  if (
    asked.kind === 'calls' &&
    [answer, compiled].some((each) => hasRun(each) !== (verdict === 'done'))
  )
    return 'a resolver ran of what is refused';
  if (typeof expected !== 'object') return undefined;
  tally.rows += expected.length;
  const { list }: { list: readonly Readonly<Record<string, unknown>>[] } = Object(answer.data);
  const shown = list.map(({ id }) => id);
  const ids = expected.map(({ id }) => id);
  return JSON.stringify(shown) === JSON.stringify(ids)
    ? undefined
    : `shows ${JSON.stringify(shown)}, and the contract says ${JSON.stringify(ids)}`;
}

/** What a client gets. Which fields of a list ran before one refused the query is left to who executes it. */
const shownBy = ({ calls: _calls, ...shown }: Answer): string => JSON.stringify(shown);

/** Whether a resolver was called, and not only rows read. */
const hasRun = ({ calls }: Answer): boolean => calls.some((call) => !call.startsWith('read '));
