// How a variable's value is written, as Grafana's format registry does. The server has its own for SQL (variables.py).
import { dateTime, textUtil } from '@grafana/data';

export type Value = string | string[];

export function formatted(name: string, value: Value, format: string, args: string[] = []): string {
  const list = [value].flat();
  switch (format) {
    case 'queryparam':
      return list.map((one) => `var-${encode(name)}=${encode(one)}`).join('&');
    case 'percentencode':
      return encode(Array.isArray(value) ? `{${value.join(',')}}` : value);
    case 'uriencode':
      return strict(encodeURI(Array.isArray(value) ? `{${value.join(',')}}` : value));
    case 'singlequote':
      return list.map((one) => `'${escaped(one).replaceAll("'", "\\'")}'`).join(',');
    case 'doublequote':
      return list.map((one) => `"${escaped(one).replaceAll('"', '\\"')}"`).join(',');
    case 'sqlstring':
      return list.map((one) => `'${escaped(one).replaceAll("'", "''").replaceAll('"', '\\"')}'`).join(',');
    case 'csv':
    case 'raw':
      return list.join(',');
    case 'pipe':
      return list.join('|');
    case 'json':
      return Array.isArray(value) ? JSON.stringify(value) : value;
    case 'html':
      return textUtil.escapeHtml(list.join(', '));
    case 'date':
      return date(list[0], args);
    default:
      return list.length > 1 ? `{${list.join(',')}}` : list.join('');
  }
}

function date(value: string, args: string[]): string {
  const at = Number.parseInt(value, 10);
  const form = args.join(':') || 'iso';
  if (form === 'ms') return value;
  if (form === 'seconds') return String(Math.round(at / 1000));
  return form === 'iso' ? dateTime(at).toISOString() : dateTime(at).format(form);
}

// Grafana leaves a backslash as it is: it would take the escape from the quote after it, and end the text there.
const escaped = (text: string) => text.replaceAll('\\', '\\\\');

const encode = (text: string) => strict(encodeURIComponent(text));

const strict = (text: string) =>
  text.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
