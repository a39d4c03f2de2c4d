import type { Locale } from '@supergraph/schema/error-catalogue';

/** The language of an Accept-Language header: the first of ko and en it prefers, Korean when it names neither. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wishes = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().toLowerCase().split(';q=');
      return { language: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((wish) => wish.quality > 0 && (wish.language === 'ko' || wish.language === 'en'))
    .sort((a, b) => b.quality - a.quality);
  return wishes[0]?.language === 'en' ? 'en' : 'ko';
}
