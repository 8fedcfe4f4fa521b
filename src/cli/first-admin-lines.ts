import type { PrepareOptions } from '../app.ts';

type FirstAdmin = Parameters<PrepareOptions['onFirstAdmin']>[0];

/** Tells of the ADMIN that was made, and of its password if that was made too: once, here. */
export function firstAdminLines(firstAdmin: FirstAdmin): string[] {
  if (firstAdmin === undefined) return [];
  const { username, generatedPassword } = firstAdmin;
  return [
    `  First user  ${username}, in the group ADMIN`,
    ...(generatedPassword === undefined
      ? []
      : [`  Password    ${generatedPassword}   (shown only once; store it safely)`]),
  ];
}
