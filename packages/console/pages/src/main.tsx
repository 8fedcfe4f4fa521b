import { GatehouseProvider } from '@graphql-gatehouse/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { gatehouse } from './gatehouse.ts';
import { readInstallationName } from './installation.ts';
import './styles/base.css';
import './styles/parts.css';
import './styles/people.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root.');

void readInstallationName();

createRoot(root).render(
  <StrictMode>
    <GatehouseProvider client={gatehouse}>
      <App />
    </GatehouseProvider>
  </StrictMode>,
);
