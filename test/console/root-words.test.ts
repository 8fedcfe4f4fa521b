import { describe, expect, it } from 'vitest';
import { toRootWords } from '../../packages/console/pages/src/account/root-words.ts';

describe('what a viewer may do, in plain words', () => {
  it('is by kind, in the order of the words', () => {
    expect(
      toRootWords(['Mutation.createUser', 'Query.users', 'Query.me', 'Query.area2Rooms']),
    ).toEqual([
      {
        kind: 'Read',
        shown: [
          { coordinate: 'Query.area2Rooms', words: 'area2 rooms' },
          { coordinate: 'Query.me', words: 'me' },
          { coordinate: 'Query.users', words: 'users' },
        ],
        left: 0,
      },
      {
        kind: 'Change',
        shown: [{ coordinate: 'Mutation.createUser', words: 'create user' }],
        left: 0,
      },
    ]);
  });

  it('shows a hundred of each kind, and says how many more there are', () => {
    const access = Array.from({ length: 250 }, (_, index) => `Query.field${index}`);
    const [read, ...others] = toRootWords(access);
    expect([read?.shown.length, read?.left, others]).toEqual([100, 150, []]);
  });
});
