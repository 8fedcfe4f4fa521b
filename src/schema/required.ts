/**
 * What a foreign key promises to be there.
 *
 * @throws {Error} when it is not: a fault of ours, which is masked.
 */
export async function required<T>(reading: Promise<T | null>): Promise<T> {
  const value = await reading;
  if (value === null) throw new Error('A record that another one refers to is missing.');
  return value;
}
