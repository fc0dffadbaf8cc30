// Asks a panel's queries, transforms the answers, and gives every field its colours, units, links and words.
import { applyFieldOverrides, cacheFieldDisplayNames, type DataFrame, type InterpolateFunction, rangeUtil } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { useEffect, useMemo, useRef, useState } from 'react';

import { ask, type Question } from './api';
import { fieldConfigOf } from './defaults';
import type { Context } from './interpolate';
import { registryFor } from './registry';
import { named } from './timeRange';
import { transformed } from './transform';
import type { Panel } from './types';
import { sent } from './variables';

export interface PanelFrames {
  state: 'loading' | 'done' | 'error';
  frames: DataFrame[];
  error?: string;
}

const OF_A_PANEL = '-- Dashboard --';
// What the server writes the interval for: $__interval, $__interval_ms, $__interval_s, $__timeInterval, $__timeInterval_ms.
const OF_THE_INTERVAL = /\$\{?__(?:i|timeI)nterval/;
const NOTHING: PanelFrames = { state: 'loading', frames: [] };

// Asked again with every new context: with each refresh there is one, once its variables are known.
export function usePanelFrames(panel: Panel, context: Context, width: number): PanelFrames {
  const [answer, setAnswer] = useState<PanelFrames>(NOTHING);
  const questions = JSON.stringify(questionsOf(panel, context, width));
  const began = useRef(0);
  useEffect(() => {
    const number = (began.current += 1);
    const leaving = new AbortController();
    Promise.all((JSON.parse(questions) as Question[]).map((question) => ask(question, leaving.signal)))
      .then((frames): PanelFrames => ({ state: 'done', frames }))
      .catch((error: Error): PanelFrames => ({ state: 'error', frames: [], error: error.message }))
      .then((result) => number === began.current && !leaving.signal.aborted && setAnswer(result));
    return () => leaving.abort();
  }, [questions, context]);
  return answer;
}

export function usePrepared(panel: Panel, answer: PanelFrames, timeZone: string, replace: InterpolateFunction): PanelFrames {
  const theme = useTheme2();
  const [plain, setPlain] = useState<PanelFrames>(NOTHING);
  useEffect(() => {
    let wanted = true;
    transformed(answer.frames, panel.transformations ?? [], replace)
      .then((frames): PanelFrames => ({ ...answer, frames }))
      .catch((error: Error): PanelFrames => ({ state: 'error', frames: [], error: error.message }))
      .then((result) => wanted && setPlain(result));
    return () => {
      wanted = false;
    };
    // The variables in `replace` are those that were asked with.
  }, [answer, panel]);
  return useMemo(() => {
    const fieldConfig = fieldConfigOf(panel);
    const fieldConfigRegistry = registryFor(fieldConfig);
    const options = { data: plain.frames, fieldConfig, fieldConfigRegistry, replaceVariables: replace, theme, timeZone };
    const frames = applyFieldOverrides(options);
    cacheFieldDisplayNames(frames);
    return { ...plain, frames };
  }, [plain, panel, theme, timeZone]);
}

function questionsOf(panel: Panel, { dashboard, variables, range, timeZone }: Context, width: number): Question[] {
  const source = panel.datasource?.uid === OF_A_PANEL ? sourceOf(panel, dashboard.panels) : panel;
  // The interval follows the width: a query that does not read it is not asked again for a new one.
  const interval = () =>
    Math.max(Math.round(rangeUtil.calculateInterval(range, panel.maxDataPoints ?? width, panel.interval).intervalMs), 1);
  return (source?.targets ?? [])
    .filter((target) => !target.hide)
    .map((target) => ({
      dashboard: dashboard.uid,
      kind: 'panel',
      name: String(source!.id),
      ref_id: target.refId ?? 'A',
      ...sent(variables),
      begin: range.from.valueOf(),
      end: range.to.valueOf(),
      interval: OF_THE_INTERVAL.test(target.rawSql ?? '') ? interval() : undefined,
      timezone: named(timeZone),
    }));
}

const sourceOf = (panel: Panel, all: Panel[]): Panel | undefined =>
  all.flatMap((one) => [one, ...(one.panels ?? [])]).find((one) => one.id === panel.targets?.[0]?.panelId);
