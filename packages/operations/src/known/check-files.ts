import type { Check, PackageExamination } from 'graphql-gatehouse';
import type { OperationsSettings } from '../settings.ts';
import { followOperations } from './follow-operations.ts';
import { createIsFree } from './gate.ts';
import { followedBy } from './known-files.ts';
import { KnownOperationsError, nameOf } from './known-operations.ts';

/** Checks the files of known operations, for `doctor`. Returns nothing if the settings do not need them. */
export async function checkFiles(
  context: PackageExamination<OperationsSettings>,
): Promise<readonly Check[]> {
  const { settings } = context;
  if (settings.OPERATIONS === 'any') return [];
  try {
    createIsFree(settings.OPERATIONS_FREE, context.groups());
    const { current, stop } = await followOperations({
      ...(await followedBy(context)),
      onChange: () => {},
      onProblem: () => {},
    });
    stop();
    const { versions, texts } = current();
    const found = `${texts.size} of ${versions.map(nameOf).join(', ')}`;
    return [{ name: 'operations', state: 'ok', found }];
  } catch (error) {
    if (!(error instanceof KnownOperationsError)) throw error;
    const advice = 'mend the files, OPERATIONS_PATH or OPERATIONS_FREE';
    return [{ name: 'operations', state: 'problem', found: error.message, advice }];
  }
}
