import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createRoundRobinQueue,
  type RoundRobinQueue,
} from '../../src/authentication/round-robin-queue.ts';

const room = 6;

/** Adds entries of these keys to a queue of six places. Returns which are in it, and which were refused. */
function come(queue: RoundRobinQueue, keys: readonly string[]) {
  const left: number[] = [];
  const began: number[] = [];
  const inside = new Set<number>();
  for (const [person, key] of keys.entries()) {
    if (queue.size() >= room && !queue.makeRoomFor(key)) {
      left.push(person);
      continue;
    }
    inside.add(person);
    queue.add(key, {
      begin: () => began.push(person),
      release: () => {
        inside.delete(person);
        left.push(person);
      },
    });
  }
  return { left, began, inside: () => [...inside] };
}

const someKeys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

it('loses no entry: each is in it, or was refused once', () => {
  fc.assert(
    fc.property(someKeys, (keys) => {
      const queue = createRoundRobinQueue();
      const { left, inside } = come(queue, keys);
      expect([...left, ...inside()].toSorted((a, b) => a - b)).toEqual([...keys.keys()]);
      expect(queue.size()).toBe(inside().length);
      expect(queue.size()).toBe(Math.min(keys.length, room));
    }),
  );
});

it('leaves no key out while another one has two places more', () => {
  fc.assert(
    fc.property(someKeys, (keys) => {
      const { left, inside } = come(createRoundRobinQueue(), keys);
      const placesOf = (key: string) => inside().filter((person) => keys[person] === key).length;
      const most = Math.max(0, ...[...new Set(keys)].map(placesOf));
      for (const person of left) {
        expect(placesOf(keys[person] ?? '')).toBeGreaterThanOrEqual(most - 1);
      }
    }),
  );
});

it('serves each key before any other one has had two turns more, and each in its order', () => {
  fc.assert(
    fc.property(someKeys, (keys) => {
      const queue = createRoundRobinQueue();
      const { began, inside } = come(queue, keys);
      const waiting = inside();
      for (let place = queue.next(); place !== undefined; place = queue.next()) place.begin();
      expect(began.toSorted((a, b) => a - b)).toEqual(waiting.toSorted((a, b) => a - b));
      for (const key of new Set(waiting.map((person) => keys[person]))) {
        const own = began.filter((person) => keys[person] === key);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
        const turns = own.map((person) => began.indexOf(person));
        const others = new Set(waiting.map((person) => keys[person])).size;
        for (const [index, turn] of turns.entries()) {
          expect(turn - (turns[index - 1] ?? -1)).toBeLessThanOrEqual(others);
        }
      }
    }),
  );
});
