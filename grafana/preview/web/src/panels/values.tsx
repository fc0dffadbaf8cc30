// What stat, bargauge and gauge have in common: one drawing for each value, in a row, a column or a grid.
import {
  type DisplayValueAlignmentFactors,
  type FieldDisplay,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type ReduceDataOptions,
  VizOrientation,
} from '@grafana/data';
import { DataLinksContextMenu, useTheme2, VizRepeater } from '@grafana/ui';
import { type MouseEventHandler, type ReactElement } from 'react';

import { fieldConfigOf } from '../defaults';
import type { PanelProps } from './props';

export interface OneValue {
  value: FieldDisplay;
  width: number;
  height: number;
  count: number;
  orientation: VizOrientation;
  alignmentFactors: DisplayValueAlignmentFactors;
  onClick?: MouseEventHandler<HTMLElement>;
}

interface Props extends PanelProps {
  draw: (one: OneValue) => ReactElement;
  sparkline?: boolean;
  spacing?: number;
  least?: { width?: number; height?: number };
  highest?: number;
}

export function Values(props: Props) {
  const { panel, frames, options, width, height, replace, timeZone, draw } = props;
  const theme = useTheme2();
  const getValues = () =>
    getFieldDisplayValues({
      fieldConfig: fieldConfigOf(panel),
      reduceOptions: options.reduceOptions as ReduceDataOptions,
      replaceVariables: replace,
      theme,
      data: frames,
      sparkline: props.sparkline,
      percentChange: options.showPercentChange === true,
      timeZone,
    });
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      width={width}
      height={height}
      source={frames}
      itemSpacing={props.spacing ?? 8}
      autoGrid
      orientation={orientationOf(options.orientation)}
      renderCounter={0}
      minVizWidth={props.least?.width}
      minVizHeight={props.least?.height}
      maxVizHeight={props.highest}
      renderValue={(one) => linked(one, draw)}
    />
  );
}

function orientationOf(said: unknown): VizOrientation {
  if (said === 'horizontal') return VizOrientation.Horizontal;
  return said === 'vertical' ? VizOrientation.Vertical : VizOrientation.Auto;
}

function linked(one: Omit<OneValue, 'onClick'>, draw: (one: OneValue) => ReactElement): ReactElement {
  const { hasLinks, getLinks } = one.value;
  if (!hasLinks || !getLinks) return draw(one);
  return <DataLinksContextMenu links={getLinks}>{({ openMenu }) => draw({ ...one, onClick: openMenu })}</DataLinksContextMenu>;
}
