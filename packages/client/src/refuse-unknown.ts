/**
 * Refuses the options that are left when all known ones are taken. To find the name that was meant would take more code.
 *
 * @throws {TypeError} that names the first.
 */
export function refuseUnknown(left: Readonly<Record<string, never>>): void {
  for (const name in left) throw new TypeError(`Unknown option: ${name}`);
}
