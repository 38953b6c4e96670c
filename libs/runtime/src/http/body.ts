import type { FastifyInstance } from 'fastify';

/** Hands every body over as the raw stream it is: who reads it decides what it is, how large it may be, and what it decodes to. */
export function rawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}
