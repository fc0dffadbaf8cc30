// The page: which dashboard the address names, and in which theme it is drawn.
import { ThemeContext } from '@grafana/data';
import { Alert, GlobalStyles, PortalContainer } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';

import { listDashboards, readDashboard } from './api';
import { Banner } from './Banner';
import { DashboardPage } from './DashboardPage';
import { useAddress } from './location';
import { usePrinting } from './narrow';
import { load } from './panels';
import { themeOf } from './theme';
import type { Dashboard, Listed } from './types';

export function App() {
  const address = useAddress();
  const theme = useTheme(address.searchParams.get('theme'));
  useEffect(() => {
    document.documentElement.classList.toggle('dark', theme.isDark);
  }, [theme]);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <a className="skip" href="#numbers">
        Skip to the numbers
      </a>
      <Banner />
      <Shown address={address} />
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

function Shown({ address }: { address: URL }) {
  const uid = decodeURIComponent(address.pathname.split('/')[2] ?? '');
  const [found, setFound] = useState<{ dashboard?: Dashboard; dashboards: Listed[]; error?: string }>({ dashboards: [] });
  useEffect(() => {
    let wanted = true;
    Promise.all([readDashboard(uid), listDashboards()])
      .then(([dashboard, dashboards]) => {
        void load(dashboard.panels.flatMap((one) => [one, ...(one.panels ?? [])]).map((one) => one.type));
        return wanted && setFound({ dashboard, dashboards });
      })
      .catch((error: Error) => wanted && setFound({ dashboards: [], error: error.message }));
    return () => {
      wanted = false;
    };
  }, [uid]);
  if (found.error) return <Alert title={found.error} />;
  const { dashboard, dashboards } = found;
  return dashboard?.uid === uid ? <DashboardPage key={uid} {...{ dashboard, dashboards, address }} /> : null;
}

function useTheme(said: string | null) {
  const printing = usePrinting();
  // Paper is white.
  const light = printing || (said ? said === 'light' : window.matchMedia('(prefers-color-scheme: light)').matches);
  return useMemo(() => themeOf(light ? 'light' : 'dark'), [light]);
}
