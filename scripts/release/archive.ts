/** The file that npm packs a package into. */
export const archiveOf = ({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}): string => `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
