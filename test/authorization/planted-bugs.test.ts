import { expect, it } from 'vitest';
import { plant, plantedBugs } from '../support/planted-bugs.ts';

it.each(plantedBugs)('the bug "$title" of the proof has a place in the source', (bug) => {
  expect(plant(bug)).toContain(bug.to);
});
