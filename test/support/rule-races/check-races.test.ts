import { describe, expect, it } from 'vitest';
import { findRaceFaults, type RaceTurn } from './check-races.ts';

const turn = (holder: string | null, seen: RaceTurn['seen'], by: string | null = null) => ({
  key: 'lab',
  holder,
  by,
  seen,
});

describe('a history of races', () => {
  it('has no fault when each acted while it held the key', () => {
    const turns = [turn('kim', {}), turn('lee', { kim: 2 }, 'kim')];
    expect(findRaceFaults({ turns, acts: { lab: { kim: 2, lee: 1 } } })).toEqual([]);
  });

  it.each([
    {
      what: 'a turn did not see an act of who held the key before it',
      turns: [turn('kim', {}), turn(null, { kim: 1 })],
      acts: { kim: 2 },
      fault: 'lab: kim acted 1 times while no user held it',
    },
    {
      what: 'a turn saw an act of who held the key only after it',
      turns: [turn('kim', {}), turn('lee', { lee: 1 })],
      acts: { lee: 1 },
      fault: 'lab: lee acted 1 times while kim held it',
    },
    {
      what: 'a turn saw fewer acts than the one before',
      turns: [turn('kim', {}), turn('kim', { kim: 2 }), turn('kim', { kim: 1 })],
      acts: { kim: 1 },
      fault: 'lab: kim acted -1 times while kim held it',
    },
    {
      what: 'the key was handed over by who did not hold it',
      turns: [turn('kim', {}), turn('lee', {}, 'lee')],
      acts: {},
      fault: 'lab: lee handed it over while kim held it',
    },
    {
      what: 'there was no turn',
      turns: [],
      acts: { kim: 1 },
      fault: 'lab: kim acted 1 times while no user held it',
    },
  ])('has a fault when $what', ({ turns, acts, fault }) => {
    expect(findRaceFaults({ turns, acts: { lab: acts } })).toEqual([fault]);
  });
});
