import type { Context } from '../context/context.ts';
import { principalOf } from '../context/principal.ts';
import { createTopic, type Listen, type RunningTopic } from '../events/topic.ts';
import type { Domain, EventDefinition, EventRow } from './domain.ts';
import type { LoaderContext } from './loaders.ts';

/** The topics of all domains by table. Several fields of Subscription can share one. */
export type Topics = ReadonlyMap<string, RunningTopic<EventRow>>;

export interface TopicsOptions {
  readonly listen: Listen;
  readonly onReadError: (error: unknown) => void;
  readonly context: LoaderContext;
}

/** Creates the topics of the domains' subscriptions. */
export function createTopics(
  domains: readonly Domain[],
  { context, ...options }: TopicsOptions,
): Topics {
  const topics = new Map<string, RunningTopic<EventRow>>();
  for (const definition of domains.flatMap(({ events = {} }) => Object.values(events))) {
    const { table, read } = definition;
    if (topics.has(table)) continue;
    const topic = createTopic<EventRow>({
      ...options,
      name: table,
      findByIds: (ids) => read([...ids], context),
    });
    topics.set(table, topic);
  }
  return topics;
}

/** Creates the resolvers of the fields of Subscription with an event definition. */
export const eventResolvers = (domains: readonly Domain[], topics: Topics) =>
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
