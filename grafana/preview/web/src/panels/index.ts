// Which panel types the preview draws.
import type { ComponentType } from 'react';

import { BarChart } from './BarChart';
import { BarGaugePanel } from './BarGaugePanel';
import { DashList } from './DashList';
import { GaugePanel } from './GaugePanel';
import type { PanelProps } from './props';
import { Stat } from './Stat';
import { TablePanel } from './TablePanel';
import { Text } from './Text';
import { TimeSeriesPanel } from './TimeSeriesPanel';
import { TrendPanel } from './TrendPanel';

export const PANELS: Record<string, ComponentType<PanelProps> | undefined> = {
  barchart: BarChart,
  bargauge: BarGaugePanel,
  dashlist: DashList,
  gauge: GaugePanel,
  stat: Stat,
  table: TablePanel,
  text: Text,
  timeseries: TimeSeriesPanel,
  trend: TrendPanel,
};

// Panels that show something without a query.
export const WITHOUT_DATA = new Set(['text', 'dashlist']);
