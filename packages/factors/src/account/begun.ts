/** What was proved when an enrolment began. It is sealed into what the next request has to send. */
export interface Begun {
  /** How many kinds of factors were proved: as many as the account had then. */
  readonly kinds: number;
  /** When the recovery code was used on which the proof or its session rests. */
  readonly recoveredAt: Date | null;
}

const kindsBytes = 1;
const timeBytes = 6;

/** Writes it as 7 bytes. */
export function toBytes({ kinds, recoveredAt }: Begun): Buffer {
  const bytes = Buffer.alloc(kindsBytes + timeBytes);
  bytes.writeUInt8(kinds);
  bytes.writeUIntBE(recoveredAt?.getTime() ?? 0, kindsBytes, timeBytes);
  return bytes;
}

/** Reads what `toBytes` has written. Undefined: it is something else. */
export function fromBytes(bytes: Buffer): Begun | undefined {
  if (bytes.length !== kindsBytes + timeBytes) return undefined;
  const ms = bytes.readUIntBE(kindsBytes, timeBytes);
  return { kinds: bytes.readUInt8(), recoveredAt: ms === 0 ? null : new Date(ms) };
}
