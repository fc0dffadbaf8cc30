// The page's address is its state, as in Grafana: /d/<uid>?from=…&to=…&var-x=…&refresh=…
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

export function useAddress(): URL {
  const href = useSyncExternalStore(subscribe, () => window.location.href);
  return new URL(href);
}

export function go(url: string, how: 'push' | 'replace' = 'push'): void {
  window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', url);
  listeners.forEach((listener) => listener());
}

// Changes parameters of the present address; null takes one away.
export function change(changes: Record<string, string | string[] | null>): void {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name);
    for (const one of value === null ? [] : [value].flat()) url.searchParams.append(name, one);
  }
  go(url.pathname + url.search);
}

// Links to dashboards, wherever on the page, open without loading the page anew.
export function openLinksHere(): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest('a');
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (!link || modified || link.target === '_blank' || event.defaultPrevented) return;
    const url = new URL(link.href, window.location.href);
    if (url.origin !== window.location.origin || !url.pathname.startsWith('/d/')) return;
    // A link within the page moves the focus.
    if (url.hash) return;
    event.preventDefault();
    go(keepLook(url));
    window.scrollTo(0, 0);
  });
}

// The theme, and that there is no frame around the panels, go with the person from page to page.
function keepLook(url: URL): string {
  const present = new URL(window.location.href).searchParams;
  for (const name of ['theme', 'kiosk']) {
    const value = present.get(name);
    if (value !== null && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}
