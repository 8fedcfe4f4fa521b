import { assertScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { composeForReports } from '../../src/gatehouse/schema-report.ts';
import { roomsProject } from '../support/rooms-project.ts';

const { schema } = composeForReports(roomsProject);
const dateTime = assertScalarType(schema.getType('DateTime'));

describe('the scalar DateTime', () => {
  it('is described in the words of the SDL, not in those of the library that reads it', () => {
    expect(dateTime.description).toBe(
      'A point in time: RFC 3339, in UTC, such as `2026-01-31T09:30:00.000Z`.',
    );
  });

  it('reads and writes moments', () => {
    const moment = new Date('2026-01-31T09:30:00.000Z');
    expect(dateTime.serialize(moment)).toEqual(moment);
    expect(dateTime.parseValue('2026-01-31T09:30:00.000Z')).toEqual(moment);
    expect(() => dateTime.parseValue('yesterday')).toThrow('DateTime');
  });
});
