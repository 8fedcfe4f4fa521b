import type { Authorization } from '@graphql-gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { Context } from '../../context/context.ts';
import type { Operations } from '../../operation/create-operations.ts';
import type { Subscribe } from './host-run.ts';

/** What the plugins for existing servers need. It names no server, so that none has to be installed for its types. */
export interface PluginParts extends Pick<Operations, 'admit' | 'finish' | 'refuse' | 'gate'> {
  readonly authorization: Pick<Authorization<Context>, 'execute' | 'visibleTo'>;
  readonly hidesSchema: boolean;
  readonly maxErrors: number;
  readonly subscribe: Subscribe;
  readonly logger: Pick<FastifyBaseLogger, 'error'>;
}

/** A running Gatehouse, as far as a plugin needs it. */
export interface PluginHost {
  /** For internal use: a plugin is made from it. */
  readonly pluginParts: PluginParts;
}
