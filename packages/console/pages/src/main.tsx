import { GatehouseProvider } from '@graphql-gatehouse/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
// Before anything reads the address.
import './session/way-back.ts';
import { App } from './app.tsx';
import { gatehouse } from './gatehouse.ts';
import { readInstallationName } from './installation.ts';
import { loadConsole } from './loaded-console.tsx';
import './styles/base.css';
import './styles/parts.css';
import './styles/people.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root.');

void readInstallationName();
// After the first paint, which it would delay. When it fails, the console says so.
requestAnimationFrame(() => setTimeout(() => loadConsole().catch(() => {})));

createRoot(root).render(
  <StrictMode>
    <GatehouseProvider client={gatehouse}>
      <App />
    </GatehouseProvider>
  </StrictMode>,
);
