// Imported before everything else: where Grafana's components look for files, their icons, which are in the bundle, and
// how they write dates.
import { systemDateFormats } from '@grafana/data';
import { cacheStore } from 'react-inlinesvg';

declare global {
  interface Window {
    __grafana_public_path__: string;
  }
}

window.__grafana_public_path__ = '/public/';

// As docker-compose.yml sets them for Grafana: month and day in the American order are read wrongly elsewhere.
Object.assign(systemDateFormats.interval, { day: 'DD MMM', hour: 'DD MMM HH:mm' });

const icons = import.meta.glob<string>('../node_modules/@grafana/ui/dist/public/img/icons/{unicons,mono,solid}/*.svg', {
  query: '?raw',
  import: 'default',
  eager: true,
});

// react-inlinesvg has no public way to put something in.
const store = (cacheStore as unknown as { cacheStore: Map<string, { content: string; status: string }> }).cacheStore;
const put = (name: string, content: string) => store.set(`/public/build/img/icons/${name}`, { content, status: 'loaded' });

for (const [path, content] of Object.entries(icons)) {
  const name = path.slice(path.indexOf('/icons/') + '/icons/'.length);
  put(name, content);
  // The package lacks this one, which the time picker shows.
  if (name === 'unicons/angle-double-right.svg') {
    put('unicons/angle-double-left.svg', content.replace(/(<svg[^>]*>)(.*)<\/svg>/s, '$1<g transform="matrix(-1 0 0 1 24 0)">$2</g></svg>'));
  }
}
