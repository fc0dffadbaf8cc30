// Places the panels: Grafana's grid of 24 columns, or one column where the window is narrow.
import { Icon, useTheme2 } from '@grafana/ui';
import { type CSSProperties, type ReactNode, useLayoutEffect, useRef, useState } from 'react';

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

// The same element whatever the window: a panel that came anew would ask again.
function Placed({ panels, width, draw }: { panels: Panel[]; width: number; draw: Props['draw'] }) {
  const place = placeFor(panels, width, useNarrow(), usePrinting());
  return (
    <div className={place.className} style={place.style}>
      {panels
        .toSorted((one, other) => one.gridPos.y - other.gridPos.y || one.gridPos.x - other.gridPos.x)
        .map((panel) => {
          const { className, style, width, height } = place.of(panel);
          return (
            <div key={panel.id} className={className} style={style}>
              {draw(panel, width, height)}
            </div>
          );
        })}
    </div>
  );
}

interface Look {
  className?: string;
  style?: CSSProperties;
}

interface Place extends Look {
  of: (panel: Panel) => Look & { width: number; height: number };
}

function placeFor(panels: Panel[], width: number, narrow: boolean, printing: boolean): Place {
  if (printing) return ON_PAPER;
  if (narrow) return { of: ({ gridPos }) => ({ style: { marginBottom: GAP }, width, height: heightOf(gridPos.h) }) };
  const column = (width + GAP) / COLUMNS;
  const top = Math.min(...panels.map((panel) => panel.gridPos.y));
  const bottom = Math.max(...panels.map((panel) => panel.gridPos.y + panel.gridPos.h));
  return {
    style: { position: 'relative', height: panels.length > 0 ? heightOf(bottom - top) + GAP : 0 },
    of: ({ gridPos: { x, y, w, h } }) => {
      const [left, right] = [Math.round(x * column), Math.round((x + w) * column - GAP)];
      const style = { position: 'absolute', left, top: (y - top) * (CELL + GAP) } as const;
      return { style, width: right - left, height: heightOf(h) };
    },
  };
}

// Side by side where that fits; what has more rows than its place is as long as it has to be.
const ON_PAPER: Place = {
  className: 'printed',
  of: ({ type, gridPos: { w, h } }) => {
    const width = type === 'table' ? PAPER : Math.floor(((PAPER + GAP) * w) / COLUMNS) - GAP;
    // A number that fills its line on the screen needs two of them here.
    const height = heightOf(type === 'stat' ? h + 1 : h);
    return { className: type === 'table' ? 'long' : undefined, style: { width }, width, height };
  },
};

const heightOf = (rows: number): number => rows * (CELL + GAP) - GAP;
