import { type DataFrame, FieldType, getFieldDisplayName } from '@grafana/data';
import type { VizLegendOptions, VizTooltipOptions } from '@grafana/schema';
import { PanelContextProvider, TimeSeries, TooltipPlugin2, usePanelContext } from '@grafana/ui';
import { useMemo, useState } from 'react';

import { EventMarks } from '../annotations';
import { change } from '../location';
import type { PanelProps } from './props';
import { useRevision } from './revision';
import { ChartTooltip } from './tooltip';

export function TimeSeriesPanel({ options, frames, width, height, timeRange, timeZone, events }: PanelProps) {
  const context = usePanelContext();
  const [alone, setAlone] = useState<string | null>(null);
  const shown = useMemo(() => onlyOne(withTime(frames), alone), [frames, alone]);
  const revision = useRevision(shown);
  const tooltip = options.tooltip as VizTooltipOptions;
  if (!frames.some((frame) => frame.fields.some((field) => field.type === FieldType.time))) {
    return <div>The data has no time.</div>;
  }
  const toggle = (label: string | string[] | null) => setAlone(label === alone || Array.isArray(label) ? null : label);
  return (
    <PanelContextProvider value={{ ...context, onToggleSeriesVisibility: toggle }}>
      <TimeSeries
        frames={shown}
        structureRev={revision}
        timeRange={timeRange}
        timeZone={timeZone}
        width={width}
        height={height}
        legend={options.legend as VizLegendOptions}
        options={options}
      >
        {(config, frame) => (
          <>
            <EventMarks config={config} events={events} timeZone={timeZone} />
            {String(tooltip.mode) !== 'none' && (
              <TooltipPlugin2
                config={config}
                hoverMode={String(tooltip.mode) === 'multi' ? 1 : 0}
                queryZoom={({ from, to }) => change({ from: String(Math.round(from)), to: String(Math.round(to)) })}
                render={(_, places, nearest, pinned) => (
                  <ChartTooltip
                    frame={frame}
                    places={places}
                    nearest={nearest}
                    all={String(tooltip.mode) === 'multi'}
                    sort={tooltip.sort}
                    pinned={pinned}
                  />
                )}
              />
            )}
          </>
        )}
      </TimeSeries>
    </PanelContextProvider>
  );
}

// A click on a name of the legend shows this series alone, another click all again.
function onlyOne(frames: DataFrame[], alone: string | null): DataFrame[] {
  if (alone === null) return frames;
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      if (field.type === FieldType.time || getFieldDisplayName(field, frame, frames) === alone) return field;
      const hideFrom = { ...field.config.custom?.hideFrom, viz: true };
      return { ...field, config: { ...field.config, custom: { ...field.config.custom, hideFrom } } };
    }),
  }));
}

// What has no row or no time is left out.
function withTime(frames: DataFrame[]): DataFrame[] {
  return frames.filter((frame) => frame.length > 0 && frame.fields.some((field) => field.type === FieldType.time));
}
