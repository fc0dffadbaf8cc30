// The preview's server: dashboards, and their queries by name.
import { dataFrameFromJSON, type DataFrame, type DataFrameJSON } from '@grafana/data';

import type { Dashboard, Listed } from './types';

export interface Question {
  dashboard: string;
  kind: 'panel' | 'variable' | 'annotation';
  name: string;
  ref_id?: string;
  variables: Record<string, string | string[]>;
  every: Record<string, string[]>;
  begin: number;
  end: number;
  interval?: number;
  timezone?: string;
}

export const listDashboards = (): Promise<Listed[]> => call<Listed[]>('/api/dashboards');

export const readDashboard = (uid: string): Promise<Dashboard> => call(`/api/dashboards/${encodeURIComponent(uid)}`);

export async function ask(question: Question, signal?: AbortSignal): Promise<DataFrame> {
  const body = JSON.stringify(question);
  const headers = { 'Content-Type': 'application/json' };
  return dataFrameFromJSON(await call<DataFrameJSON>('/api/query', { method: 'POST', headers, body, signal }));
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Error('The preview does not answer any more: start it again with funnel dashboards.');
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok || answer === undefined) {
    throw new Error((answer as { error?: string } | undefined)?.error ?? `The preview answered ${response.status}.`);
  }
  return answer as T;
}
