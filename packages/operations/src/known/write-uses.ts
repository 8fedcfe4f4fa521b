import type { Parts } from '../parts.ts';
import { recordUses } from './version-uses.store.ts';

/** Writes which versions were used since the last call. Uses that were not written are lost when a process is killed. */
export const writeUses = ({ uses, sql }: Pick<Parts, 'uses' | 'sql'>): Promise<void> =>
  uses.write((written) => recordUses(sql, written));
