/** Returns what to do about something that needs a package. */
export const addPackage = (name: string): string =>
  `needs a package: add ${name}() of @graphql-gatehouse/${name} to \`packages\` in gatehouse.config.ts`;
