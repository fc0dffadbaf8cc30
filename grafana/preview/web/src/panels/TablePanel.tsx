import { getFrameDisplayName } from '@grafana/data';
import type { TableCellHeight } from '@grafana/schema';
import { Combobox } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { useState } from 'react';

import { fieldConfigOf } from '../defaults';
import type { PanelProps } from './props';

const PICKER_HEIGHT = 40;

export function TablePanel({ panel, options, frames, width, height, timeRange }: PanelProps) {
  const [chosen, setChosen] = useState((options.frameIndex as number | undefined) ?? 0);
  const several = frames.length > 1;
  const frame = frames[chosen] ?? frames[0];
  return (
    <>
      <TableNG
        data={frame}
        width={width}
        height={several ? height - PICKER_HEIGHT : height}
        noHeader={options.showHeader === false}
        showTypeIcons={options.showTypeIcons === true}
        cellHeight={options.cellHeight as TableCellHeight}
        sortBy={options.sortBy as { displayName: string; desc?: boolean }[] | undefined}
        frozenColumns={(options.frozenColumns as { left?: number } | undefined)?.left}
        enablePagination={options.enablePagination === true}
        maxRowHeight={options.maxRowHeight as number | undefined}
        fieldConfig={fieldConfigOf(panel)}
        timeRange={timeRange}
        resizable
        enableVirtualization
        getActions={() => []}
      />
      {several && (
        <Combobox
          options={frames.map((one, index) => ({ label: getFrameDisplayName(one, index), value: index }))}
          value={chosen}
          onChange={({ value }) => setChosen(value)}
        />
      )}
    </>
  );
}
