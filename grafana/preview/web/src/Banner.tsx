// Says what this page is, and what it does not do.
import { Button, Toggletip, useTheme2 } from '@grafana/ui';

export function Banner() {
  const theme = useTheme2();
  return (
    <div
      role="note"
      style={{
        padding: '2px 16px',
        fontSize: 12,
        color: theme.colors.text.secondary,
        background: theme.colors.background.secondary,
        borderBottom: `1px solid ${theme.colors.border.weak}`,
      }}
    >
      Preview: drawn with Grafana&apos;s components, not Grafana.{' '}
      <Toggletip title="What the preview does not do" content={<Missing />} placement="bottom-start">
        <Button size="sm" fill="text" style={{ height: 'auto', padding: 0 }}>
          What it does not do
        </Button>
      </Toggletip>
    </div>
  );
}

function Missing() {
  return (
    <ul style={{ paddingLeft: 16 }}>
      <li>No alerts, no editing, no users and rights, no Explore, no export.</li>
      <li>Panel types beyond stat, time series, table, bar gauge, bar chart, gauge, text and list of dashboards say so in their place.</li>
      <li>Bar charts and gauges are drawn by the preview itself with Grafana&apos;s colours, units and axes.</li>
      <li>No ad hoc filters, no repeated panels, no own time range of a panel.</li>
      <li>In Grafana the numbers are the same: the same queries, the same read-only user.</li>
    </ul>
  );
}
