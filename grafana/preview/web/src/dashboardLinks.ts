// The links of a dashboard and of a panel, with the time range and the variables where they take them along.
import { type Context, interpolator, rangeInAddress, variablesInAddress } from './interpolate';
import type { Link, Listed } from './types';

export function addressOf(link: Link, context: Context): string {
  const address = interpolator(context)(link.url ?? '', {}, 'percentencode');
  const taken = [link.keepTime && rangeInAddress(context.range), link.includeVars && variablesInAddress(context.variables)];
  const query = taken.filter(Boolean).join('&');
  return query ? `${address}${address.includes('?') ? '&' : '?'}${query}` : address;
}

// A link to dashboards by their tags is a link to each of them.
export function linksOf(links: Link[], dashboards: Listed[], present: string): Link[] {
  return links.flatMap((link) => {
    if (link.type !== 'dashboards') return [link];
    const tagged = dashboards.filter((one) => one.uid !== present && (link.tags ?? []).every((tag) => one.tags.includes(tag)));
    return tagged.map((one) => ({ ...link, type: 'link', title: one.title, url: `/d/${one.uid}` }));
  });
}
