/** Whether `npm run proof -- samples` runs, which tries every case of the files that use `sampleOf` or `isWhole`. */
export const isWhole = process.env.WHOLE_SAMPLES === 'true';

/** Returns the cases of a sample for `npm test`, and all of them for the proof. */
export const sampleOf = <Case>(
  cases: readonly Case[],
  isInSample: (each: Case, index: number) => boolean = (_each, index) => index === 0,
): Case[] => cases.filter((each, index) => isWhole || isInSample(each, index));

/** Returns how often something is repeated in a sample for `npm test`, and in the proof. */
export const timesOf = (whole: number, inSample: number): number => (isWhole ? whole : inSample);
