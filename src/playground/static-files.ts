import { Readable } from 'node:stream';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ClientError } from '../errors.ts';

/** Serves the files of a folder, at most `maxFilesAtOnce` at the same time. */
export async function registerStaticFiles(
  fastify: FastifyInstance,
  options: FastifyStaticOptions,
): Promise<void> {
  await fastify.register(async (files) => {
    boundFiles(files);
    await files.register(fastifyStatic, { ...options, decorateReply: false });
  });
}

const tooManyFiles = 'Too many files are being sent. Try again later.';

/** The maximum number of files that are sent at the same time. Each is open until its client has read it. */
const maxFilesAtOnce = 200;

function boundFiles(assets: FastifyInstance): void {
  let underWay = 0;
  assets.addHook('onRequest', async (_request, reply) => {
    if (underWay >= maxFilesAtOnce) throw new ClientError('SERVICE_UNAVAILABLE', tooManyFiles);
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
  });
  // The client disconnected while the file was opened: close it here.
  assets.addHook('onSend', (_request, reply, payload, next) => {
    if (reply.raw.destroyed && payload instanceof Readable) payload.destroy();
    next(null, payload);
  });
}
