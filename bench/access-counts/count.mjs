/** The processor time that counting one operation takes, in microseconds: in this process, without a database. */
import { readFileSync } from 'node:fs';
import { createAuthorization } from '@graphql-gatehouse/authorization';
import { buildSchema, parse } from 'graphql';
import { createUseCounter } from '../../packages/rights/dist/counts/use-counter.js';
import { quantile } from '../authorization/measure.mjs';
import { rooms } from '../server.mjs';

const operations = 100_000;
const rounds = 9;

export function measureCount(query) {
  const schema = buildSchema(readFileSync(`${rooms}/src/generated/schema.graphql`, 'utf8'));
  const policy = { reads: [], admits: () => true, where: () => ({}) };
  const names = schema.getType('Policy').getValues();
  const { groupUses } = createAuthorization(schema, {
    policies: Object.fromEntries(names.map(({ name }) => [name, policy])),
    viewerOf: ({ viewer }) => viewer,
    onDelivered: () => {},
    types: Object.fromEntries(
      Object.keys(schema.getTypeMap()).map((name) => [name, { byIds: () => [] }]),
    ),
  });
  const document = parse(query);
  const counter = createUseCounter({ now: () => new Date() });
  const held = ['ADMIN'];
  const viewers = Array.from({ length: 1_000 }, (_, n) => ({
    kind: 'user',
    userId: `user ${n}`,
    isAuthenticated: true,
    groups: new Set(held),
  }));

  function round() {
    const { user, system } = process.cpuUsage();
    for (let n = 0; n < operations; n += 1) {
      const viewer = viewers[n % viewers.length];
      counter.count(viewer, groupUses({ document, contextValue: { viewer }, held }));
    }
    const used = process.cpuUsage({ user, system });
    return (used.user + used.system) / operations;
  }

  const times = Array.from({ length: rounds }, round).slice(2);
  const { counts } = counter.take();
  if (!counts.every(({ alone }) => alone === operations * rounds)) throw new Error('Miscounted.');
  return quantile(times, 0.5);
}
