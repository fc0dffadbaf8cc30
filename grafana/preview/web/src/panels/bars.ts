// Sets up a bar chart: groups of bars beside each other, or on top of each other, upright or lying.
import { type Field, FieldColorModeId, formattedValueToString, getFieldColorModeForField, getFieldSeriesColor, type GrafanaTheme2 } from '@grafana/data';
import { AxisPlacement, GraphDrawStyle, ScaleDirection, ScaleOrientation, VisibilityMode } from '@grafana/schema';
import { UPlotConfigBuilder } from '@grafana/ui';
import uPlot from 'uplot';

export interface Bars {
  names: Field;
  labels: string[];
  series: Field[];
}

type Options = Record<string, unknown>;

const LETTER = 7;

export function barChart(bars: Bars, options: Options, theme: GrafanaTheme2, timeZone: string, width: number) {
  const { labels, series } = bars;
  const lying = options.orientation === 'horizontal';
  const stacked = options.stacking === 'normal' || options.stacking === 'percent';
  const builder = new UPlotConfigBuilder(timeZone);
  builder.addScale({
    scaleKey: 'x',
    isTime: false,
    orientation: lying ? ScaleOrientation.Vertical : ScaleOrientation.Horizontal,
    direction: lying ? ScaleDirection.Down : ScaleDirection.Right,
    range: () => [-0.5, labels.length - 0.5],
  });
  builder.addScale({
    scaleKey: 'y',
    orientation: lying ? ScaleOrientation.Horizontal : ScaleOrientation.Vertical,
    direction: lying ? ScaleDirection.Right : ScaleDirection.Up,
    range: (_, min, max) => valueRange(series[0], min, max, options.stacking === 'percent'),
  });
  if (lying) builder.setPadding([null, 24, null, null]);
  builder.setCursor({ points: { show: false }, drag: { x: false, y: false } });
  addAxes(builder, bars, options, theme, lying, width);
  const order = stacked ? series.map((_, index) => series.length - 1 - index) : series.map((_, index) => index);
  order.forEach((index, place) => addBars(builder, series[index], index, place, stacked ? 1 : series.length, stacked, options, theme));
  const columns = series.map((_, index) => (stacked ? sums(series, index, options.stacking === 'percent') : series[index].values));
  if (options.showValue !== 'never' && !stacked) builder.addHook('draw', (u) => drawValues(u, bars, options, lying, theme));
  return { config: builder, data: [labels.map((_, row) => row), ...order.map((index) => columns[index])] as uPlot.AlignedData };
}

function valueRange(field: Field, min: number | null, max: number | null, percent: boolean): [number, number] {
  const low = field.config.min ?? Math.min(min ?? 0, 0);
  const high = percent ? 1 : (field.config.max ?? Math.max(max ?? 0, 0) * 1.1);
  return [low, high > low ? high : low + 1];
}

function addAxes(builder: UPlotConfigBuilder, { labels, series }: Bars, options: Options, theme: GrafanaTheme2, lying: boolean, width: number) {
  const longest = Math.max(...labels.map((label) => label.length), 1) * LETTER;
  const turned = Number(options.xTickLabelRotation ?? 0);
  const room = (width - 60) / Math.max(labels.length, 1);
  const every = lying || turned !== 0 ? 1 : Math.max(1, Math.ceil((longest + 8) / room));
  builder.addAxis({
    scaleKey: 'x',
    theme,
    placement: lying ? AxisPlacement.Left : AxisPlacement.Bottom,
    grid: { show: false },
    ticks: { show: false },
    tickLabelRotation: lying ? 0 : turned,
    splits: () => labels.map((_, row) => row),
    values: () => labels.map((label, row) => (row % every === 0 ? label : '')),
    filter: (_, splits) => splits,
    size: lying ? Math.min(longest + 12, width / 3) : undefined,
  });
  const percent = options.stacking === 'percent';
  builder.addAxis({
    scaleKey: 'y',
    theme,
    placement: lying ? AxisPlacement.Bottom : AxisPlacement.Left,
    formatValue: (value: number) => (percent ? `${Math.round(value * 100)}%` : text(series[0], value)),
  });
}

