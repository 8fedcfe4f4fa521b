// npx tsx examples/watch-room.ts http://127.0.0.1:4000 USERNAME PASSWORD ROOM_ID
import { WebSocket } from 'ws';
import { socketFunctions } from './clients/graphql-ws.ts';
import { createSession } from './clients/session.ts';
import { createSocket } from './clients/socket.ts';
import { watchEntries } from './clients/watch-entries.ts';

const [origin = '', username = '', password = '', roomId = ''] = process.argv.slice(2);
const url = `${origin}/graphql`;
const session = createSession(url);
await session.logIn(username, password);

const socket = createSocket({ url, session, webSocketImpl: WebSocket });
watchEntries({
  ...socketFunctions(socket),
  socket,
  roomId,
  since: new Date(),
  onEntry: (entry) => void process.stdout.write(`${JSON.stringify(entry)}\n`),
  onRefused(error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
});
