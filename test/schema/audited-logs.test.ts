import { rights } from '@graphql-gatehouse/rights';
import type { GatehousePackage } from 'graphql-gatehouse';
import { describe, expect, it } from 'vitest';
import { composeForReports } from '../../src/gatehouse/schema-report.ts';
import { defineConfig, defineDomain } from '../../src/index.ts';

/** What keeps a project with these type definitions from starting. */
function problemsOf(
  typeDefs: string,
  packages: readonly GatehousePackage[] = [rights()],
): readonly string[] {
  const domain = defineDomain({ name: 'test', typeDefs, resolvers });
  try {
    composeForReports({
      directory: import.meta.dirname,
      config: defineConfig({ domains: [domain], packages }),
    });
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.split('\n').slice(1);
  }
}

const resolvers = { Query: { note: () => null } };
const query = 'extend type Query { note: String @public }';
const refused = (coordinate: string) => [
  expect.stringContaining(`${coordinate}: @audited is not allowed on the rows of logs`),
];

describe('@audited', () => {
  it('is refused without a package that records reads, with the line to add', () => {
    const typeDefs = 'extend type Query { note: String @public @audited }';
    const problem =
      'Query.note: @audited needs a package: add rights() of @graphql-gatehouse/rights to `packages` in gatehouse.config.ts';
    expect(problemsOf(typeDefs, [])).toEqual([expect.stringContaining(problem)]);
    expect(problemsOf(typeDefs, [{ name: 'other', onDelivered: async () => {} }])).toEqual([]);
  });

  it.each([
    ['AuditEvent', `${query} extend type AuditEvent @audited`],
    ['AuditEventEdge', `${query} extend type AuditEventEdge @audited`],
    ['RecordRead', `${query} extend type RecordRead @audited`],
    ['RecordReadConnection', `${query} extend type RecordReadConnection @audited`],
    ['AuditEvent.note', `${query} extend type AuditEvent { note: String @audited }`],
    [
      'Note.text',
      `${query} extend type AuditEvent { note: Note } type Note { text: String @audited }`,
    ],
    [
      'Deep.text',
      `${query} extend type RecordRead { note: Note } type Note { deep: Deep } type Deep { text: String @audited }`,
    ],
  ])('is rejected at %s, which is of a log or reached only by one', (coordinate, typeDefs) => {
    expect(problemsOf(typeDefs)).toEqual(refused(coordinate));
  });

  it.each([
    'extend type Query { note: Note @public } extend type AuditEvent { note: Note } type Note { text: String @audited }',
    `${query} extend type User { note: String @audited }`,
  ])('is allowed on what other types reach too: %s', (typeDefs) => {
    expect(problemsOf(typeDefs)).toEqual([]);
  });
});
