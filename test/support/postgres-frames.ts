/** A message of PostgreSQL's protocol (55.7 of its manual). */
export interface Frame {
  /** A letter; empty for the first message of a client, which has none. */
  readonly type: string;
  /** The whole message, as it was sent. */
  readonly bytes: Buffer;
  /** What follows its length. */
  readonly body: Buffer;
}

/** Creates the function that splits what one side of a connection sends into messages. */
export function createFrameReader(first: 'untyped' | 'typed'): (chunk: Buffer) => readonly Frame[] {
  let rest = Buffer.alloc(0);
  let typeBytes = first === 'untyped' ? 0 : 1;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    while (rest.length >= typeBytes + 4) {
      const size = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < size) break;
      const bytes = rest.subarray(0, size);
      const type = bytes.toString('latin1', 0, typeBytes);
      frames.push({ type, bytes, body: bytes.subarray(typeBytes + 4) });
      rest = rest.subarray(size);
      typeBytes = 1;
    }
    return frames;
  };
}

/**
 * Creates the function that returns the text of the statement that a message of a client runs, or undefined for another
 * message. Knows the prepared statements of its connection.
 */
export function createStatementReader(): (frame: Frame) => string | undefined {
  const prepared = new Map<string, string>();
  let bound = '';
  return ({ type, body }) => {
    const [first = '', second = ''] = body.toString('utf8').split('\0', 2);
    if (type === 'P') prepared.set(first, second);
    if (type === 'B') bound = prepared.get(second) ?? '';
    if (type === 'Q') return first;
    return type === 'E' ? bound : undefined;
  };
}
