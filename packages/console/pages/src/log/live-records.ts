import type { Client } from 'graphql-ws';
import { gatehouse } from '../gatehouse.ts';
import type { NewRecordsSubscription } from '../generated/graphql.ts';
import { NewRecordsDocument } from './log-documents.ts';

interface Listener {
  readonly onRecord: (record: NewRecordsSubscription['auditEventAdded']) => void;
  /** Called when records begin to come, also after a reconnect: those in between did not come. */
  readonly onOpen: (isReconnect: boolean) => void;
  readonly onLost: () => void;
  /** Called when the server has ended it. */
  readonly onEnd: () => void;
}

/** The close codes for a session that has ended, and for a group that is gone. */
const rightsLost = [4401, 4403];

/** Receives new records over a WebSocket until the returned function is called. It reconnects. */
export function listen(listener: Listener): () => void {
  let client: Client | undefined;
  let isStopped = false;
  async function open(): Promise<void> {
    const { createClient } = await import('graphql-ws');
    if (isStopped) return;
    client = createClient({
      url: new URL('../graphql', document.baseURI).href.replace(/^http/, 'ws'),
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      on: {
        connected(_socket, _payload, wasRetry) {
          if (wasRetry) confirm(true);
        },
        closed(event) {
          listener.onLost();
          if (event instanceof CloseEvent && rightsLost.includes(event.code)) {
            void gatehouse.restore();
          }
        },
      },
    });
    client.subscribe<NewRecordsSubscription>(
      { query: String(NewRecordsDocument) },
      {
        next: ({ data }) => data && listener.onRecord(data.auditEventAdded),
        error: listener.onEnd,
        complete: listener.onEnd,
      },
    );
    confirm(false);
  }

  /** The protocol does not confirm a subscription, but the server answers a query after it has opened those before. */
  function confirm(isReconnect: boolean): void {
    const ignore = () => {};
    client?.subscribe(
      { query: '{ __typename }' },
      { next: () => listener.onOpen(isReconnect), error: ignore, complete: ignore },
    );
  }

  open().catch(listener.onEnd);
  return () => {
    isStopped = true;
    void client?.dispose();
  };
}
