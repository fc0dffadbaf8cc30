// What Grafana's panels take where the JSON says nothing (the defaults of its built-in panels).
import { type FieldConfigSource, type Threshold } from '@grafana/data';

import type { Panel } from './types';

const LEGEND = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
const REDUCE = { values: false, calcs: ['lastNotNull'], fields: '' };

const OPTIONS: Record<string, Record<string, unknown>> = {
  stat: {
    reduceOptions: REDUCE,
    orientation: 'auto',
    textMode: 'auto',
    wideLayout: true,
    colorMode: 'value',
    graphMode: 'area',
    justifyMode: 'auto',
    percentChangeColorMode: 'standard',
  },
  gauge: { reduceOptions: REDUCE, orientation: 'auto', showThresholdMarkers: true },
  bargauge: {
    reduceOptions: REDUCE,
    orientation: 'auto',
    displayMode: 'gradient',
    valueMode: 'color',
    namePlacement: 'auto',
    showUnfilled: true,
    minVizWidth: 8,
    minVizHeight: 16,
    maxVizHeight: 300,
  },
  timeseries: { legend: LEGEND, tooltip: { mode: 'single', sort: 'none' } },
  trend: { legend: LEGEND, tooltip: { mode: 'single', sort: 'none' } },
  barchart: {
    legend: LEGEND,
    tooltip: { mode: 'single', sort: 'none' },
    orientation: 'auto',
    showValue: 'auto',
    stacking: 'none',
    groupWidth: 0.7,
    barWidth: 0.97,
    xTickLabelRotation: 0,
  },
  table: { showHeader: true, cellHeight: 'sm' },
  text: { mode: 'markdown', content: '' },
};

// Of curves, over time or over a number.
const CURVES = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  fillOpacity: 0,
  gradientMode: 'none',
  spanNulls: false,
  showPoints: 'auto',
  pointSize: 5,
  barAlignment: 0,
  barWidthFactor: 0.6,
  stacking: { mode: 'none', group: 'A' },
  axisPlacement: 'auto',
  axisColorMode: 'text',
  scaleDistribution: { type: 'linear' },
  thresholdsStyle: { mode: 'off' },
};

const CUSTOM: Record<string, Record<string, unknown>> = {
  timeseries: CURVES,
  trend: CURVES,
  barchart: { lineWidth: 1, fillOpacity: 80, axisPlacement: 'auto' },
  table: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
};

const THRESHOLDS = {
  mode: 'absolute',
  steps: [
    { color: 'green', value: null },
    { color: 'red', value: 80 },
  ],
};

export const optionsOf = (panel: Panel): Record<string, unknown> => ({ ...OPTIONS[panel.type], ...panel.options });

export function fieldConfigOf(panel: Panel): FieldConfigSource {
  const { defaults, overrides } = panel.fieldConfig ?? { defaults: {}, overrides: [] };
  const byName = ['timeseries', 'trend', 'barchart'].includes(panel.type);
  const config = {
    defaults: {
      color: { mode: byName ? 'palette-classic' : 'thresholds' },
      thresholds: THRESHOLDS,
      ...defaults,
      custom: { ...CUSTOM[panel.type], ...defaults?.custom },
    },
    overrides: overrides ?? [],
  };
  return withoutNullThresholds(structuredClone(config) as unknown as FieldConfigSource);
}

// JSON cannot say -Infinity, which the lowest threshold begins at.
function withoutNullThresholds(config: FieldConfigSource): FieldConfigSource {
  const properties = config.overrides.flatMap((override) => override.properties);
  const all = [config.defaults.thresholds, ...properties.filter((one) => one.id === 'thresholds').map((one) => one.value)];
  const steps = all.flatMap((one) => (one?.steps ?? []) as Threshold[]);
  for (const step of steps) step.value ??= -Infinity;
  return config;
}
