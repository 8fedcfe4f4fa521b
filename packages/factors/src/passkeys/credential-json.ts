import { z } from 'zod';

/** Longer texts are not parsed. A credential id has at most 1,023 bytes, and no part that is read here is longer. */
const maxTextLength = 16_384;

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);

const common = { id: base64url.min(1), rawId: base64url.min(1), type: z.literal('public-key') };

const assertionSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});

const registrationSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    // Of another form than WebAuthn Level 3, 5.8.4, names none, and could have characters that the database rejects.
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/))
      .max(16)
      .optional(),
  }),
});

const clientDataSchema = z.object({
  challenge: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

/** The answer of a passkey to `navigator.credentials.get`. */
export type AssertionJson = z.infer<typeof assertionSchema>;

/** The answer of a new passkey to `navigator.credentials.create`. */
export type RegistrationJson = z.infer<typeof registrationSchema>;

/** What the browser has signed about the page. */
export type ClientData = z.infer<typeof clientDataSchema>;

/** Parses what `PublicKeyCredential.toJSON()` returns, as JSON. Undefined: it has another form. */
export const parseAssertion = (text: string): AssertionJson | undefined =>
  parse(assertionSchema, text);

export const parseRegistration = (text: string): RegistrationJson | undefined =>
  parse(registrationSchema, text);

/** Reads the client data of an answer. Undefined: it has another form. */
export const readClientData = ({ clientDataJSON }: { readonly clientDataJSON: string }) =>
  parse(clientDataSchema, Buffer.from(clientDataJSON, 'base64url').toString('utf8'));

/** Whether the page was in a frame of another site: a page could then lead its visitor to use a passkey. */
export const isFramed = ({ crossOrigin, topOrigin }: ClientData): boolean =>
  crossOrigin === true || topOrigin !== undefined;

function parse<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  if (text.length > maxTextLength) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
