// Whether the window is so narrow that panels stand in one column, as in Grafana.
import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 768px)');

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches);

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
}
