import { compareArrayValues, compareDataFrameStructures, type DataFrame } from '@grafana/data';
import { useRef } from 'react';

// Grows when the chart must be set up anew, not with every answer: the pointer's tooltip would close.
export function useRevision(frames: DataFrame[]): number {
  const last = useRef<{ frames: DataFrame[]; revision: number }>({ frames: [], revision: 0 });
  const same = compareArrayValues(last.current.frames, frames, compareDataFrameStructures);
  const hides = (all: DataFrame[]) => all.flatMap((one) => one.fields.map((field) => field.config.custom?.hideFrom?.viz === true)).join();
  if (!same || hides(last.current.frames) !== hides(frames)) last.current.revision += 1;
  last.current.frames = frames;
  return last.current.revision;
}
