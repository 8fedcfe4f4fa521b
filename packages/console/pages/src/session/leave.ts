import { gatehouse } from '../gatehouse.ts';

let isLeaving = false;

/** Logs out. @throws {GatehouseError | TypeError} when the session goes on. */
export async function leave(): Promise<void> {
  isLeaving = true;
  try {
    await gatehouse.logOut();
  } catch (error) {
    isLeaving = false;
    throw error;
  }
}

/** Returns whether the viewer has logged out here, and not since when a session began. */
export function hasLeft(): boolean {
  const left = isLeaving;
  isLeaving = false;
  return left;
}
