// @grafana/ui exports no bar chart: this one is set up with Grafana's builder, axes, colours and legend.
import { type DataFrame, FieldType, formattedValueToString, getFieldDisplayName, getFieldSeriesColor } from '@grafana/data';
import { LegendDisplayMode, type VizLegendOptions } from '@grafana/schema';
import { TooltipPlugin2, UPlotChart, useTheme2, VizLayout, VizLegend } from '@grafana/ui';
import { useMemo } from 'react';

import { barChart, type Bars } from './bars';
import type { PanelProps } from './props';
import { ChartTooltip } from './tooltip';

export function BarChart({ options, frames, width, height, timeZone }: PanelProps) {
  const theme = useTheme2();
  const bars = useMemo(() => barsOf(frames[0], options), [frames, options]);
  const legend = options.legend as VizLegendOptions;
  const placement = legend.placement ?? 'bottom';
  const shownLegend = bars && legend.showLegend && bars.series.length > 1;
  const items = (bars?.series ?? []).map((field) => ({
    label: getFieldDisplayName(field, frames[0]),
    color: getFieldSeriesColor(field, theme).color,
    yAxis: 1,
  }));
  const legendNode = shownLegend ? (
    <VizLayout.Legend placement={placement}>
      <VizLegend items={items} placement={placement} displayMode={legend.displayMode ?? LegendDisplayMode.List} />
    </VizLayout.Legend>
  ) : null;
  if (!bars) return <div>The data has no texts or no numbers.</div>;
  return (
    <VizLayout width={width} height={height} legend={legendNode}>
      {(innerWidth, innerHeight) => <Chart bars={bars} width={innerWidth} height={innerHeight} timeZone={timeZone} options={options} />}
    </VizLayout>
  );
}

interface ChartProps {
  bars: Bars;
  width: number;
  height: number;
  timeZone: string;
  options: Record<string, unknown>;
}

function Chart({ bars, width, height, timeZone, options }: ChartProps) {
  const theme = useTheme2();
  const { config, data } = useMemo(() => barChart(bars, options, theme, timeZone, width), [bars, options, theme, timeZone, width]);
  const tooltip = options.tooltip as { mode?: string; sort?: string };
  const frame = { fields: [bars.names, ...bars.series], length: bars.names.values.length } as DataFrame;
  return (
    <UPlotChart config={config} data={data} width={width} height={height}>
      {tooltip.mode !== 'none' && (
        <TooltipPlugin2
          config={config}
          hoverMode={1}
          render={(_, places, nearest, pinned) => (
            <ChartTooltip
              frame={frame}
              places={[places[0], ...bars.series.map(() => places[0])]}
              nearest={nearest}
              all
              sort={tooltip.sort ?? 'none'}
              pinned={pinned}
            />
          )}
        />
      )}
    </UPlotChart>
  );
}

function barsOf(frame: DataFrame, options: Record<string, unknown>): Bars | undefined {
  const shown = frame.fields.filter((field) => field.config.custom?.hideFrom?.viz !== true);
  const wanted = options.xField;
  const names =
    shown.find((field) => field.name === wanted || getFieldDisplayName(field, frame) === wanted) ??
    shown.find((field) => field.type === FieldType.string) ??
    shown.find((field) => field.type === FieldType.time);
  const series = shown.filter((field) => field.type === FieldType.number && field !== names);
  if (!names || series.length === 0) return undefined;
  const numbered = series.map((field, seriesIndex) => ({ ...field, state: { ...field.state, seriesIndex } }));
  const labels = names.values.map((value: unknown) => (names.display ? formattedValueToString(names.display(value)) : String(value)));
  return { names, labels, series: numbered };
}
