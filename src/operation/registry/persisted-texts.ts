/** The format of Apollo's manifests of persisted queries. */
const apolloFormat = 'apollo-persisted-query-manifest';

/**
 * Reads the texts of persisted documents: of a manifest of Apollo, or of an object of texts by id, as Relay and the client
 * preset of GraphQL Code Generator write.
 *
 * @throws {Error} for JSON of another kind.
 */
export function readPersistedTexts(text: string): readonly string[] {
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

const isText = (value: unknown): value is string => typeof value === 'string';

function bodiesOf({ operations }: Record): readonly string[] | undefined {
  if (!Array.isArray(operations)) return undefined;
  const bodies = operations.map((each: unknown) => (isRecord(each) ? each.body : undefined));
  return bodies.every(isText) ? bodies : undefined;
}

function valuesOf(json: unknown): readonly string[] | undefined {
  if (!isRecord(json)) return undefined;
  const texts = Object.values(json);
  return texts.every(isText) ? texts : undefined;
}
