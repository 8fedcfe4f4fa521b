// Plants a bug in a node, by `--import`: it answers before PostgreSQL has recorded what the answer holds.
import pg from 'pg';

const { query } = pg.Client.prototype;

pg.Client.prototype.query = function queryWithBug(config, values, callback) {
  const done = typeof values === 'function' ? values : callback;
  const isRecord = /INSERT INTO gatehouse_rights\.reads/.test(config?.text ?? '');
  if (!isRecord || done === undefined) return query.call(this, config, values, callback);
  setImmediate(() => done(undefined, { rows: [{ id: 'not yet' }], rowCount: 1 }));
  return query.call(this, config, () => {});
};
