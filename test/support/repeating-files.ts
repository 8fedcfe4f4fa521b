/**
 * Files whose promises other files test too, in a shorter way: `.ci/run` runs them after `npm test`. Each has the file
 * that tests its promise beside it.
 */
export const repeatingFiles: readonly string[] = [];
