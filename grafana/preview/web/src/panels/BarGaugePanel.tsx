import type { BarGaugeDisplayMode, BarGaugeNamePlacement, BarGaugeValueMode, VizTextDisplayOptions } from '@grafana/schema';
import { BarGauge, useTheme2 } from '@grafana/ui';

import type { PanelProps } from './props';
import { Values } from './values';

const SPACING = 8;

export function BarGaugePanel(props: PanelProps) {
  const theme = useTheme2();
  const { options } = props;
  const least = { width: options.minVizWidth as number, height: options.minVizHeight as number };
  return (
    <Values
      {...props}
      spacing={SPACING}
      least={least}
      highest={options.maxVizHeight as number}
      draw={({ value, width, height, orientation, alignmentFactors, onClick }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex!)}
          width={width}
          height={height}
          orientation={orientation}
          alignmentFactors={alignmentFactors}
          theme={theme}
          onClick={onClick}
          itemSpacing={SPACING}
          lcdCellWidth={8}
          text={options.text as VizTextDisplayOptions}
          displayMode={options.displayMode as BarGaugeDisplayMode}
          valueDisplayMode={options.valueMode as BarGaugeValueMode}
          namePlacement={options.namePlacement as BarGaugeNamePlacement}
          showUnfilled={options.showUnfilled as boolean}
        />
      )}
    />
  );
}
