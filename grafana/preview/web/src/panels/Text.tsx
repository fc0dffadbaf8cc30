import { renderTextPanelMarkdown, textUtil } from '@grafana/data';

import type { PanelProps } from './props';

export function Text({ options, replace, height }: PanelProps) {
  const content = replace(String(options.content ?? ''), {}, 'html');
  if (options.mode === 'code') return <pre style={{ height, overflow: 'auto' }}>{content}</pre>;
  // Both leave out what could run.
  const html = options.mode === 'html' ? textUtil.sanitizeTextPanelContent(content) : renderTextPanelMarkdown(content);
  return <div className="markdown-html" style={{ height, overflow: 'auto' }} dangerouslySetInnerHTML={{ __html: html }} />;
}
