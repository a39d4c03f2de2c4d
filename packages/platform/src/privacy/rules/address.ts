import { unknownShape } from './unknown-shape.ts';

const province =
  /^(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)(?:특별시|광역시|특별자치시|특별자치도|시|도)?|(?:충청|전라|경상)[북남]도)$/u;
const district = /^[가-힣]{1,6}(?:시|군|구)$/u;
const neighbourhood = /^[가-힣·]{1,12}(?:\d{1,4}번?)?(?:읍|면|동|가|로|길)$/u;
const districtsAtMost = 2;

/** 서울특별시 강남구 역삼동 ***: whatever is below 읍, 면, 동 or the road is masked. */
export function maskAddress(text: string): string {
  const [first = '', ...words] = text.replaceAll(',', ' ').split(/\s+/u);
  if (!province.test(first)) return unknownShape;
  const end = words.slice(0, districtsAtMost).findIndex((word) => !district.test(word));
  const districts = words.slice(0, end === -1 ? districtsAtMost : end);
  const next = words[districts.length] ?? '';
  return [first, ...districts, ...(neighbourhood.test(next) ? [next] : []), unknownShape].join(' ');
}
