import './setup';
import '@fontsource-variable/inter/wght.css';
import 'uplot/dist/uPlot.min.css';
import './page.css';

import { type GrafanaConfig, locationUtil } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { createRoot } from 'react-dom/client';

import { App } from './App';
import { openLinksHere } from './location';

locationUtil.initialize({
  config: { appSubUrl: '' } as GrafanaConfig,
  getVariablesUrlParams: () => ({}),
  getTimeRangeForUrl: () => ({ from: 'now-6h', to: 'now' }),
});
openLinksHere();
await initPluginTranslations('grafana');
createRoot(document.getElementById('root')!).render(<App />);
