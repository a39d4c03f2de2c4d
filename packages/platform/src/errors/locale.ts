import type { Locale } from '@supergraph/schema/error-catalogue';

const locales: readonly Locale[] = ['ko', 'en'];
const longestHeader = 200;
/** A language range with its weight; regions do not matter, for there is one text a language. */
const rangePattern = /^(ko|en|\*)(?:-[a-z\d]{1,8})*(?:\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?))?$/;

interface Wish {
  readonly range: string;
  readonly weight: number;
}

function readWish(part: string): readonly Wish[] {
  const [, range, weight = '1'] = rangePattern.exec(part.trim().toLowerCase()) ?? [];
  return range === undefined ? [] : [{ range, weight: Number(weight) }];
}

/** The language of an Accept-Language header: the first of ko and en it prefers, Korean when it prefers neither. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const wishes = (acceptLanguage ?? '').slice(0, longestHeader).split(',').flatMap(readWish);
  const isNamed = (locale: Locale): boolean => wishes.some(({ range }) => range === locale);
  const [best] = wishes.filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight);
  if (best === undefined) return 'ko';
  return locales.find((locale) => (best.range === '*' ? !isNamed(locale) : best.range === locale)) ?? 'ko';
}
