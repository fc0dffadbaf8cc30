// Annotations: notes that are drawn over every time series as lines (or, with an end, as regions) with a mark below.
import { colorManipulator, type DataFrame, dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Tooltip, type UPlotConfigBuilder, useTheme2 } from '@grafana/ui';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';

import { ask } from './api';
import type { Context } from './interpolate';
import { named } from './timeRange';
import { sent } from './variables';

export interface Event {
  from: number;
  to?: number;
  title: string;
  text: string;
  tags: string[];
  color: string;
}

export interface Notes {
  events: Event[];
  errors: string[];
}

// `hidden`: the names of the annotations that are switched off on the page.
export function useEvents(context: Context | undefined, hidden: string[]): Notes {
  const theme = useTheme2();
  const [notes, setNotes] = useState<Notes>({ events: [], errors: [] });
  useEffect(() => {
    if (!context) return undefined;
    let wanted = true;
    const asked = (context.dashboard.annotations?.list ?? []).filter(
      (one) => !one.builtIn && one.enable !== false && one.target?.rawSql && !hidden.includes(one.name),
    );
    const question = { dashboard: context.dashboard.uid, kind: 'annotation', ...sent(context.variables), ...span(context.range), timezone: named(context.timeZone) } as const;
    Promise.allSettled(
      asked.map(async ({ name, iconColor }) => eventsOf(await ask({ ...question, name }), theme.visualization.getColorByName(iconColor || 'blue'))),
    ).then((results) => {
      if (!wanted) return;
      const failed = results.flatMap((one, index) => (one.status === 'rejected' ? [`${asked[index].name}: ${(one.reason as Error).message}`] : []));
      setNotes({ events: results.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])), errors: failed });
    });
    return () => {
      wanted = false;
    };
  }, [context, hidden, theme]);
  return notes;
}

const span = (range: TimeRange) => ({ begin: range.from.valueOf(), end: range.to.valueOf() });

function eventsOf(frame: DataFrame, color: string): Event[] {
  const column = (name: string) => frame.fields.find((field) => field.name === name)?.values;
  const [times, ends, titles, texts, tags] = ['time', 'timeEnd', 'title', 'text', 'tags'].map(column);
  return (times ?? []).map((from: number, row: number) => ({
    from,
    to: ends?.[row] && ends[row] > from ? ends[row] : undefined,
    title: String(titles?.[row] ?? ''),
    text: String(texts?.[row] ?? ''),
    tags: [tags?.[row] ?? []].flat().flatMap((one: string) => String(one).split(',')).filter(Boolean),
    color,
  }));
}

interface Props {
  config: UPlotConfigBuilder;
  events: Event[];
  timeZone: string;
}

export function EventMarks({ config, events, timeZone }: Props) {
  const theme = useTheme2();
  const present = useRef(events);
  present.current = events;
  const [plot, setPlot] = useState<uPlot>();
  const [, redraw] = useState(0);
  useLayoutEffect(() => {
    config.addHook('draw', (u) => {
      drawEvents(u, present.current);
      setPlot(u);
      redraw((count) => count + 1);
    });
  }, [config]);
  useEffect(() => plot?.redraw(), [events, plot]);
  if (!plot) return null;
  const { min, max } = plot.scales.x;
  const left = plot.bbox.left / window.devicePixelRatio;
  const bottom = (plot.bbox.top + plot.bbox.height) / window.devicePixelRatio;
  return (
    <>
      {events
        .filter(({ from }) => from >= min! && from <= max!)
        .map((event, index) => (
          <Tooltip key={index} content={<Note event={event} timeZone={timeZone} />}>
            <div
              data-testid="annotation"
              tabIndex={0}
              style={{ ...mark(event.color, theme), left: left + plot.valToPos(event.from, 'x') - 5, top: bottom }}
            />
          </Tooltip>
        ))}
    </>
  );
}

function Note({ event, timeZone }: { event: Event; timeZone: string }) {
  const at = (time: number) => dateTimeFormat(time, { timeZone });
  return (
    <div>
      <small>{event.to ? `${at(event.from)} – ${at(event.to)}` : at(event.from)}</small>
      {event.title && <div style={{ fontWeight: 500 }}>{event.title}</div>}
      {event.text && <div>{event.text}</div>}
      {event.tags.length > 0 && <small>{event.tags.join(', ')}</small>}
    </div>
  );
}

const mark = (color: string, theme: GrafanaTheme2) =>
  ({
    position: 'absolute',
    zIndex: theme.zIndex.activePanel,
    width: 0,
    height: 0,
    borderLeft: '5px solid transparent',
    borderRight: '5px solid transparent',
    borderBottom: `6px solid ${color}`,
  }) as const;

function drawEvents(u: uPlot, events: Event[]): void {
  const { ctx, bbox, scales } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from, to, color } of events) {
    if (from > scales.x.max! || (to ?? from) < scales.x.min!) continue;
    const x = u.valToPos(from, 'x', true);
    if (to !== undefined) {
      ctx.fillStyle = colorManipulator.alpha(color, 0.12);
      ctx.fillRect(x, bbox.top, u.valToPos(to, 'x', true) - x, bbox.height);
    }
    line(ctx, x, bbox, color);
    if (to !== undefined) line(ctx, u.valToPos(to, 'x', true), bbox, color);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x: number, bbox: uPlot.BBox, color: string): void {
  ctx.beginPath();
  ctx.lineWidth = 2 * (window.devicePixelRatio || 1);
  ctx.setLineDash([5, 5]);
  ctx.strokeStyle = color;
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}
