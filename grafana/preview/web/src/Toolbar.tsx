// Above the panels: the menu of dashboards, the title, the time range, the refresh, and the variables.
import { rangeUtil, type TimeRange } from '@grafana/data';
import { Dropdown, InlineSwitch, Menu, RefreshPicker, TimeRangePicker, ToolbarButton, useTheme2, type WeekStart } from '@grafana/ui';

import { addressOf, linksOf } from './dashboardLinks';
import type { Context } from './interpolate';
import { change } from './location';
import { useNarrow, usePrinting } from './narrow';
import { moved, widened, written } from './timeRange';
import type { Listed } from './types';
import { isRare, isShown, VariablePicker } from './VariablePicker';
import { isAll } from './variables';

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
  const printing = usePrinting();
  return (
    <header>
      <div style={LINE}>
        <div className="controls">
          <DashboardMenu dashboards={dashboards} present={context.dashboard.uid} />
        </div>
        <h1 style={{ fontSize: 20, margin: 0, flex: '1 1 auto' }}>{context.dashboard.title}</h1>
        <div className="controls">
          <Times {...props} range={context.range} />
        </div>
        {printing && <span>{rangeUtil.describeTimeRange(context.range.raw, props.timeZone, context.dashboard.timepicker?.quick_ranges)}</span>}
      </div>
      <Pages {...props} />
      <Filters {...props} />
    </header>
  );
}

// The same on every page, on a phone too.
function Pages({ context, dashboards }: Props) {
  const { dashboard } = context;
  const links = linksOf(dashboard.links ?? [], dashboards, dashboard.uid);
  if (links.length === 0) return null;
  return (
    <nav aria-label="Pages" className="pages">
      {links.map((link) => (
        <a
          key={link.title + link.url}
          href={addressOf(link, context)}
          target={link.targetBlank ? '_blank' : undefined}
          title={link.tooltip || undefined}
          aria-current={link.url === `/d/${dashboard.uid}` ? 'page' : undefined}
        >
          {link.title}
        </a>
      ))}
    </nav>
  );
}

// What is seldom chosen folds away; on a phone all of it does. What is chosen is counted.
function Filters({ context, hidden, setHidden }: Props) {
  const narrow = useNarrow();
  const { dashboard, variables } = context;
  const annotations = (dashboard.annotations?.list ?? []).filter((one) => !one.builtIn && !one.hide && one.enable !== false);
  const turn = (name: string) =>
    setHidden(hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name]);
  const all = Object.values(variables).filter(isShown);
  const [folded, open] = [all.filter((one) => narrow || isRare(one)), all.filter((one) => !narrow && !isRare(one))];
  const chosen = folded.filter((one) => one.variable.includeAll && !isAll(one.value)).length;
  const pickers = (ones: typeof all) => ones.map((one) => <VariablePicker key={one.variable.name} chosen={one} />);
  return (
    <div className="filters">
      {pickers(open)}
      {annotations.map(({ name }) => (
        <InlineSwitch key={name} showLabel label={name} value={!hidden.includes(name)} onChange={() => turn(name)} />
      ))}
      {folded.length > 0 && (
        <details>
          <summary>
            {narrow ? 'Filters' : 'More filters'}
            {chosen > 0 && ` (${chosen} chosen)`}
          </summary>
          <div className="filters">{pickers(folded)}</div>
        </details>
      )}
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
