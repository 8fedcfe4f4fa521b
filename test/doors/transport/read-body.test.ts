import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Body, createReadBody } from '../../../src/doors/transport/read-body.ts';
import { OverloadedError } from '../../../src/errors.ts';

const maxArrivingBytes = 200_000;
const limits = { maxBodyBytes: 100_000, declaredBytes: undefined };

/** A body that arrives when a test asks for it. */
const aBody = () => new EventEmitter() as EventEmitter & Body;

describe('readBody', () => {
  it('gives the bytes that came, in whatever pieces', async () => {
    const piece = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const stream = aBody();
        const read = createReadBody(maxArrivingBytes)(stream, limits);
        for (const each of pieces) stream.emit('data', Buffer.from(each));
        stream.emit('end');
        expect(Buffer.concat(pieces).equals(await read)).toBe(true);
      }),
    );
  });

  it('refuses a body over the limit, announced or not, and stops listening', async () => {
    const readBody = createReadBody(maxArrivingBytes);
    await expect(readBody(aBody(), { ...limits, declaredBytes: 100_001 })).rejects.toMatchObject({
      statusCode: 413,
    });
    const stream = aBody();
    const read = readBody(stream, limits);
    stream.emit('data', Buffer.alloc(100_000));
    stream.emit('data', Buffer.alloc(1));
    await expect(read).rejects.toMatchObject({ statusCode: 413 });
    expect(stream.eventNames()).toEqual([]);
  });

  it('reports one that breaks off', async () => {
    const stream = aBody();
    const read = createReadBody(maxArrivingBytes)(stream, { ...limits, declaredBytes: 10 });
    stream.emit('data', Buffer.alloc(5));
    stream.emit('close');
    await expect(read).rejects.toMatchObject({ statusCode: 400 });
  });

  it('refuses further large ones while too much is arriving, and accepts small ones', async () => {
    const readBody = createReadBody(maxArrivingBytes);
    const large = Buffer.alloc(90_000);
    const arriving = [aBody(), aBody()];
    const reads = arriving.map((stream) => readBody(stream, limits));
    for (const stream of arriving) stream.emit('data', large);

    const third = aBody();
    const refused = readBody(third, limits);
    third.emit('data', large);
    await expect(refused).rejects.toBeInstanceOf(OverloadedError);

    const small = aBody();
    const letIn = readBody(small, limits);
    small.emit('data', Buffer.alloc(1_000));
    small.emit('end');
    expect((await letIn).length).toBe(1_000);

    arriving[0]?.emit('close');
    arriving[1]?.emit('end');
    expect(await Promise.allSettled(reads)).toMatchObject([
      { status: 'rejected' },
      { status: 'fulfilled' },
    ]);
    const next = aBody();
    const read = readBody(next, limits);
    next.emit('data', large);
    next.emit('end');
    expect((await read).length).toBe(90_000);
  });
});
