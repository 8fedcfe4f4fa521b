import { GatehouseProvider } from '@graphql-gatehouse/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { gatehouse } from '../gatehouse.ts';
import { LinkPage } from './link-page.tsx';
import { parsePurpose } from './purpose.ts';
import { takenToken } from './taken-token.ts';
import '../styles.css';

const root = document.getElementById('root');
if (root === null) throw new Error('account.html has no element with the id root.');

createRoot(root).render(
  <StrictMode>
    <GatehouseProvider client={gatehouse}>
      <main className="narrow">
        <LinkPage purpose={parsePurpose(window.location.search)} token={takenToken} />
      </main>
    </GatehouseProvider>
  </StrictMode>,
);
