const dayMs = 24 * 60 * 60 * 1000;

/** Returns the beginning of a day, UTC. */
export const startOfDay = (at: Date): Date => new Date(Math.floor(at.getTime() / dayMs) * dayMs);
