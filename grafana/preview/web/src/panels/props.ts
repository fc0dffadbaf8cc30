import type { DataFrame, InterpolateFunction, TimeRange } from '@grafana/data';

import type { Event } from '../annotations';
import type { Listed, Panel } from '../types';

// What a panel is drawn from.
export interface PanelProps {
  panel: Panel;
  options: Record<string, unknown>;
  frames: DataFrame[];
  width: number;
  height: number;
  timeRange: TimeRange;
  timeZone: string;
  replace: InterpolateFunction;
  events: Event[];
  dashboards: Listed[];
}
