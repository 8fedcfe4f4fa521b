import type { Context } from '../context/context.ts';
import { principalOf } from '../context/principal.ts';
import { createTopic, type Listen, type RunningTopic } from '../events/topic.ts';
import type { AnyDomain, EventDefinition, EventRow } from './domain.ts';
import type { LoaderContext } from './loaders.ts';

/** The topics of all domains by table. Several fields of Subscription can share one. */
export type Topics = ReadonlyMap<string, RunningTopic<EventRow>>;

export interface TopicsOptions {
  readonly listen: Listen;
  readonly onReadError: (error: unknown) => void;
  readonly context: LoaderContext;
}

export function createTopics(
  domains: readonly AnyDomain[],
  { context, ...options }: TopicsOptions,
): Topics {
  const topics = new Map<string, RunningTopic<EventRow>>();
  for (const definition of domains.flatMap(({ events = {} }) => Object.values(events))) {
    const { table } = definition;
    const read = readOf(definition, domains);
    if (topics.has(table) || read === undefined) continue;
    const topic = createTopic<EventRow>({
      ...options,
      name: table,
      findByIds: (ids) => read([...ids], context),
    });
    topics.set(table, topic);
  }
  return topics;
}

/** Returns the fields of Subscription with an event definition, and their tables. */
export const eventFieldsOf = (domains: readonly AnyDomain[]) =>
  domains.flatMap(({ events = {} }) =>
    Object.entries(events).map(([field, { table }]) => ({ field, table })),
  );

/** Returns how the rows of an event are read. Undefined: that is not said, which is found by `findDomainProblems`. */
function readOf(
  { read, type = '' }: EventDefinition,
  domains: readonly AnyDomain[],
): EventDefinition['read'] {
  if (read !== undefined) return read;
  const definition = domains
    .map(({ types = {} }) => types[type])
    .find((each) => each !== undefined);
  return (
    definition &&
    (async (ids, context) =>
      (await definition.byIds(Object(ids), context)).map((row) => Object(row)))
  );
}

/** Creates the resolvers of the fields of Subscription with an event definition. */
export const eventResolvers = (domains: readonly AnyDomain[], topics: Topics) =>
  Object.fromEntries(
    domains.flatMap(({ events = {} }) =>
      Object.entries(events).map(([field, definition]) => [
        field,
        { subscribe: createSubscribe(definition, topics), resolve: (row: unknown) => row },
      ]),
    ),
  );

const createSubscribe =
  ({ table, filter }: EventDefinition, topics: Topics) =>
  async (_source: unknown, args: Readonly<Record<string, never>>, context: Context) => {
    const topic = topics.get(table);
    if (topic === undefined) throw new Error(`There is no topic ${table}.`);
    return topic.subscribe({ owner: principalOf(context), accepts: await filter?.(args, context) });
  };
