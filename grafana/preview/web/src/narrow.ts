// Whether the window is so narrow that panels stand in one column, as in Grafana; and whether it is on its way to paper.
import { useSyncExternalStore } from 'react';

export const useNarrow = whether('screen and (max-width: 768px)');
export const usePrinting = whether('print');

function whether(condition: string): () => boolean {
  const media = window.matchMedia(condition);
  const subscribe = (listener: () => void) => {
    media.addEventListener('change', listener);
    return () => media.removeEventListener('change', listener);
  };
  return () => useSyncExternalStore(subscribe, () => media.matches);
}
