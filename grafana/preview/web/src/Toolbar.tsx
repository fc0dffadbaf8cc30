// Above the panels: the menu of dashboards, the title, the time range, the refresh, and the variables.
import { rangeUtil, type TimeRange } from '@grafana/data';
import { Dropdown, InlineSwitch, LinkButton, Menu, RefreshPicker, TimeRangePicker, ToolbarButton, useTheme2, type WeekStart } from '@grafana/ui';

import { addressOf, linksOf } from './dashboardLinks';
import type { Context } from './interpolate';
import { change } from './location';
import { useNarrow } from './narrow';
import { moved, widened, written } from './timeRange';
import type { Listed } from './types';
import { VariablePicker } from './VariablePicker';

const LINE = { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 8, marginBottom: 8 } as const;

interface Props {
  context: Context;
  dashboards: Listed[];
  timeZone: string;
  refresh: string;
  onRefresh: () => void;
  hidden: string[];
  setHidden: (names: string[]) => void;
}

export function Toolbar(props: Props) {
  const { context, dashboards } = props;
  const narrow = useNarrow();
  return (
    <header>
      <div style={LINE}>
        <DashboardMenu dashboards={dashboards} present={context.dashboard.uid} />
        <h1 style={{ fontSize: 20, margin: 0, flex: '1 1 auto' }}>{context.dashboard.title}</h1>
        <Times {...props} range={context.range} />
      </div>
      {narrow ? (
        <details style={{ marginBottom: 8 }}>
          <summary>Filters and links</summary>
          <Controls {...props} />
        </details>
      ) : (
        <Controls {...props} />
      )}
    </header>
  );
}

function Controls({ context, dashboards, hidden, setHidden }: Props) {
  const { dashboard, variables } = context;
  const annotations = (dashboard.annotations?.list ?? []).filter((one) => !one.builtIn && !one.hide && one.enable !== false);
  const turn = (name: string) =>
    setHidden(hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name]);
  return (
    <div style={LINE}>
      {Object.values(variables).map((chosen) => (
        <VariablePicker key={chosen.variable.name} chosen={chosen} />
      ))}
      {annotations.map(({ name }) => (
        <InlineSwitch key={name} showLabel label={name} value={!hidden.includes(name)} onChange={() => turn(name)} />
      ))}
      {linksOf(dashboard.links ?? [], dashboards, dashboard.uid).map((link) => (
        <LinkButton
          key={link.title + link.url}
          href={addressOf(link, context)}
          target={link.targetBlank ? '_blank' : undefined}
          tooltip={link.tooltip || undefined}
          variant="secondary"
          fill="outline"
        >
          {link.title}
        </LinkButton>
      ))}
    </div>
  );
}

function DashboardMenu({ dashboards, present }: { dashboards: Listed[]; present: string }) {
  const items = dashboards.map((one) => <Menu.Item key={one.uid} label={one.title} url={`/d/${one.uid}`} active={one.uid === present} />);
  return (
    <Dropdown overlay={<Menu>{items}</Menu>}>
      <ToolbarButton icon="bars" variant="canvas" aria-label="Dashboards" tooltip="All dashboards" />
    </Dropdown>
  );
}

function Times({ context, timeZone, refresh, onRefresh, range }: Props & { range: TimeRange }) {
  const theme = useTheme2();
  const { timepicker, weekStart } = context.dashboard;
  return (
    <div style={{ ...LINE, marginBottom: 0 }}>
      {!timepicker?.hidden && (
        <TimeRangePicker
          value={range}
          timeZone={timeZone}
          weekStart={(weekStart || undefined) as WeekStart | undefined}
          quickRanges={timepicker?.quick_ranges}
          isOnCanvas
          onChange={({ raw }) => change(written(raw))}
          onChangeTimeZone={(timezone) => change({ timezone })}
          onMoveBackward={() => change(moved(range, -1))}
          onMoveForward={() => change(moved(range, 1))}
          onZoom={() => change(widened(range))}
        />
      )}
      <RefreshPicker
        value={refresh}
        intervals={timepicker?.refresh_intervals}
        isOnCanvas
        onRefresh={onRefresh}
        onIntervalChanged={(interval) => change({ refresh: interval || 'off' })}
      />
      <ToolbarButton
        variant="canvas"
        icon="adjust-circle"
        aria-label="Light or dark"
        tooltip={theme.isDark ? 'Light' : 'Dark'}
        onClick={() => change({ theme: theme.isDark ? 'light' : 'dark' })}
      />
      {/* Grafana's picker leaves the words out there. */}
      {useNarrow() && <span>{rangeUtil.describeTimeRange(range.raw, timeZone, timepicker?.quick_ranges)}</span>}
    </div>
  );
}
