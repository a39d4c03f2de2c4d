const offered = ['application/json', 'application/graphql-response+json'] as const;

/** A media type that answers are given in. */
export type AnswerType = (typeof offered)[number];

const longestHeader = 1_000;
const wildcards = new Set(['*/*', 'application/*']);

const isOffered = (type: string): type is AnswerType => offered.some((each) => each === type);

interface Wish {
  readonly type: string;
  readonly quality: number;
}

function wishesIn(accept: string): readonly Wish[] {
  return accept
    .slice(0, longestHeader)
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

/** The media type of the answer that an Accept header likes best; null when it takes none that is offered. */
export function chooseAnswerType(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept === '') return 'application/json';
  for (const { type } of wishesIn(accept)) {
    if (isOffered(type)) return type;
    if (wildcards.has(type)) return 'application/json';
  }
  return null;
}

/** Whether an Accept header is that of a browser that wants a page. */
export const wantsPage = (accept: string | undefined): boolean => accept?.includes('text/html') ?? false;

/** Whether a Content-Type header announces JSON in UTF-8. */
export function announcesJson(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  return type.trim() === 'application/json' && isUtf8;
}
