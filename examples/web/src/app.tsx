import { useViewer } from '@graphql-gatehouse/client/react';
import { CurrentPage } from './current-page.tsx';
import { DataProvider } from './data-provider.tsx';
import { Header } from './header.tsx';
import { LogInPage } from './log-in/log-in-page.tsx';
import { Restoring } from './restoring.tsx';

/** Shows the log-in form to anonymous viewers, and the pages to others. */
export function App() {
  const { state, principal, groups } = useViewer();
  if (state === 'loading') {
    return (
      <main>
        <Restoring />
      </main>
    );
  }
  if (principal === null) return <LogInPage />;
  // The key removes what was read by another viewer, or with other groups.
  return (
    <DataProvider key={`${principal.id} ${groups}`}>
      <Header />
      <main>
        <CurrentPage />
      </main>
    </DataProvider>
  );
}
