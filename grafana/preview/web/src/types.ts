// The parts of Grafana's classic dashboard JSON that the preview reads.
import type { DataTransformerConfig, FieldConfigSource, TimeOption } from '@grafana/data';

export interface Link {
  title: string;
  url?: string;
  type?: 'link' | 'dashboards';
  tags?: string[];
  tooltip?: string;
  targetBlank?: boolean;
  includeVars?: boolean;
  keepTime?: boolean;
}

export interface Target {
  refId?: string;
  rawSql?: string;
  hide?: boolean;
  panelId?: number;
}

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  transparent?: boolean;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid?: string } | null;
  targets?: Target[];
  options?: Record<string, unknown>;
  fieldConfig?: FieldConfigSource;
  transformations?: DataTransformerConfig[];
  links?: Link[];
  interval?: string;
  maxDataPoints?: number;
  collapsed?: boolean;
  panels?: Panel[];
}

export interface Variable {
  name: string;
  type: string;
  label?: string;
  description?: string;
  query?: string | { rawSql?: string };
  hide?: number;
  multi?: boolean;
  includeAll?: boolean;
  refresh?: number;
  skipUrlSync?: boolean;
  current?: { text?: string | string[]; value?: string | string[] };
}

export interface Annotation {
  name: string;
  enable?: boolean;
  hide?: boolean;
  iconColor?: string;
  builtIn?: number;
  target?: { rawSql?: string };
}

export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  panels: Panel[];
  links?: Link[];
  time?: { from: string; to: string };
  timezone?: string;
  weekStart?: string;
  refresh?: string | boolean;
  timepicker?: { refresh_intervals?: string[]; quick_ranges?: TimeOption[]; hidden?: boolean };
  templating?: { list?: Variable[] };
  annotations?: { list?: Annotation[] };
}

export interface Listed {
  uid: string;
  title: string;
  tags: string[];
}
