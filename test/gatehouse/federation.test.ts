import { composeServices } from '@theguild/federation-composition';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { compareGuards, guardsOfSupergraph } from '../support/routers/router-guards.ts';

/** A sample of `npm run proof -- router`, which runs a router. */
describe('the demo behind a router', () => {
  it('composes, and is refused nothing that the server grants', () => {
    const report = createSchemaReport(roomsProject);
    const typeDefs = parse(report.printForFederation([]));
    const { supergraphSdl = '', errors } = composeServices([{ name: 'rooms', typeDefs }]);
    expect(errors).toBeUndefined();
    const groups = ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'];
    const guarded = buildSchema(report.print());
    const { excess, refused } = compareGuards(guardsOfSupergraph(supergraphSdl), [guarded], groups);
    expect(excess).toEqual([]);
    expect(refused).toBeGreaterThan(200);
  });
});
