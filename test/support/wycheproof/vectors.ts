import { readFileSync } from 'node:fs';
import { z } from 'zod';

const jwkSchema = z.looseObject({ kty: z.string(), alg: z.string().optional() });
export type Jwk = z.infer<typeof jwkSchema>;

const keysSchema = z.union([
  z.object({ keys: z.array(jwkSchema) }).transform(({ keys }) => keys),
  jwkSchema.transform((key) => [key]),
]);

const serializationSchema = z.union([
  z.string(),
  z.looseObject({}).transform((json) => JSON.stringify(json)),
]);

const fileSchema = z.object({
  numberOfTests: z.int(),
  testGroups: z.array(
    z.object({
      comment: z.string(),
      private: keysSchema,
      public: keysSchema.optional(),
      tests: z.array(
        z.object({
          tcId: z.int(),
          comment: z.string(),
          jws: serializationSchema.optional(),
          jwe: serializationSchema.optional(),
          result: z.enum(['valid', 'invalid']),
        }),
      ),
    }),
  ),
});

/** One token of Wycheproof, and the keys that its issuer would publish. */
export interface Vector {
  readonly title: string;
  readonly file: VectorFile;
  readonly group: number;
  readonly id: number;
  readonly token: string;
  readonly isValid: boolean;
  readonly isEncrypted: boolean;
  /** Secrets of HMAC have no public part: they are here as they are. */
  readonly published: readonly Jwk[];
  readonly privateKeys: readonly Jwk[];
}

export const vectorFiles = ['signature', 'key', 'crypto'] as const;
export type VectorFile = (typeof vectorFiles)[number];

/** Reads the vectors of one file. @throws {ZodError} if it has another form. */
export function readVectors(file: VectorFile): readonly Vector[] {
  const path = new URL(`../../vectors/wycheproof/json_web_${file}_test.json`, import.meta.url);
  const { numberOfTests, testGroups } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const vectors = testGroups.flatMap(({ tests, ...keys }, group) =>
    tests.map(({ tcId, comment, jws, jwe, result }) => ({
      title: `${file} ${tcId} ${keys.comment} ${comment}`,
      file,
      group,
      id: tcId,
      token: z.string().parse(jws ?? jwe),
      isValid: result === 'valid',
      isEncrypted: jwe !== undefined,
      published: keys.public ?? keys.private,
      privateKeys: keys.private,
    })),
  );
  if (vectors.length !== numberOfTests) throw new Error(`${file}: vectors are missing`);
  return vectors;
}

export const allVectors = (): readonly Vector[] => vectorFiles.flatMap(readVectors);
