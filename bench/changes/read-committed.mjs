/** Preloaded by a server: leaves out the statement that makes a change serializable. */
import { createRequire } from 'node:module';

const pg = createRequire(new URL('../../package.json', import.meta.url))('pg');
const { query } = pg.Client.prototype;
const statement = 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE';

pg.Client.prototype.query = function (config, ...rest) {
  if ((config?.text ?? config) !== statement) return query.call(this, config, ...rest);
  const callback = rest.at(-1); // Gatehouse asks by callbacks
  process.nextTick(callback, null, { command: 'SET', fields: [], rows: [], rowCount: 0 });
};
