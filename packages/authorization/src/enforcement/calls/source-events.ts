import type { ExecutionResult, GraphQLResolveInfo } from 'graphql';

/** One event of a subscription for one subscriber, as the root value of its execution. */
export class SourceEvent {
  readonly payload: unknown;
  /** Whether the rule of a type hides it from the subscriber. */
  isHidden = false;

  constructor(payload: unknown) {
    this.payload = payload;
  }
}

/** Events that are being answered, by the path of their root field, an object that the executor creates for each. */
const events = new WeakMap<GraphQLResolveInfo['path'], SourceEvent>();

/** Returns the event that a root field of a subscription answers, unless the host has executed its payload. */
export const eventOf = ({ path }: Pick<GraphQLResolveInfo, 'path'>): SourceEvent | undefined =>
  events.get(path);

/** The events of results, by the data, an object that the executor creates for each. */
const eventsOfResults = new WeakMap<object, SourceEvent>();

/** Keeps which event has a result. */
export function keepEvent(event: SourceEvent, { data }: ExecutionResult): void {
  if (data) eventsOfResults.set(data, event);
}

/** Returns the event that has a result, unless the host has executed its payload. */
export const eventOfResult = ({ data }: ExecutionResult): SourceEvent | undefined =>
  data ? eventsOfResults.get(data) : undefined;

/** Lets the call of a root field of a subscription get the payload of a {@link SourceEvent}. */
export function takePayload(call: { source: unknown; readonly info: GraphQLResolveInfo }): void {
  const { source, info } = call;
  if (!(source instanceof SourceEvent)) return;
  events.set(info.path, source);
  call.source = source.payload;
}
