// Variables in titles, texts and links, as Grafana replaces them.
import {
  type DataContextScopedVar,
  type InterpolateFunction,
  type ScopedVars,
  type TimeRange,
  formattedValueToString,
  getFieldDisplayName,
  getFieldDisplayValuesProxy,
} from '@grafana/data';

import { formatted, type Value } from './formats';
import { written } from './timeRange';
import type { Dashboard } from './types';
import { ALL, expanded, isAll, shownText, type Variables } from './variables';

export interface Context {
  dashboard: Dashboard;
  variables: Variables;
  range: TimeRange;
  timeZone: string;
}

const USE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;
const STEP = /\["([^"]+)"\]|\['([^']+)'\]|\[(\d+)\]|\.?([^.[\]]+)/g;

export function interpolator(context: Context): InterpolateFunction {
  return (text, scoped, given) =>
    (text ?? '').replace(USE, (use, simple, old, oldFormat, name, path, format) => {
      const found = valueOf(simple ?? old ?? name, path, context, scoped);
      if (found === undefined) return use;
      const [form, ...args] = (format ?? oldFormat ?? (typeof given === 'string' ? given : 'glob')).split(':');
      return written1(simple ?? old ?? name, found, form, args, context);
    });
}

// var-…=… of every variable, as `${__all_variables}` and links that take the variables along write it.
export const variablesInAddress = (variables: Variables): string =>
  Object.entries(variables)
    .filter(([, one]) => one.variable.type !== 'constant' && !one.variable.skipUrlSync)
    .map(([name, one]) => formatted(name, one.value, 'queryparam'))
    .join('&');

export const rangeInAddress = (range: TimeRange): string => new URLSearchParams(written(range.raw)).toString();

function written1(name: string, value: Value, form: string, args: string[], { variables }: Context): string {
  // These are parts of an address already.
  if (name === '__url_time_range' || name === '__all_variables') return String(value);
  const variable = variables[name];
  if (variable && form === 'text') return shownText(variable);
  if (variable && isAll(value)) return formatted(name, form === 'queryparam' ? ALL : expanded(variable), form, args);
  return formatted(name, value, form, args);
}

function valueOf(name: string, path: string | undefined, context: Context, scoped?: ScopedVars): Value | undefined {
  const data = scoped?.__dataContext as DataContextScopedVar | undefined;
  if (name in context.variables) return context.variables[name].value;
  const { range, dashboard } = context;
  switch (name) {
    case '__from':
      return String(range.from.valueOf());
    case '__to':
      return String(range.to.valueOf());
    case '__url_time_range':
      return rangeInAddress(range);
    case '__all_variables':
      return variablesInAddress(context.variables);
    case '__dashboard':
      return path === 'uid' ? dashboard.uid : dashboard.title;
    case '__data':
    case '__value':
    case '__field':
    case '__series':
      return data && fromData(name, path, data.value);
  }
  const value: unknown = scoped?.[name]?.value;
  return value === undefined || value === null ? undefined : String(value);
}

function fromData(name: string, path: string | undefined, data: DataContextScopedVar['value']): Value | undefined {
  const { frame, field, rowIndex, calculatedValue } = data;
  if (name === '__field') return follow({ ...field, displayName: getFieldDisplayName(field, frame, data.data) }, path ?? 'displayName');
  if (name === '__series') return getFieldDisplayName(field, frame, data.data);
  if (name === '__data') return rowIndex === undefined ? undefined : follow({ fields: getFieldDisplayValuesProxy({ frame, rowIndex }) }, path);
  const raw: unknown = rowIndex === undefined ? calculatedValue?.numeric : field.values[rowIndex];
  if (path === 'time') {
    const time = frame.fields.find((one) => one.type === 'time');
    return time && rowIndex !== undefined ? String(time.values[rowIndex]) : undefined;
  }
  const shown = calculatedValue ?? field.display?.(raw);
  if (path === 'numeric') return String(shown?.numeric ?? raw);
  return path === 'text' && shown ? formattedValueToString(shown) : String(raw);
}

function follow(from: object, path = ''): Value | undefined {
  let value: unknown = from;
  for (const [, double, single, number, plain] of path.matchAll(STEP)) {
    value = (value as Record<string, unknown> | undefined | null)?.[double ?? single ?? number ?? plain];
  }
  return value === undefined || value === null ? undefined : String(value);
}
