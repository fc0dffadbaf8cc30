// A table on paper: all of its rows, where on the screen only those are drawn that are seen.
import { type DataFrame, FieldType, formattedValueToString, getFieldDisplayName } from '@grafana/data';
import type { CSSProperties } from 'react';

type Field = DataFrame['fields'][number];

const COLOURED: Record<string, (color?: string) => CSSProperties> = {
  'color-text': (color) => ({ color }),
  'color-background': (backgroundColor) => ({ backgroundColor }),
};
const cellOf = (field: Field): string => field.config.custom?.cellOptions?.type ?? 'auto';

export function PrintedTable({ frame }: { frame: DataFrame }) {
  const fields = frame.fields.filter((field) => !field.config.custom?.hideFrom?.viz);
  const aligned = (field: Field) =>
    field.type === FieldType.number || field.config.custom?.align === 'right' ? 'number' : undefined;
  return (
    <table>
      <thead>
        <tr>
          {fields.map((field) => (
            <th key={field.name} className={aligned(field)}>
              {getFieldDisplayName(field, frame)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: frame.length }, (_, row) => (
          <tr key={row}>
            {fields.map((field) => {
              const shown = field.display?.(field.values[row]);
              return (
                <td key={field.name} className={aligned(field)} style={COLOURED[cellOf(field)]?.(shown?.color)}>
                  {shown ? formattedValueToString(shown) : String(field.values[row] ?? '')}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
