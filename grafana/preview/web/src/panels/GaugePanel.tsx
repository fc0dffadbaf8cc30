// @grafana/ui 13 exports no gauge: a plain arc of our own with Grafana's values and colours.
import { formattedValueToString } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';

import type { PanelProps } from './props';
import { type OneValue, Values } from './values';

const SWEEP = 240;

export function GaugePanel(props: PanelProps) {
  return <Values {...props} draw={(one) => <Arc {...one} />} />;
}

function Arc({ value, width, height, count, onClick }: OneValue) {
  const theme = useTheme2();
  const { min = 0, max = 100 } = value.field;
  const titleHeight = count > 1 || value.field.displayName ? 20 : 0;
  const size = Math.max(Math.min(width, (height - titleHeight) * 1.25), 20);
  const radius = size * 0.42;
  const share = Math.min(Math.max((value.display.numeric - min!) / (max! - min! || 1), 0), 1);
  const known = Number.isFinite(share);
  const stroke = { fill: 'none', strokeWidth: size * 0.1 };
  return (
    <div style={{ width, height, textAlign: 'center', cursor: onClick ? 'pointer' : undefined }} onClick={onClick}>
      <svg width={size} height={size * 0.8} viewBox={`${-size / 2} ${-size / 2} ${size} ${size * 0.8}`}>
        <path d={arc(radius, 1)} stroke={theme.colors.background.secondary} {...stroke} />
        {known && share > 0 && <path d={arc(radius, share)} stroke={value.display.color} {...stroke} />}
        <text
          textAnchor="middle"
          dominantBaseline="central"
          fontSize={size * 0.16}
          fontWeight={500}
          fill={theme.colors.text.primary}
        >
          {formattedValueToString(value.display)}
        </text>
      </svg>
      {titleHeight > 0 && <div style={{ color: theme.colors.text.secondary }}>{value.display.title}</div>}
    </div>
  );
}

function arc(radius: number, share: number): string {
  const at = (degrees: number) => {
    const angle = ((degrees - 90 - SWEEP / 2) * Math.PI) / 180;
    return `${radius * Math.cos(angle)} ${radius * Math.sin(angle)}`;
  };
  return `M ${at(0)} A ${radius} ${radius} 0 ${share * SWEEP > 180 ? 1 : 0} 1 ${at(share * SWEEP)}`;
}
