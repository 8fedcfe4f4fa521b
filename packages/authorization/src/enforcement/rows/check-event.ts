import type { GraphQLResolveInfo } from 'graphql';
import { isAsyncIterable } from '../../decision/iterables.ts';
import { eventOf } from '../calls/source-events.ts';
import { isArray } from '../values/list-items.ts';

/** Finds out whether a rule hides the event that the root field of a subscription answers. */
export interface WatchedEvent {
  /** Called for each row that is hidden. */
  readonly onHidden: () => void;
  /** Called with what is delivered. Returns it. A list that is empty without its hidden rows is no event. */
  conclude(delivered: unknown): unknown;
}

/** Watches the rows of a root field, in lists of this depth. Undefined: they are not those of an event. */
export function watchEvent(info: GraphQLResolveInfo, depth: number): WatchedEvent | undefined {
  const event = eventOf(info);
  if (event === undefined) return undefined;
  let hidesSome = false;
  const conclude = (rows: unknown): unknown => {
    // What it hides is known when it has been read.
    if (isAsyncIterable(rows)) return readLater(rows).then(conclude);
    event.isHidden ||= hidesSome && isArray(rows) && rows.length === 0;
    return rows;
  };
  return {
    onHidden() {
      hidesSome = true;
      event.isHidden ||= depth === 0;
    },
    conclude,
  };
}

async function readLater(rows: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for await (const row of rows) items.push(row);
  return items;
}
