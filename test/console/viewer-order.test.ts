import { describe, expect, it } from 'vitest';
import {
  headsOf,
  moveLeft,
  orderColumns,
  toggleViewer,
  viewersOf,
} from '../../packages/console/pages/src/access/viewer-order.ts';

const group = (name: string, ...implies: readonly string[]) => ({ name, implies });
const columns = ['anonymous', 'authenticated', 'A', 'B', 'C', 'D'];

describe('the columns of a matrix', () => {
  it.each([
    { groups: [], order: 'anonymous,authenticated,A,B,C,D' },
    { groups: [group('D', 'B')], order: 'anonymous,authenticated,A,C,D,⊃ B' },
    {
      groups: [group('D', 'B', 'A'), group('B', 'A')],
      order: 'anonymous,authenticated,C,D,⊃ B,⊃ A',
    },
    {
      groups: [group('C', 'A', 'B'), group('D', 'A')],
      order: 'anonymous,authenticated,C,⊃ A,⊃ B,D',
    },
    // Groups that imply each other.
    { groups: [group('A', 'C'), group('C', 'A')], order: 'anonymous,authenticated,B,D,A,⊃ C' },
  ])('are $order with $groups', ({ groups, order }) => {
    expect(headsOf(orderColumns(columns, groups), groups).join()).toBe(order);
  });

  it.each([
    { address: '', shown: undefined },
    { address: 'viewers=', shown: undefined },
    { address: 'viewers=X', shown: undefined },
    { address: 'viewers=D,X,A,D', shown: ['D', 'A'] },
  ])('are $shown by the address "$address"', ({ address, shown }) => {
    expect(viewersOf(new URLSearchParams(address), columns)).toEqual(shown);
  });

  it.each([
    { name: 'A', moved: 'B,C,A' },
    { name: 'B', moved: 'B,A,C' },
    { name: 'C', moved: 'A,C,B' },
  ])('are $moved after a move of $name among A, B and C', ({ name, moved }) => {
    expect(moveLeft(['A', 'B', 'C'], name).join()).toBe(moved);
  });

  it('lose a viewer that is hidden, and get one that is shown at the end', () => {
    expect(toggleViewer(['A', 'B'], 'A')).toEqual(['B']);
    expect(toggleViewer(['B'], 'A')).toEqual(['B', 'A']);
  });
});
