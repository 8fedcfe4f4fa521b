import type { Viewer } from '../../decision/viewer.ts';
import type { MaybePromise } from './field-call.ts';

/** What a policy has answered about a row. */
export interface KeptAnswer {
  /** The values of the properties that the policy reads. */
  readonly values: readonly unknown[];
  /** False while the policy is being asked. */
  answer: MaybePromise<boolean>;
}

/** The answers about rows for one viewer, by policy and row. */
export type RowAnswers = Map<string, Map<unknown, KeptAnswer>>;

/** The answers of one execution, by viewer. */
export type ViewerAnswers = Map<Viewer, RowAnswers>;

/** Returns the values by which {@link isSameRow} knows a row again. */
export function valuesOf(row: unknown, reads: readonly string[]): readonly unknown[] {
  const properties: Readonly<Record<string, unknown>> = Object(row);
  return reads.map((property) => properties[property]);
}

/** Whether an object is the row still that was asked about: an application can use one object for several rows. */
export function isSameRow({ values }: KeptAnswer, row: unknown, reads: readonly string[]): boolean {
  const properties: Readonly<Record<string, unknown>> = Object(row);
  let index = 0;
  for (const property of reads) {
    if (!Object.is(properties[property], values[index])) return false;
    index += 1;
  }
  return true;
}
