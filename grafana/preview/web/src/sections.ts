// Splits a dashboard's panels at its rows: a closed row holds its panels, an open one is followed by them.
import type { Panel } from './types';

export interface Section {
  row?: Panel;
  panels: Panel[];
}

export function sectionsOf(panels: Panel[]): Section[] {
  const sections: Section[] = [{ panels: [] }];
  for (const panel of panels.toSorted((one, other) => one.gridPos.y - other.gridPos.y)) {
    if (panel.type === 'row') sections.push({ row: panel, panels: [...(panel.panels ?? [])] });
    else sections.at(-1)!.panels.push(panel);
  }
  return sections.filter((section) => section.row || section.panels.length > 0);
}
