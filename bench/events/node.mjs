/** A node of the fan-out: listens to the events of the table, and says when each arrived. Its parent forks it. */
import { connectDatabase } from '../../dist/database/connect.js';
import { createNatsCarrier } from '../../packages/nats/dist/carrier.js';

const [url, eventsUrl] = process.argv.slice(2);
const nats = eventsUrl && {
  servers: [new URL(eventsUrl).host],
  isTls: false,
  credentials: undefined,
  streamName: 'bench_events',
  subject: 'bench.events',
  onError: (error) => process.stderr.write(`${error.message}\n`),
};
const connection = await connectDatabase({
  url,
  dataDir: '',
  mayCreate: false,
  loadCarrier: async () => (nats ? createNatsCarrier(nats) : undefined),
  onPoolError: (error) => process.stderr.write(`${error.message}\n`),
});
let [count, arrivedAtMs, losses] = [0, 0, 0];
await connection.notifications.listen('bench_events', {
  onPayload() {
    count += 1;
    arrivedAtMs = performance.timeOrigin + performance.now();
  },
  onLost() {
    losses += 1;
  },
});
process.on('message', () => process.send({ count, arrivedAtMs, losses }));
process.on('disconnect', () => connection.close().then(() => process.exit()));
process.send('listens');
