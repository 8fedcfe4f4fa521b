/** Options in which one key, at any depth, is misspelt. */
export interface MisspeltOptions {
  readonly options: object;
  /** The misspelt name. */
  readonly name: string;
  /** The name that was meant. */
  readonly meant: string;
}

/**
 * Misspells each key of options in turn, at every depth: its last letter is written twice. Keys below `free`, such as
 * `policies`, are names that callers choose: they stay, and what is below them is misspelt again.
 */
export function misspell(options: object, free: readonly string[]): readonly MisspeltOptions[] {
  return Object.entries(options).flatMap(([meant, value]: [string, unknown]) => {
    const name = `${meant}${meant.at(-1)}`;
    return [{ options: renamed(options, meant, name), name, meant }, ...below(meant, value)];
  });

  function below(key: string, value: unknown): readonly MisspeltOptions[] {
    if (!isPlain(value)) return [];
    const inner =
      free.includes(key) || Array.isArray(value)
        ? Object.entries(value).flatMap(([each, chosen]: [string, unknown]) =>
            (isPlain(chosen) && !Array.isArray(chosen) ? misspell(chosen, free) : []).map(
              (found) => ({
                ...found,
                options: replaced(value, each, found.options),
              }),
            ),
          )
        : misspell(value, free);
    return inner.map((found) => ({ ...found, options: replaced(options, key, found.options) }));
  }
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));

const renamed = (object: object, from: string, to: string): object =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key === from ? to : key, value]),
  );

const replaced = (object: object, key: string, value: unknown): object =>
  Array.isArray(object)
    ? Object.assign([...object], { [key]: value })
    : { ...object, [key]: value };
