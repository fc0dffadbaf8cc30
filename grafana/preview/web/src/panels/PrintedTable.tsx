// A table on paper: all of its rows, where on the screen only those are drawn that are seen.
import { type DataFrame, FieldType, formattedValueToString, getFieldDisplayName } from '@grafana/data';

export function PrintedTable({ frame }: { frame: DataFrame }) {
  const fields = frame.fields.filter((field) => !field.config.custom?.hideFrom?.viz);
  const aligned = (field: DataFrame['fields'][number]) =>
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
              const coloured = field.config.custom?.cellOptions?.type === 'color-text';
              return (
                <td key={field.name} className={aligned(field)} style={coloured ? { color: shown?.color } : undefined}>
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
