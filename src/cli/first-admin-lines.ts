import type { PrepareOptions } from '../gatehouse/app.ts';

type FirstAdmin = Parameters<PrepareOptions['onFirstAdmin']>[0];

/** Describes the created ADMIN, with its password if that was generated. Nothing else shows the password. */
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