function addBars(
  builder: UPlotConfigBuilder,
  field: Field,
  index: number,
  place: number,
  beside: number,
  stacked: boolean,
  options: Options,
  theme: GrafanaTheme2,
) {
  const group = Number(options.groupWidth ?? 0.7);
  const wide = group / beside;
  const bar = wide * Number(options.barWidth ?? 0.97);
  const start = -group / 2 + (stacked ? 0 : place * wide) + (wide - bar) / 2;
  const color = getFieldSeriesColor(field, theme).color;
  const fills = byValue(field) ? field.values.map((value: unknown) => field.display!(value).color ?? color) : undefined;
  const paths = uPlot.paths.bars!({
    disp: {
      x0: { unit: 1, values: () => field.values.map((_: unknown, row: number) => row + start) },
      size: { unit: 1, values: () => field.values.map(() => bar) },
      ...(fills && { fill: { unit: 3, values: () => fills }, stroke: { unit: 3, values: () => fills } }),
    },
  });
  builder.addSeries({
    scaleKey: 'y',
    theme,
    pathBuilder: paths,
    drawStyle: GraphDrawStyle.Bars,
    lineColor: color,
    lineWidth: Number(field.config.custom?.lineWidth ?? 1),
    fillColor: color,
    fillOpacity: stacked || fills ? 100 : Number(field.config.custom?.fillOpacity ?? 80),
    showPoints: VisibilityMode.Never,
    pointsFilter: () => [],
    show: true,
    dataFrameFieldIndex: { frameIndex: 0, fieldIndex: index + 1 },
  });
}

const byValue = (field: Field): boolean =>
  field.config.color?.mode !== FieldColorModeId.Fixed && getFieldColorModeForField(field).isByValue === true;

// What the bar of series `last` reaches when it stands on those before it.
function sums(series: Field[], last: number, percent: boolean): (number | null)[] {
  return series[last].values.map((_: unknown, row: number) => {
    const upTo = (end: number) => series.slice(0, end).reduce((sum, field) => sum + (Number(field.values[row]) || 0), 0);
    return percent ? upTo(last + 1) / (upTo(series.length) || 1) : upTo(last + 1);
  });
}

// The numbers above the bars, where there is room for them or always.
function drawValues(u: uPlot, { labels, series }: Bars, options: Options, lying: boolean, theme: GrafanaTheme2) {
  const group = Number(options.groupWidth ?? 0.7);
  const ratio = window.devicePixelRatio || 1;
  const room = Math.abs(u.valToPos(group / series.length, 'x') - u.valToPos(0, 'x'));
  const { ctx } = u;
  ctx.save();
  ctx.font = `${12 * ratio}px ${theme.typography.fontFamily}`;
  ctx.fillStyle = theme.colors.text.primary;
  ctx.textAlign = lying ? 'left' : 'center';
  ctx.textBaseline = lying ? 'middle' : 'bottom';
  for (const [index, field] of series.entries()) {
    for (const row of labels.keys()) {
      const value: unknown = field.values[row];
      if (typeof value !== 'number') continue;
      const words = text(field, value);
      if (options.showValue === 'auto' && room < (lying ? 12 : ctx.measureText(words).width / ratio)) continue;
      const along = u.valToPos(row - group / 2 + (index + 0.5) * (group / series.length), 'x', true);
      const across = u.valToPos(value, 'y', true);
      ctx.fillText(words, lying ? across + 4 * ratio : along, lying ? along : across - 3 * ratio);
    }
  }
  ctx.restore();
}

const text = (field: Field, value: number): string => (field.display ? formattedValueToString(field.display(value)) : String(value));
