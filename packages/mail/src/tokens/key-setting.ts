import { z } from 'zod';

/** 32 bytes in base64url: 43 characters. */
const keyForm = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Parses `MAIL_KEY`. Messages never contain it. */
export const keySetting = z
  .string()
  .regex(keyForm, 'must be 32 random bytes in base64url: 43 characters')
  .transform((text): Uint8Array => Buffer.from(text, 'base64url'));
