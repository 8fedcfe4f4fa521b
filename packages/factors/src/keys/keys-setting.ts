import { z } from 'zod';
import type { FactorsKey } from './key-ring.ts';

const form =
  'must be a list of keys, each a version and 32 random bytes in base64url, such as 1:KEY,2:KEY';

/** 32 bytes in base64url: 43 characters. */
const keyForm = /^([1-9]\d{0,8}):([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;

/** Parses `FACTORS_KEYS`. Messages never contain a key. */
export const keysSetting = z
  .string()
  .transform((text) => text.split(',').map((each) => keyForm.exec(each.trim())))
  .transform((found, context): readonly FactorsKey[] => {
    const keys = found.flatMap(toKey);
    if (keys.length < found.length) context.addIssue(form);
    else if (new Set(keys.map(({ version }) => version)).size < keys.length) {
      context.addIssue('has two keys with the same version');
    }
    return keys;
  });

const toKey = (found: RegExpExecArray | null): readonly FactorsKey[] =>
  found?.[1] === undefined || found[2] === undefined
    ? []
    : [{ version: Number(found[1]), bytes: Buffer.from(found[2], 'base64url') }];
