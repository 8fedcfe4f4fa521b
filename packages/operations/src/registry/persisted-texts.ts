/** The format of Apollo's manifests of persisted queries. */
const apolloFormat = 'apollo-persisted-query-manifest';

/** The text of a persisted document, and the id by which a client may send it. */
export interface PersistedText {
  readonly id: string;
  readonly text: string;
}

/**
 * Reads persisted documents: a manifest of Apollo, or an object of texts by id, as Relay and the client preset of GraphQL
 * Code Generator write.
 *
 * @throws {Error} for JSON of another kind.
 */
export function readPersistedTexts(text: string): readonly PersistedText[] {
  const json = parseJson(text);
  const texts = isRecord(json) && json.format === apolloFormat ? bodiesOf(json) : valuesOf(json);
  if (texts === undefined) throw new Error(unknownForm);
  return texts;
}

const unknownForm =
  'it is neither a manifest of persisted queries of Apollo nor an object of texts by id, as Relay and the client preset write';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error('it is neither a .graphql file nor JSON', { cause });
  }
}

type Record = Readonly<{ [name: string]: unknown }>;

const isRecord = (value: unknown): value is Record =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPersisted = (value: {
  readonly id: unknown;
  readonly text: unknown;
}): value is PersistedText => typeof value.id === 'string' && typeof value.text === 'string';

function bodiesOf({ operations }: Record): readonly PersistedText[] | undefined {
  if (!Array.isArray(operations)) return undefined;
  const bodies = operations.map((each: unknown) =>
    isRecord(each) ? { id: each.id, text: each.body } : { id: undefined, text: undefined },
  );
  return bodies.every(isPersisted) ? bodies : undefined;
}

function valuesOf(json: unknown): readonly PersistedText[] | undefined {
  if (!isRecord(json)) return undefined;
  const texts = Object.entries(json).map(([id, text]) => ({ id, text }));
  return texts.every(isPersisted) ? texts : undefined;
}
