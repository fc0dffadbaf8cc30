// One dashboard: its variables, then its panels; asked again at the chosen interval.
import { rangeUtil, setWeekStart, type TimeRange } from '@grafana/data';
import { Alert } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';

import { useEvents } from './annotations';
import { Grid } from './Grid';
import { type Context, interpolator } from './interpolate';
import { PanelView } from './PanelView';
import { timeRangeOf, timeZoneOf } from './timeRange';
import { Toolbar } from './Toolbar';
import type { Dashboard, Listed } from './types';
import { resolved, type Variables } from './variables';

interface Props {
  dashboard: Dashboard;
  dashboards: Listed[];
  address: URL;
}

export function DashboardPage({ dashboard, dashboards, address }: Props) {
  const [tick, setTick] = useState(0);
  const [hidden, setHidden] = useState<string[]>([]);
  const timeZone = timeZoneOf(address, dashboard);
  const { context, error } = useContext(dashboard, address, timeZone, tick);
  const notes = useEvents(context, hidden);
  const refresh = refreshOf(address, dashboard);
  const again = () => setTick((count) => count + 1);
  useInterval(again, refresh);
  useEffect(() => {
    document.title = `${dashboard.title} - Webinar Funnel`;
  }, [dashboard]);
  if (error) return <Alert title={error} />;
  if (!context) return null;
  const kiosk = address.searchParams.has('kiosk');
  const replace = interpolator(context);
  return (
    <main data-ready={dashboard.uid} style={{ padding: kiosk ? 8 : 16 }}>
      {!kiosk && <Toolbar {...{ context, dashboards, timeZone, refresh, hidden, setHidden }} onRefresh={again} />}
      {notes.errors.map((text) => (
        <Alert key={text} title={`Annotation ${text}`} />
      ))}
      <div id="numbers" tabIndex={-1}>
      <Grid
        panels={dashboard.panels}
        titleOf={(title) => replace(title, {}, 'text')}
        draw={(panel, width, height) => (
          <PanelView {...{ panel, context, timeZone, dashboards, width, height }} events={notes.events} />
        )}
      />
      </div>
    </main>
  );
}

// The time range moves on with every tick. Until the variables are known there is no context, later the last one stays.
function useContext(dashboard: Dashboard, address: URL, timeZone: string, tick: number) {
  const [found, setFound] = useState<{ context?: Context; error?: string }>({});
  const parameters = address.searchParams;
  const [from, to] = [parameters.get('from'), parameters.get('to')];
  const range: TimeRange = useMemo(() => {
    setWeekStart(dashboard.weekStart);
    return timeRangeOf(address, dashboard, timeZone);
  }, [dashboard, from, to, timeZone, tick]);
  const chosen = [...parameters].filter(([name]) => name.startsWith('var-')).join('&');
  useEffect(() => {
    let wanted = true;
    resolved(dashboard, parameters, range)
      .then((variables: Variables) => wanted && setFound({ context: { dashboard, variables, range, timeZone } }))
      .catch((error: Error) => wanted && setFound({ error: error.message }));
    return () => {
      wanted = false;
    };
  }, [dashboard, range, chosen]);
  return found;
}

function refreshOf(address: URL, dashboard: Dashboard): string {
  const said = address.searchParams.get('refresh') ?? (typeof dashboard.refresh === 'string' ? dashboard.refresh : '');
  return /^\d+(s|m|h|d)$/.test(said) ? said : '';
}

// Nothing is asked while the page is not looked at.
function useInterval(again: () => void, interval: string): void {
  useEffect(() => {
    if (!interval) return undefined;
    const timer = setInterval(() => document.hidden || again(), rangeUtil.intervalToMs(interval));
    return () => clearInterval(timer);
  }, [interval]);
}
