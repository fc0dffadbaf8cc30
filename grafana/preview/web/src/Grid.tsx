// Places the panels: Grafana's grid of 24 columns, or one column where the window is narrow.
import { Icon, useTheme2 } from '@grafana/ui';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

import { useNarrow, usePrinting } from './narrow';
import { type Section, sectionsOf } from './sections';
import type { Panel } from './types';

const COLUMNS = 24;
const CELL = 30;
const GAP = 8;
// What fits on A4 across, within its margins.
const PAPER = 1_040;

interface Props {
  panels: Panel[];
  draw: (panel: Panel, width: number, height: number) => ReactNode;
  titleOf: (title: string) => string;
}

export function Grid({ panels, draw, titleOf }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place}>
      {width > 0 &&
        sectionsOf(panels).map((section, index) => (
          <Rows key={section.row?.id ?? index} section={section} width={width} draw={draw} titleOf={titleOf} />
        ))}
    </div>
  );
}

function Rows({ section, width, draw, titleOf }: Omit<Props, 'panels'> & { section: Section; width: number }) {
  const theme = useTheme2();
  const [open, setOpen] = useState(!section.row?.collapsed);
  return (
    <section>
      {section.row && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="plain"
          style={{ color: theme.colors.text.primary }}
        >
          <Icon name={open ? 'angle-down' : 'angle-right'} /> {titleOf(section.row.title ?? '')}
        </button>
      )}
      {open && <Placed panels={section.panels} width={width} draw={draw} />}
    </section>
  );
}

function Placed({ panels, width, draw }: { panels: Panel[]; width: number; draw: Props['draw'] }) {
  const narrow = useNarrow();
  const printing = usePrinting();
  const inOrder = panels.toSorted((one, other) => one.gridPos.y - other.gridPos.y || one.gridPos.x - other.gridPos.x);
  if (printing) return <Printed panels={inOrder} draw={draw} />;
  if (narrow) {
    return inOrder.map((panel) => (
      <div key={panel.id} style={{ marginBottom: GAP }}>
        {draw(panel, width, heightOf(panel.gridPos.h))}
      </div>
    ));
  }
  const column = (width + GAP) / COLUMNS;
  const top = Math.min(...panels.map((panel) => panel.gridPos.y));
  const bottom = Math.max(...panels.map((panel) => panel.gridPos.y + panel.gridPos.h));
  return (
    <div style={{ position: 'relative', height: panels.length > 0 ? heightOf(bottom - top) + GAP : 0 }}>
      {panels.map((panel) => {
        const { x, y, w, h } = panel.gridPos;
        const [left, right] = [Math.round(x * column), Math.round((x + w) * column - GAP)];
        return (
          <div key={panel.id} style={{ position: 'absolute', left, top: (y - top) * (CELL + GAP) }}>
            {draw(panel, right - left, heightOf(h))}
          </div>
        );
      })}
    </div>
  );
}

// Side by side where that fits; what has more rows than its place is as long as it has to be.
function Printed({ panels, draw }: { panels: Panel[]; draw: Props['draw'] }) {
  return (
    <div className="printed">
      {panels.map((panel) => {
        const width = panel.type === 'table' ? PAPER : Math.floor(((PAPER + GAP) * panel.gridPos.w) / COLUMNS) - GAP;
        return (
          <div key={panel.id} className={panel.type === 'table' ? 'long' : undefined} style={{ width }}>
            {draw(panel, width, heightOf(panel.gridPos.h))}
          </div>
        );
      })}
    </div>
  );
}

const heightOf = (rows: number): number => rows * (CELL + GAP) - GAP;
