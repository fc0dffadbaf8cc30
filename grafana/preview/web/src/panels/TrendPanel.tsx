// Curves over a number, such as the minutes since the start: Grafana's panel Trend.
import { type DataFrame, FieldMatcherID, fieldMatchers, FieldType, getFieldDisplayName } from '@grafana/data';
import type { VizLegendOptions } from '@grafana/schema';
import { TimeSeries, TooltipPlugin2 } from '@grafana/ui';
import { useMemo } from 'react';

import type { PanelProps } from './props';
import { useRevision } from './revision';
import { ChartTooltip } from './tooltip';

export function TrendPanel({ options, frames, width, height, timeRange, timeZone }: PanelProps) {
  const shown = useMemo(() => frames.filter((frame) => frame.length > 0), [frames]);
  const revision = useRevision(shown);
  const x = shown[0] && axisOf(shown[0], String(options.xField));
  const fields = useMemo(() => matchers(x ?? ''), [x]);
  if (shown.length !== 1 || !x) return <div>{shown.length ? `The data has no ${String(options.xField)}.` : 'No data'}</div>;
  return (
    <TimeSeries
      frames={shown}
      fields={fields}
      structureRev={revision}
      timeRange={timeRange}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={options.legend as VizLegendOptions}
      options={options}
    >
      {(config, frame) => (
        <TooltipPlugin2
          config={config}
          hoverMode={1}
          render={(_, places, nearest, pinned) => (
            <ChartTooltip frame={frame} places={places} nearest={nearest} all sort="none" pinned={pinned} />
          )}
        />
      )}
    </TimeSeries>
  );
}

const axisOf = (frame: DataFrame, name: string): string | undefined =>
  frame.fields.find((field) => field.name === name || getFieldDisplayName(field, frame) === name)?.name;

const matchers = (x: string) => ({
  x: fieldMatchers.get(FieldMatcherID.byName).get(x),
  y: fieldMatchers.get(FieldMatcherID.byTypes).get(new Set([FieldType.number])),
});
