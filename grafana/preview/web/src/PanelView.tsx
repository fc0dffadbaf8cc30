// One panel: its frame with the title, its query's answer, and what stands in its place when there is none.
import { CoreApp, EventBusSrv, LoadingState, renderMarkdown } from '@grafana/data';
import { ErrorBoundaryAlert, Icon, PanelChrome, PanelContextProvider, Tooltip, useTheme2 } from '@grafana/ui';
import { type ReactNode, useMemo } from 'react';

import type { Event } from './annotations';
import { optionsOf } from './defaults';
import { addressOf } from './dashboardLinks';
import { type Context, interpolator } from './interpolate';
import { usePrinting } from './narrow';
import { isDrawn, useDrawing, WITHOUT_DATA } from './panels';
import { PrintedTable } from './panels/PrintedTable';
import type { Listed, Panel } from './types';
import { type PanelFrames, usePanelFrames, usePrepared } from './usePanelFrames';

export interface PanelViewProps {
  panel: Panel;
  context: Context;
  timeZone: string;
  events: Event[];
  dashboards: Listed[];
  width: number;
  height: number;
}

const bus = new EventBusSrv();
// They leave room around what they draw themselves.
const UP_TO_THE_EDGE = new Set(['stat', 'table']);

export function PanelView(props: PanelViewProps) {
  const { panel, context, timeZone, width, height } = props;
  const replace = useMemo(() => interpolator(context), [context]);
  const prepared = usePrepared(panel, usePanelFrames(panel, context, width), timeZone, replace);
  const Drawing = useDrawing(panel.type);
  const state = stateOf(panel, prepared, Drawing !== undefined);
  const title = replace(panel.title ?? '', {}, 'text');
  const description = panel.description ? renderMarkdown(replace(panel.description, {}, 'text')) : undefined;
  if (usePrinting() && panel.type === 'table' && (state === 'done' || state === 'empty')) {
    return (
      <div data-panel={panel.id} data-type={panel.type} data-state={state}>
        {title && <h2>{title}</h2>}
        {state === 'empty' && <p>{nothing(panel)}</p>}
        {state === 'done' && prepared.frames.map((frame, index) => <PrintedTable key={index} frame={frame} />)}
      </div>
    );
  }
  return (
    <div data-panel={panel.id} data-type={panel.type} data-state={state} style={{ width, height }}>
      <PanelContextProvider value={{ eventsScope: 'preview', eventBus: bus, app: CoreApp.Dashboard }}>
        <PanelChrome
          title={title}
          description={description}
          titleItems={panel.links?.length ? <PanelLinks {...props} /> : undefined}
          displayMode={panel.transparent ? 'transparent' : 'default'}
          hoverHeader={title === ''}
          width={width}
          height={height}
          loadingState={state === 'loading' ? LoadingState.Loading : LoadingState.Done}
          padding={UP_TO_THE_EDGE.has(panel.type) && state === 'done' ? 'none' : 'md'}
        >
          {(innerWidth, innerHeight) => (
            <ErrorBoundaryAlert>
              <Body {...props} prepared={prepared} state={state} width={innerWidth} height={innerHeight} />
            </ErrorBoundaryAlert>
          )}
        </PanelChrome>
      </PanelContextProvider>
    </div>
  );
}

const nothing = (panel: Panel): string => String(panel.fieldConfig?.defaults.noValue ?? 'No data');

type State = 'loading' | 'done' | 'error' | 'empty' | 'unsupported';

function stateOf(panel: Panel, { state, frames }: PanelFrames, loaded: boolean): State {
  if (!isDrawn(panel.type)) return 'unsupported';
  if (!loaded) return 'loading';
  if (WITHOUT_DATA.has(panel.type) || state !== 'done') return WITHOUT_DATA.has(panel.type) ? 'done' : state;
  return frames.some((frame) => frame.fields.length > 0 && frame.length > 0) ? 'done' : 'empty';
}

function Body(props: PanelViewProps & { prepared: PanelFrames; state: State }): ReactNode {
  const { panel, context, prepared, state, width, height } = props;
  const replace = useMemo(() => interpolator(context), [context]);
  const options = useMemo(() => optionsOf(panel), [panel]);
  const Drawing = useDrawing(panel.type);
  if (state === 'unsupported') {
    return <Words height={height}>The preview does not draw panels of the type “{panel.type}”. Grafana does.</Words>;
  }
  if (state === 'loading') return null;
  if (state === 'error') return <Words height={height} wrong>{prepared.error}</Words>;
  if (state === 'empty') return <Words height={height}>{nothing(panel)}</Words>;
  if (!Drawing) return null;
  const { frames } = prepared;
  const { range: timeRange } = context;
  return <Drawing {...props} {...{ options, frames, timeRange, replace, width, height }} />;
}

function Words({ height, wrong, children }: { height: number; wrong?: boolean; children: ReactNode }) {
  const theme = useTheme2();
  const color = wrong ? theme.colors.error.text : theme.colors.text.secondary;
  return (
    <div role={wrong ? 'alert' : undefined} style={{ height, display: 'grid', placeItems: 'center', overflow: 'auto', color }}>
      <span style={{ textAlign: 'center', overflowWrap: 'anywhere' }}>{children}</span>
    </div>
  );
}

function PanelLinks({ panel, context }: PanelViewProps) {
  return (
    <>
      {panel.links!.map((link) => {
        const address = addressOf(link, context);
        return (
          <Tooltip key={link.title} content={link.title}>
            <a href={address} target={link.targetBlank ? '_blank' : undefined} rel="noreferrer" aria-label={link.title}>
              <Icon name="external-link-alt" />
            </a>
          </Tooltip>
        );
      })}
    </>
  );
}
