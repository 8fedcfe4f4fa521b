import type { GatehousePackage, PackageRuntime } from 'graphql-gatehouse';

/** A clock that is faster than real time from one moment on, the same on all nodes that have these values. */
export interface FastClock {
  /** In milliseconds since 1970. */
  readonly startsAt: number;
  readonly factor: number;
}

/**
 * Lets the background work of a package have a fast clock: leases of dead nodes end, and mails are due again, within
 * seconds. Fields keep the real one, which the database compares with its own.
 */
export function speedUp<Settings extends Readonly<Record<string, unknown>>>(
  real: GatehousePackage<Settings>,
  { startsAt, factor }: FastClock,
): GatehousePackage<Settings> {
  const now = () => new Date(startsAt + (Date.now() - startsAt) * factor);
  const made = new WeakMap<PackageRuntime<Settings>, PackageRuntime<Settings>>();
  const withClock = (runtime: PackageRuntime<Settings>): PackageRuntime<Settings> => {
    const fast = made.get(runtime) ?? { ...runtime, now };
    made.set(runtime, fast);
    return fast;
  };
  const tasks = Object.entries(real.background ?? {}).map(([name, task]) => {
    const run: typeof task.run = (runtime, isStopped) => task.run(withClock(runtime), isStopped);
    return [name, { ...task, run }] as const;
  });
  return { ...real, background: Object.fromEntries(tasks) };
}
