import { BigValue, type BigValueColorMode, type BigValueGraphMode, type BigValueJustifyMode, type BigValueTextMode, useTheme2 } from '@grafana/ui';
import type { PercentChangeColorMode, VizTextDisplayOptions } from '@grafana/schema';

import type { PanelProps } from './props';
import { Values } from './values';

export function Stat(props: PanelProps) {
  const theme = useTheme2();
  const { options } = props;
  return (
    <Values
      {...props}
      sparkline={options.graphMode !== 'none'}
      draw={({ value, width, height, count, alignmentFactors, onClick }) => (
        <BigValue
          value={value.display}
          sparkline={value.sparkline}
          count={count}
          width={width}
          height={height}
          alignmentFactors={alignmentFactors}
          theme={theme}
          onClick={onClick}
          hasLinks={value.hasLinks}
          colorMode={options.colorMode as BigValueColorMode}
          graphMode={options.graphMode as BigValueGraphMode}
          justifyMode={options.justifyMode as BigValueJustifyMode}
          textMode={options.textMode as BigValueTextMode}
          text={options.text as VizTextDisplayOptions}
          percentChangeColorMode={options.percentChangeColorMode as PercentChangeColorMode}
          disableWideLayout={options.wideLayout === false}
        />
      )}
    />
  );
}
