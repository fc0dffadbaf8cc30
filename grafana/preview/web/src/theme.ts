// Grafana's themes, with colours in which words can be read (4.5 to 1) where Grafana's own are too light or too dark.
import { createTheme, type GrafanaTheme2 } from '@grafana/data';

const CODE_FONT = 'ui-monospace, Menlo, Consolas, monospace';

// grafana/base.py, GREY: no one grey is readable on both pages.
const GREY = '#7b8087';
const LIGHT: Record<string, string> = {
  [GREY]: '#5f6670',
  green: '#2e7d32',
  'semi-dark-green': '#2e7d32',
  red: '#c4162a',
  blue: '#1f60c4',
  orange: '#b45309',
  'dark-orange': '#b45309',
  yellow: '#8a6500',
};
const DARK: Record<string, string> = { [GREY]: '#9aa0a8', red: '#ff7383' };

export function themeOf(mode: 'light' | 'dark'): GrafanaTheme2 {
  const theme = createTheme({ colors: { mode }, typography: { fontFamilyMonospace: CODE_FONT } });
  const own = mode === 'light' ? LIGHT : DARK;
  const { getColorByName } = theme.visualization;
  theme.visualization.getColorByName = (name) => own[name] ?? getColorByName(name);
  return theme;
}
