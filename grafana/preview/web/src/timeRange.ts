// The chosen time range: from and to as in the address, such as now-7d, now/d or milliseconds since 1970.
import { dateTime, rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';

import type { Dashboard } from './types';

export function timeRangeOf(address: URL, dashboard: Dashboard, timeZone: string): TimeRange {
  const from = address.searchParams.get('from') ?? dashboard.time?.from ?? 'now-6h';
  const to = address.searchParams.get('to') ?? dashboard.time?.to ?? 'now';
  return rangeUtil.convertRawToRange({ from: moment(from), to: moment(to) }, timeZone);
}

export function timeZoneOf(address: URL, dashboard: Dashboard): string {
  return address.searchParams.get('timezone') ?? (dashboard.timezone || 'browser');
}

// Its name of IANA: for the server, which reads a day as the viewer's, as Grafana's data source does.
export function named(timeZone: string): string {
  if (timeZone === 'browser') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return timeZone.toLowerCase() === 'utc' ? 'UTC' : timeZone;
}

// from and to as the address has them.
export function written(raw: RawTimeRange): { from: string; to: string } {
  const one = (at: RawTimeRange['from']) => (typeof at === 'string' ? at : String(at.valueOf()));
  return { from: one(raw.from), to: one(raw.to) };
}

// As long as the range, moved by half of it.
export function moved(range: TimeRange, direction: -1 | 1): { from: string; to: string } {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const step = (direction * (to - from)) / 2;
  return { from: String(Math.round(from + step)), to: String(Math.round(to + step)) };
}

// Twice as long around the same middle.
export function widened(range: TimeRange): { from: string; to: string } {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  return { from: String(Math.round(from - (to - from) / 2)), to: String(Math.round(to + (to - from) / 2)) };
}

function moment(text: string): RawTimeRange['from'] {
  if (text.startsWith('now')) return text;
  return /^-?\d+$/.test(text) ? dateTime(Number(text)) : dateTime(text);
}
