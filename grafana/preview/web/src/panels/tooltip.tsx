// What is shown beside the pointer over a chart.
import { type DataFrame, type Field, formattedValueToString, getFieldDisplayName, getFieldSeriesColor } from '@grafana/data';
import { useTheme2, VizTooltipColorIndicator, VizTooltipContent, VizTooltipFooter, VizTooltipHeader, VizTooltipWrapper } from '@grafana/ui';

interface Props {
  frame: DataFrame;
  // The place of the pointer in each series; null where there is none.
  places: (number | null)[];
  nearest: number | null;
  all: boolean;
  sort?: unknown;
  pinned: boolean;
}

export function ChartTooltip({ frame, places, nearest, all, sort, pinned }: Props) {
  const theme = useTheme2();
  const [axis, ...series] = frame.fields;
  const place = places[0] ?? places.find((one) => one !== null);
  if (place === null || place === undefined) return null;
  const shown = series
    .map((field, index) => ({ field, index: index + 1, row: places[index + 1] ?? place }))
    .filter(({ field, index }) => !hidden(field) && (all || nearest === null || index === nearest));
  if (all && sort !== 'none') {
    shown.sort((one, other) => Number(one.field.values[one.row]) - Number(other.field.values[other.row]));
    if (sort === 'desc') shown.reverse();
  }
  const items = shown.map(({ field, index, row }) => ({
    label: getFieldDisplayName(field, frame),
    value: text(field, row),
    color: getFieldSeriesColor(field, theme).color,
    colorIndicator: VizTooltipColorIndicator.series,
    isActive: all && index === nearest,
  }));
  const links = pinned && shown.length === 1 ? (shown[0].field.getLinks?.({ valueRowIndex: shown[0].row }) ?? []) : [];
  return (
    <VizTooltipWrapper>
      <VizTooltipHeader item={{ label: '', value: text(axis, place) }} isPinned={pinned} />
      <VizTooltipContent items={items} isPinned={pinned} />
      {links.length > 0 && <VizTooltipFooter dataLinks={links} />}
    </VizTooltipWrapper>
  );
}

const hidden = (field: Field): boolean => field.config.custom?.hideFrom?.viz === true || field.config.custom?.hideFrom?.tooltip === true;

function text(field: Field, row: number): string {
  const value: unknown = field.values[row];
  return field.display ? formattedValueToString(field.display(value)) : String(value);
}
