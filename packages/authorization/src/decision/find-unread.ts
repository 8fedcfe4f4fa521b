/** Finds the first property that a policy reads and a row does not have. */
export const findUnread = (reads: readonly string[], row: unknown): string | undefined => {
  const values: Readonly<Record<string, unknown>> = Object(row);
  for (const property of reads) if (values[property] === undefined) return property;
  return undefined;
};
