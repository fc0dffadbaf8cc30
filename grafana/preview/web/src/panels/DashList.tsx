import { useTheme2 } from '@grafana/ui';

import type { PanelProps } from './props';

export function DashList({ options, dashboards, height }: PanelProps) {
  const theme = useTheme2();
  const tags = (options.tags as string[] | undefined) ?? [];
  const shown = dashboards.filter((one) => tags.every((tag) => one.tags.includes(tag)));
  return (
    <div style={{ height, overflow: 'auto' }}>
      {shown.map((one) => (
        <div key={one.uid} style={{ padding: '6px 0', borderBottom: `1px solid ${theme.colors.border.weak}` }}>
          <a href={`/d/${one.uid}`} style={{ color: theme.colors.text.link }}>
            {one.title}
          </a>
        </div>
      ))}
    </div>
  );
}
