// Which panel types the preview draws. Each is a file of its own, asked for once a page has such a panel.
import { type ComponentType, useEffect, useState } from 'react';

import type { PanelProps } from './props';

type Drawing = ComponentType<PanelProps>;

const FILES: Record<string, (() => Promise<Drawing>) | undefined> = {
  barchart: () => import('./BarChart').then((file) => file.BarChart),
  bargauge: () => import('./BarGaugePanel').then((file) => file.BarGaugePanel),
  dashlist: () => import('./DashList').then((file) => file.DashList),
  gauge: () => import('./GaugePanel').then((file) => file.GaugePanel),
  stat: () => import('./Stat').then((file) => file.Stat),
  table: () => import('./TablePanel').then((file) => file.TablePanel),
  text: () => import('./Text').then((file) => file.Text),
  timeseries: () => import('./TimeSeriesPanel').then((file) => file.TimeSeriesPanel),
  trend: () => import('./TrendPanel').then((file) => file.TrendPanel),
};
const loaded = new Map<string, Drawing>();

// Panels that show something without a query.
export const WITHOUT_DATA = new Set(['text', 'dashlist']);

export const isDrawn = (type: string): boolean => FILES[type] !== undefined;

// Asks for the files of these types, while the panels' queries are still to be asked.
export const load = (types: string[]): Promise<unknown> => Promise.all([...new Set(types)].map(loadOne));

async function loadOne(type: string): Promise<void> {
  const file = FILES[type];
  if (file && !loaded.has(type)) loaded.set(type, await file());
}

// What draws panels of a type; undefined until its file is there.
export function useDrawing(type: string): Drawing | undefined {
  const [, setReady] = useState(loaded.has(type));
  useEffect(() => {
    void loadOne(type).then(() => setReady(true));
  }, [type]);
  return loaded.get(type);
}
