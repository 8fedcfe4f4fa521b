import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGuards, findNarrowings } from '../support/guard-removal.ts';
import { guardRows } from '../support/guard-rows.ts';
import { createGuardWorld, type GuardWorld } from '../support/guard-world.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

it('has a row that counts rows for each list that is narrowed, and for no other', () => {
  const counting = guardRows.filter(({ narrowed }) => narrowed !== undefined);
  expect(counting.map(({ guard }) => guard)).toEqual(findNarrowings(readTypeDefs()));
});

it('has a row for each guard in the SDL, and for no other', () => {
  expect([...new Set(guardRows.map(({ guard }) => guard))].sort()).toEqual(
    [...findGuards(readTypeDefs())].sort(),
  );
});

describe('each guard of the API', () => {
  let server: TestServer;
  let world: GuardWorld;
  beforeAll(async () => {
    server = await startTestServer();
    world = await createGuardWorld(server);
  });
  afterAll(() => server.stop());

  it.each(guardRows)('$guard refuses $refused and admits $admitted', async (row) => {
    expect(await world.check(row)).toEqual([]);
  });
});
