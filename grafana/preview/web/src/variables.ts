// The values of a dashboard's variables: what may be chosen, and what is.
import type { DataFrame, TimeRange } from '@grafana/data';

import { ask } from './api';
import type { Value } from './formats';
import type { Dashboard, Variable } from './types';

export const ALL = '$__all';

export interface Option {
  label: string;
  value: string;
}

export interface Chosen {
  variable: Variable;
  value: Value;
  options: Option[];
  error?: string;
}

export type Variables = Record<string, Chosen>;

export const isAll = (value: Value): boolean => value === ALL || (Array.isArray(value) && value[0] === ALL);

// The value with All written out.
export const expanded = ({ value, options }: Chosen): Value =>
  isAll(value) ? options.map((option) => option.value) : value;

export const shownText = ({ value, options }: Chosen): string =>
  isAll(value)
    ? 'All'
    : [value].flat().map((one) => options.find((option) => option.value === one)?.label ?? one).join(' + ');

// For a question to the server.
export function sent(variables: Variables): { variables: Record<string, Value>; every: Record<string, string[]> } {
  const all = Object.entries(variables);
  return {
    variables: Object.fromEntries(all.map(([name, one]) => [name, one.value])),
    every: Object.fromEntries(all.filter(([, one]) => isAll(one.value)).map(([name, one]) => [name, [expanded(one)].flat()])),
  };
}

// In the order of the dashboard: a query may use the variables before it, and waits for these only.
export async function resolved(dashboard: Dashboard, parameters: URLSearchParams, range: TimeRange): Promise<Variables> {
  const found = new Map<string, Promise<Chosen>>();
  for (const variable of dashboard.templating?.list ?? []) {
    const text = JSON.stringify(variable.query ?? '');
    const used = [...found].filter(([name]) => new RegExp(`\\$\\{?${name}\\b`).test(text));
    found.set(variable.name, chosenOf(dashboard, variable, used, parameters, range));
  }
  return Object.fromEntries(await Promise.all([...found].map(async ([name, one]) => [name, await one] as const)));
}

async function chosenOf(
  dashboard: Dashboard,
  variable: Variable,
  used: [string, Promise<Chosen>][],
  parameters: URLSearchParams,
  range: TimeRange
): Promise<Chosen> {
  const before = Object.fromEntries(await Promise.all(used.map(async ([name, one]) => [name, await one] as const)));
  let options: Option[] = [];
  let error: string | undefined;
  try {
    options = await optionsOf(dashboard, variable, before, range);
  } catch (reason) {
    error = (reason as Error).message;
  }
  return { variable, options, value: chosenValue(variable, options, parameters), error };
}

function chosenValue(variable: Variable, options: Option[], parameters: URLSearchParams): Value {
  const given = variable.skipUrlSync ? [] : parameters.getAll(`var-${variable.name}`);
  const said = given.map((one) => (one === 'All' && variable.includeAll ? ALL : one));
  // What the address says is believed, also if it is not among the options (any more).
  if (said.length > 0) return variable.multi ? said : said[0];
  if (variable.type === 'constant') return String(variable.query ?? '');
  const preset = [variable.current?.value ?? (variable.type === 'textbox' ? String(variable.query ?? '') : [])].flat();
  if (variable.type === 'textbox') return preset[0] ?? '';
  const known = preset.filter((one) => one === ALL || options.some((option) => option.value === one));
  const value = known.length > 0 ? known : [variable.includeAll ? ALL : (options[0]?.value ?? '')];
  return variable.multi ? value : value[0];
}

const cache = new Map<string, Promise<Option[]>>();

function optionsOf(dashboard: Dashboard, variable: Variable, before: Variables, range: TimeRange): Promise<Option[]> {
  if (variable.type === 'custom' || variable.type === 'interval') return Promise.resolve(listed(String(variable.query ?? '')));
  if (variable.type !== 'query') return Promise.resolve([]);
  const [begin, end] = [range.from.valueOf(), range.to.valueOf()];
  const key = JSON.stringify([dashboard.uid, variable.name, sent(before), variable.refresh === 2 ? [begin, end] : []]);
  if (!cache.has(key)) {
    const question = { dashboard: dashboard.uid, kind: 'variable', name: variable.name, ...sent(before), begin, end } as const;
    const answer = ask(question).then(fromFrame);
    answer.catch(() => cache.delete(key));
    cache.set(key, answer);
  }
  return cache.get(key)!;
}

// Two columns: the value first, then its label.
function fromFrame(frame: DataFrame): Option[] {
  const [values, labels = values] = frame.fields;
  if (!values) return [];
  return values.values.map((value, row) => ({ value: String(value), label: String(labels.values[row]) }));
}

// "Label : value, …"; a comma within is written \,
function listed(query: string): Option[] {
  return query
    .split(/(?<!\\),/)
    .map((one) => one.trim().replaceAll('\\,', ','))
    .filter((one) => one !== '')
    .map((one) => {
      const [label, value = label] = one.split(/\s:\s/);
      return { label: label.trim(), value: value.trim() };
    });
}
